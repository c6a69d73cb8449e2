package quoting

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// SendInput says to whom a draft goes.
type SendInput struct {
	Version    int               `json:"version"`
	Recipients []Recipient       `json:"recipients"`
	CopyLink   bool              `json:"copy_link"` // also make an address to copy
	Message    string            `json:"message"`   // for the mail; empty: the draft's
	Answers    map[string]string `json:"answers"`   // to checks, beside those that the draft has
}

// Recipient gets a secret address of his own.
type Recipient struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// SentQuote is the answer to sending: the secret addresses, this once.
type SentQuote struct {
	Changed
	Links []OpenedLink `json:"links"`
}

const (
	maxRecipients = 10
	maxPerson     = 120
	maxEmail      = 254
)

// Validate tidies the input and says what is wrong with it.
func (in *SendInput) Validate() error {
	var p fault.Problems
	if len(in.Recipients) == 0 && !in.CopyLink {
		p.Add("/recipients", "needs somebody to send to, or a link to copy")
	}
	if len(in.Recipients) > maxRecipients {
		p.Add("/recipients", "has more than %d entries", maxRecipients)
		return p.Err()
	}
	seen := map[string]bool{}
	for i := range in.Recipients {
		r, at := &in.Recipients[i], fmt.Sprintf("/recipients/%d", i)
		r.Name = line(r.Name, at+"/name", maxPerson, &p)
		r.Email = email(r.Email, at+"/email", &p)
		if key := strings.ToLower(r.Email); key != "" && seen[key] {
			p.Add(at+"/email", "is given twice")
		} else {
			seen[key] = true
		}
	}
	in.Message = prose(in.Message, "/message", maxMessage, &p)
	for key, answer := range in.Answers {
		in.Answers[key] = line(answer, "/answers/"+pointerToken(key), maxAnswer, &p)
	}
	return p.Err()
}

func email(typed, pointer string, p *fault.Problems) string {
	text := strings.TrimSpace(typed)
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || len(text) > maxEmail || strings.ContainsFunc(text, isControl) {
		p.Add(pointer, "is not an e-mail address, like dana@example.com")
	}
	return text
}

// onto puts the choices of the send form on the draft.
func (in *SendInput) onto(v *Version) {
	if in.Message != "" {
		v.Settings.Message = in.Message
	}
	for key, answer := range in.Answers {
		if answer != "" {
			v.Answers[key] = answer
		}
	}
}

// Send freezes the draft, replaces the version that the customer has, and mails each recipient an address.
func (s *Service) Send(ctx context.Context, a tenancy.Actor, quote id.ID, in SendInput) (SentQuote, error) {
	if err := in.Validate(); err != nil {
		return SentQuote{}, err
	}
	if err := a.Require(tenancy.QuotesSend); err != nil {
		return SentQuote{}, err
	}
	// What is wrong with the draft is told inside: a repeat of what succeeded is a repeat, not a second try.
	f, notReady := s.freeze(ctx, a, quote, in)
	return tenancy.OnceSecret(ctx, s.DB, a, "quotes.send", request{quote, in}, func(tx *pg.OrgTx) (SentQuote, error) {
		if err := mayChange(tx, a); err != nil {
			return SentQuote{}, err
		}
		if notReady != nil {
			return SentQuote{}, notReady
		}
		d, err := open(tx, quote)
		if err != nil {
			return SentQuote{}, err
		}
		if err := d.within(a, tenancy.QuotesSend); err != nil {
			return SentQuote{}, err
		}
		return s.send(tx, a, d, f, in)
	})
}

func (s *Service) send(tx *pg.OrgTx, a tenancy.Actor, d *dossier, f *frozen, in SendInput) (SentQuote, error) {
	draft, err := d.writing(in.Version)
	if err != nil {
		return SentQuote{}, err
	}
	if _, err := next(draft.Status, Send); err != nil {
		return SentQuote{}, err
	}
	if err := d.replaceHeld(tx, draft.N); err != nil {
		return SentQuote{}, err
	}
	frozenVersion := &f.record.Versions[0]
	_, answers, err := frozenVersion.documents()
	if err != nil {
		return SentQuote{}, err
	}
	paper := id.New()
	err = tx.Together(func(b *pgx.Batch) {
		org := tx.Tenant().Org()
		b.Queue(`UPDATE app.quote_versions SET state = 'sent', message = $3, answers = $4, document = $5, document_hash = $6, sent_at = $7, valid_until = $8
			WHERE org_id = $1 AND id = $2 AND state = 'draft'`,
			org, draft.ID, frozenVersion.Settings.Message, answers, string(f.canonical), unhex(f.hash), f.sentAt, f.validUntil)
		b.Queue(`INSERT INTO app.quote_documents (org_id, id, quote_id, version_id, kind, sha256, bytes, created_at) VALUES ($1, $2, $3, $4, 'sent', $5, $6, $7)`,
			org, paper, d.quote.ID, draft.ID, sha(f.pdf), f.pdf, f.sentAt)
	})
	if err != nil {
		return SentQuote{}, err
	}
	draft.Status, draft.SentAt, draft.ValidUntil = Sent, &f.sentAt, &f.validUntil
	links, err := s.deliver(tx, a, d, f, paper, in)
	if err != nil {
		return SentQuote{}, err
	}
	d.save(tx)
	facts := d.facts(draft)
	facts.Recipients, facts.ValidUntil = len(in.Recipients), string(f.document.ValidUntil)
	return SentQuote{Changed: d.changed(draft.N), Links: links}, record(tx, a, "quote.sent", d.quote.ID, nil, facts)
}

// replaceHeld ends the version that the customer has, when version n takes its place. One that was declined or
// withdrawn stays so.
func (d *dossier) replaceHeld(tx *pg.OrgTx, n int) error {
	held := d.held()
	if held == nil {
		return nil
	}
	if _, err := next(held.Status, Revise); err != nil {
		return err // accepted meanwhile
	}
	to, err := next(held.Status, Replace)
	if err != nil {
		return nil
	}
	at := tx.Now()
	held.Status, held.ReplacedAt, held.ReplacedByN = to, &at, &n
	_, err = tx.Exec(`UPDATE app.quote_versions SET state = 'replaced', replaced_at = $3, replaced_by_n = $4 WHERE org_id = $1 AND id = $2`,
		tx.Tenant().Org(), held.ID, at, n)
	return err
}

// deliver makes each recipient's link and queues his mail.
func (s *Service) deliver(tx *pg.OrgTx, a tenancy.Actor, d *dossier, f *frozen, paper id.ID, in SendInput) ([]OpenedLink, error) {
	v := &f.record.Versions[0]
	m := SentMail{
		MailFacts: d.mailFacts(v.N), FromCents: v.cheapest(), TotalCents: v.recommended().TotalCents,
		ValidUntil: f.validUntil, Zone: f.zone, Message: v.Settings.Message, Document: paper,
	}
	var links []OpenedLink
	for _, r := range in.Recipients {
		link, err := s.link(tx, a, d.quote.ID, v.ID, "mail", r)
		if err != nil {
			return nil, err
		}
		links = append(links, link)
		m.RecipientName, m.RecipientEmail, m.URL = r.Name, r.Email, link.URL
		if err := s.Mail.QuoteSent(tx, a, m); err != nil {
			return nil, err
		}
	}
	if in.CopyLink {
		link, err := s.link(tx, a, d.quote.ID, v.ID, "copy", Recipient{})
		if err != nil {
			return nil, err
		}
		links = append(links, link)
	}
	return links, nil
}

// link makes a secret address of a version. Its token is in the answer and nowhere else.
func (s *Service) link(tx *pg.OrgTx, a tenancy.Actor, quote, version id.ID, kind string, to Recipient) (OpenedLink, error) {
	token := secret.Token()
	_, err := tx.Exec(`INSERT INTO app.quote_links (org_id, id, quote_id, version_id, kind, recipient_name, recipient_email, token_hash, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		tx.Tenant().Org(), id.New(), quote, version, kind, to.Name, to.Email, secret.Hash(token), a.ID, tx.Now())
	return OpenedLink{RecipientName: to.Name, RecipientEmail: to.Email, URL: s.Address(a.Org.Slug, "/q/"+token)}, err
}

func (d *dossier) mailFacts(n int) MailFacts {
	return MailFacts{QuoteID: d.quote.ID, Number: d.quote.Number, N: n, CustomerName: d.quote.CustomerName, Place: d.quote.Place}
}

func (v *Version) cheapest() money.Cents {
	least := v.Options[0].TotalCents
	for _, o := range v.Options {
		least = min(least, o.TotalCents)
	}
	return least
}
