package quoting

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// signature is everything that a signed copy is made of.
type signature struct {
	acceptance document.Acceptance
	extras     []id.ID
	document   document.Version
	sent       []byte
	sentSHA    []byte
	sealed     bool
	role       string
	quote      Quote
	version    id.ID
	n          int
	optionName string
	soldAtHome bool
	homeowners []string
}

const signatureSQL = `SELECT a.role, a.recorded_name, a.signer_name, a.signature, a.consent_version, o.tier, o.name, a.extras, a.total_cents, a.deposit_cents,
		a.accepted_at, a.time_zone, a.ip, a.user_agent, encode(a.document_hash, 'hex'), v.id, v.n, v.sold_at_home, v.document, d.bytes, d.sha256,
		EXISTS (SELECT FROM app.quote_documents s WHERE s.org_id = a.org_id AND s.version_id = a.version_id AND s.kind = 'signed'),
		q.id, q.number, c.name, p.street,
		coalesce(nullif(ARRAY(SELECT DISTINCT l.recipient_email FROM app.quote_links l
			WHERE l.org_id = a.org_id AND l.version_id = a.version_id AND l.recipient_email <> '' ORDER BY 1), '{}'),
			CASE WHEN c.email <> '' THEN ARRAY[c.email] ELSE '{}' END)
	FROM app.acceptances a
	JOIN app.quote_options o ON o.org_id = a.org_id AND o.id = a.option_id
	JOIN app.quote_versions v ON v.org_id = a.org_id AND v.id = a.version_id
	JOIN app.quote_documents d ON d.org_id = a.org_id AND d.version_id = a.version_id AND d.kind = 'sent'
	JOIN app.quotes q ON q.org_id = a.org_id AND q.id = a.quote_id
	JOIN app.customers c ON c.org_id = q.org_id AND c.id = q.customer_id
	JOIN app.properties p ON p.org_id = q.org_id AND p.id = q.property_id
	WHERE a.org_id = $1 AND a.id = $2`

func (s *Service) signature(ctx context.Context, a tenancy.Actor, acceptance id.ID) (signature, error) {
	var g signature
	var drawn []byte
	var text string
	acc := &g.acceptance
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&g.role, &acc.RecordedBy, &acc.Name, &drawn, &acc.Consent, &acc.Option, &g.optionName, &g.extras, &acc.TotalCents, &acc.DepositCents,
			&acc.At, &acc.TimeZone, &acc.Network, &acc.Device, &acc.VersionSHA256, &g.version, &g.n, &g.soldAtHome, &text, &g.sent, &g.sentSHA, &g.sealed,
			&g.quote.ID, &g.quote.Number, &g.quote.CustomerName, &g.quote.Place, &g.homeowners}, signatureSQL, a.Tenant().Org(), acceptance)
	})
	if err != nil {
		return signature{}, err
	}
	acc.Role = document.RoleHomeowner
	if g.role == "staff" {
		acc.Role = document.RoleStaff
	}
	for _, e := range g.extras {
		acc.Extras = append(acc.Extras, e.String())
	}
	acc.SentPDFSHA256 = hex.EncodeToString(g.sentSHA)
	if err := errors.Join(json.Unmarshal(drawn, &acc.Signature), json.Unmarshal([]byte(text), &g.document)); err != nil {
		return signature{}, fmt.Errorf("acceptance %s: %w", acceptance, err)
	}
	return g, nil
}

// SealSigned makes the signed copy of an acceptance, stores it and mails it to both sides. Done again it changes
// nothing: copy and mails are one transaction.
func (s *Service) SealSigned(ctx context.Context, a tenancy.Actor, acceptance id.ID) error {
	if err := a.Require(tenancy.QuotesSend); err != nil {
		return err
	}
	g, err := s.signature(ctx, a, acceptance)
	if err != nil || g.sealed {
		return err
	}
	paper, _, err := document.Seal(document.Sealing{Key: s.Key, Version: g.document, SentPDF: g.sent, Acceptance: g.acceptance, Fonts: s.Fonts})
	if err != nil {
		return fmt.Errorf("seal acceptance %s: %w", acceptance, err)
	}
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		stored := id.New()
		err := tx.QueryRow(`INSERT INTO app.quote_documents (org_id, id, quote_id, version_id, kind, sha256, bytes, created_at)
			VALUES ($1, $2, $3, $4, 'signed', $5, $6, $7) ON CONFLICT (org_id, version_id, kind) DO NOTHING RETURNING id`,
			tx.Tenant().Org(), stored, g.quote.ID, g.version, sha(paper), paper, tx.Now()).Scan(&stored)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // another run was first
		}
		if err != nil {
			return err
		}
		return s.mailSigned(tx, a, g, stored)
	})
}

func (s *Service) mailSigned(tx *pg.OrgTx, a tenancy.Actor, g signature, paper id.ID) error {
	to, err := company(tx, a, g.quote.ID)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(g.acceptance.TimeZone)
	if err != nil {
		return fmt.Errorf("time zone of the signature: %w", err)
	}
	err = s.Mail.QuoteSigned(tx, a, SignedMail{
		MailFacts:  MailFacts{QuoteID: g.quote.ID, Number: g.quote.Number, N: g.n, CustomerName: g.quote.CustomerName, Place: g.quote.Place},
		SignerName: g.acceptance.Name, HomeownerEmails: g.homeowners, CompanyEmails: to, Recorded: g.acceptance.RecordedBy, OptionName: g.optionName,
		TotalCents: g.acceptance.TotalCents, DepositCents: g.acceptance.DepositCents, AcceptedAt: g.acceptance.At, Zone: zone,
		SoldAtHome: g.soldAtHome, Document: paper,
	})
	if err != nil {
		return err
	}
	return record(tx, a, "quote.sealed", g.quote.ID, nil, versionFacts{N: g.n, Status: Accepted, TotalCents: g.acceptance.TotalCents, Signer: g.acceptance.Name})
}
