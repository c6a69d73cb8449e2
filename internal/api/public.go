package api

import (
	"context"
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// publicQuotes is what a homeowner may do with the secret address of a quote. It asks neither plan nor usage.
type publicQuotes struct{ Services }

const heldBySecret = "the secret in the address is the homeowner's key"

func (s publicQuotes) register(a *API) {
	register(a, route{pattern: "GET /v1/public/quotes/{token}", name: "open-public-quote", summary: "Read a quote as the homeowner does. Counts no view."},
		open(heldBySecret), s.get)
	register(a, route{pattern: "POST /v1/public/quotes/{token}/view", name: "view-public-quote", summary: "Note that the homeowner looked at the quote.", status: http.StatusNoContent},
		open(heldBySecret), s.view)
	register(a, route{pattern: "POST /v1/public/quotes/{token}/accept", name: "accept-public-quote", summary: "Sign one option. Of two who sign at once one wins."},
		open(heldBySecret), s.accept)
	register(a, route{pattern: "POST /v1/public/quotes/{token}/decline", name: "decline-public-quote", summary: "Decline the quote.", status: http.StatusNoContent},
		open(heldBySecret), s.decline)
	register(a, route{pattern: "GET /v1/public/quotes/{token}/pdf", name: "get-public-pdf", summary: "Get the paper as it was sent.", paper: true},
		open(heldBySecret), s.sentPDF)
	register(a, route{pattern: "GET /v1/public/quotes/{token}/signed-pdf", name: "get-public-signed-pdf", summary: "Get the signed copy.", paper: true},
		open(heldBySecret), s.signedPDF)
}

type ByToken struct {
	Token string `path:"token" maxLength:"200" doc:"The secret of the quote's address."`
}

// publicQuote is what a secret address shows. Do not add a cost here: it is on the homeowner's screen.
type publicQuote struct {
	Status        string           `json:"status" enum:"sent,viewed,expired,accepted,declined,replaced,withdrawn" doc:"Only sent and viewed can be signed."`
	RecipientName string           `json:"recipient_name"`
	Document      document.Version `json:"document" doc:"As it was sent."`
	DocumentHash  string           `json:"document_hash" doc:"To send back with the signature."`
	ValidUntil    time.Time        `json:"valid_until" doc:"The instant at which it ends; later than the document says when it was extended."`
	DeclinedAt    *time.Time       `json:"declined_at"`
	WithdrawnAt   *time.Time       `json:"withdrawn_at"`
	ReplacedAt    *time.Time       `json:"replaced_at"`
	ReplacedByN   *int             `json:"replaced_by_n"`
	Accepted      *publicAccepted  `json:"accepted"`
}

type publicAccepted struct {
	SignerName   string      `json:"signer_name"`
	Recorded     bool        `json:"recorded" doc:"Written down by the company."`
	At           time.Time   `json:"at"`
	OptionName   string      `json:"option_name"`
	TotalCents   money.Cents `json:"total_cents"`
	DepositCents money.Cents `json:"deposit_cents"`
	SignedReady  bool        `json:"signed_ready" doc:"The signed copy is there."`
}

func (s publicQuotes) get(ctx context.Context, a tenancy.Actor, in *ByToken) (*answer[publicQuote], error) {
	v, err := s.Quoting.OpenByToken(ctx, a, in.Token)
	if err != nil {
		return nil, err
	}
	out := publicQuote{
		Status: string(v.Status), RecipientName: v.RecipientName, Document: v.Document, DocumentHash: v.DocumentHash, ValidUntil: v.ValidUntil.UTC(),
		DeclinedAt: inUTC(v.DeclinedAt), WithdrawnAt: inUTC(v.WithdrawnAt), ReplacedAt: inUTC(v.ReplacedAt), ReplacedByN: v.ReplacedByN,
	}
	if v.Accepted != nil {
		signed := publicAccepted(*v.Accepted)
		signed.At = signed.At.UTC()
		out.Accepted = &signed
	}
	return &answer[publicQuote]{out}, nil
}

func (s publicQuotes) view(ctx context.Context, a tenancy.Actor, in *ByToken) (*nothing, error) {
	return nil, s.Quoting.RecordView(ctx, a, in.Token)
}

type acceptBody struct {
	Option       string      `json:"option" doc:"The key of one option."`
	Extras       []id.ID     `json:"extras,omitempty" doc:"The keys of the optional lines that are added."`
	TotalCents   money.Cents `json:"total_cents" doc:"What the signer saw."`
	DocumentHash string      `json:"document_hash" doc:"Of what the signer read."`
	Consent      bool        `json:"consent" doc:"To sign electronically."`
	Name         string      `json:"name"`
	Signature    signature   `json:"signature"`
}

type signature struct {
	Kind    string         `json:"kind" enum:"drawn,typed" doc:"A typed signature is the name."`
	Strokes [][][2]float64 `json:"strokes,omitempty" doc:"Points of a drawn one, in a box of one by one, y downwards."`
	Aspect  float64        `json:"aspect,omitzero" doc:"The box's width divided by its height."`
}

type publicSigned struct {
	AcceptanceID id.ID       `json:"acceptance_id"`
	Number       string      `json:"number"`
	N            int         `json:"n"`
	OptionName   string      `json:"option_name"`
	TotalCents   money.Cents `json:"total_cents"`
	DepositCents money.Cents `json:"deposit_cents"`
	AcceptedAt   time.Time   `json:"accepted_at"`
}

type accept struct {
	ByToken
	Body acceptBody
}

func (s publicQuotes) accept(ctx context.Context, a tenancy.Actor, in *accept) (*answer[publicSigned], error) {
	b := in.Body
	signed, err := s.Quoting.Accept(ctx, a, in.Token, quoting.AcceptInput{
		Choice: quoting.Choice{Option: b.Option, Extras: b.Extras}, TotalCents: b.TotalCents, DocumentHash: b.DocumentHash, Consent: b.Consent, Name: b.Name,
		Signature: document.Signature{Kind: document.SignatureKind(b.Signature.Kind), Strokes: b.Signature.Strokes, Aspect: b.Signature.Aspect},
	})
	if err != nil {
		return nil, err
	}
	signed.AcceptedAt = signed.AcceptedAt.UTC()
	return &answer[publicSigned]{publicSigned(signed)}, nil
}

type declineBody struct {
	Reason string `json:"reason,omitempty"`
}

type decline struct {
	ByToken
	Body declineBody
}

func (s publicQuotes) decline(ctx context.Context, a tenancy.Actor, in *decline) (*nothing, error) {
	return nil, s.Quoting.Decline(ctx, a, in.Token, quoting.DeclineInput{Reason: in.Body.Reason})
}

func (s publicQuotes) sentPDF(ctx context.Context, a tenancy.Actor, in *ByToken) (*paperAnswer, error) {
	return newPaper(s.Quoting.SentPDFByToken(ctx, a, in.Token))
}

func (s publicQuotes) signedPDF(ctx context.Context, a tenancy.Actor, in *ByToken) (*paperAnswer, error) {
	return newPaper(s.Quoting.SignedPDFByToken(ctx, a, in.Token))
}
