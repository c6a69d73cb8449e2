package quoting

import (
	"context"
	"fmt"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// Paper is a stored PDF.
type Paper struct {
	Name  string // of the file
	Bytes []byte
}

const paperSQL = `SELECT q.number, v.n, d.kind, d.bytes FROM app.quote_documents d
	JOIN app.quotes q ON q.org_id = d.org_id AND q.id = d.quote_id
	JOIN app.quote_versions v ON v.org_id = d.org_id AND v.id = d.version_id
	WHERE d.org_id = $1 AND `

func (s *Service) paper(ctx context.Context, a tenancy.Actor, condition string, args ...any) (Paper, error) {
	var number, kind string
	var n int
	var p Paper
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&number, &n, &kind, &p.Bytes}, paperSQL+condition, append([]any{a.Tenant().Org()}, args...)...)
	})
	if err != nil {
		return Paper{}, err
	}
	p.Name = number
	if n > 1 {
		p.Name = fmt.Sprintf("%s-R%d", number, n)
	}
	if kind == "signed" {
		p.Name += "-signed"
	}
	p.Name += ".pdf"
	return p, nil
}

// GetSentPDF reads the paper of a version as it was sent.
func (s *Service) GetSentPDF(ctx context.Context, a tenancy.Actor, quote id.ID, n int) (Paper, error) {
	return s.versionPaper(ctx, a, quote, n, "sent")
}

// GetSignedPDF reads the signed copy of a version. It is there a moment after the signature.
func (s *Service) GetSignedPDF(ctx context.Context, a tenancy.Actor, quote id.ID, n int) (Paper, error) {
	return s.versionPaper(ctx, a, quote, n, "signed")
}

func (s *Service) versionPaper(ctx context.Context, a tenancy.Actor, quote id.ID, n int, kind string) (Paper, error) {
	if err := a.Require(tenancy.QuotesRead); err != nil {
		return Paper{}, err
	}
	return s.paper(ctx, a, "d.quote_id = $2 AND v.n = $3 AND d.kind = $4", quote, n, kind)
}

// SentPDFByToken reads the paper of the link's version.
func (s *Service) SentPDFByToken(ctx context.Context, a tenancy.Actor, token string) (Paper, error) {
	return s.tokenPaper(ctx, a, token, "sent")
}

// SignedPDFByToken reads the signed copy of the link's version.
func (s *Service) SignedPDFByToken(ctx context.Context, a tenancy.Actor, token string) (Paper, error) {
	return s.tokenPaper(ctx, a, token, "signed")
}

func (s *Service) tokenPaper(ctx context.Context, a tenancy.Actor, token, kind string) (Paper, error) {
	return s.paper(ctx, a, "d.kind = $3 AND d.version_id = (SELECT version_id FROM app.quote_links WHERE org_id = $1 AND token_hash = $2)",
		secret.Hash(token), kind)
}

// Attachment reads a paper that travels with a mail.
func (s *Service) Attachment(ctx context.Context, a tenancy.Actor, paper id.ID) (name string, content []byte, err error) {
	if err := a.Require(tenancy.QuotesRead); err != nil {
		return "", nil, err
	}
	p, err := s.paper(ctx, a, "d.id = $2", paper)
	return p.Name, p.Bytes, err
}
