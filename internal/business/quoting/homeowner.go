package quoting

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// HomeownerView is what a secret address shows. Do not add a cost here: it is on the homeowner's screen.
type HomeownerView struct {
	// Status is Sent, Viewed, Expired, Accepted, Declined, Replaced or Withdrawn. Only the first two can be signed.
	Status        Status           `json:"status"`
	RecipientName string           `json:"recipient_name"`
	Document      document.Version `json:"document"`      // as it was sent
	DocumentHash  string           `json:"document_hash"` // to send back with the signature
	ValidUntil    time.Time        `json:"valid_until"`   // the instant at which it ends; later than the document says when it was extended
	DeclinedAt    *time.Time       `json:"declined_at,omitempty"`
	WithdrawnAt   *time.Time       `json:"withdrawn_at,omitempty"`
	ReplacedAt    *time.Time       `json:"replaced_at,omitempty"`
	ReplacedByN   *int             `json:"replaced_by_n,omitempty"`
	Accepted      *AcceptedView    `json:"accepted,omitempty"`
	ReadAt        time.Time        `json:"read_at"`

	charges Charges // of which Bill needs the deposit
}

// Open tells whether it can be signed or declined.
func (h HomeownerView) Open() bool { return h.Status == Sent || h.Status == Viewed }

// AcceptedView is what was signed.
type AcceptedView struct {
	SignerName   string      `json:"signer_name"`
	Recorded     bool        `json:"recorded"` // written down by the company
	At           time.Time   `json:"at"`
	OptionName   string      `json:"option_name"`
	TotalCents   money.Cents `json:"total_cents"`
	DepositCents money.Cents `json:"deposit_cents"`
	SignedReady  bool        `json:"signed_ready"` // the signed copy can be downloaded
}

// visit is a link that was opened.
type visit struct {
	link      id.ID
	name      string
	email     string
	quote     id.ID
	version   id.ID
	stored    Status
	number    string
	n         int
	firstSeen *time.Time
}

const visitSQL = `SELECT l.id, l.recipient_name, l.recipient_email, l.quote_id, l.version_id, v.state, q.number, v.n, v.first_viewed_at
	FROM app.quote_links l
	JOIN app.quote_versions v ON v.org_id = l.org_id AND v.id = l.version_id
	JOIN app.quotes q ON q.org_id = l.org_id AND q.id = l.quote_id
	WHERE l.org_id = $1 AND l.token_hash = $2`

func (v *visit) targets() []any {
	return []any{&v.link, &v.name, &v.email, &v.quote, &v.version, &v.stored, &v.number, &v.n, &v.firstSeen}
}

// homeowner is the actor who holds the link.
func (v *visit) homeowner(a tenancy.Actor) tenancy.Actor {
	name := v.name
	if name == "" {
		name = "Homeowner"
	}
	return a.As(tenancy.Homeowner, v.link, name, "homeowner", nil)
}

// visit finds whose link a token is. A token of nobody, or of another organization, is Missing.
func (s *Service) visit(ctx context.Context, a tenancy.Actor, token string) (visit, error) {
	var v visit
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) { r.Row(v.targets(), visitSQL, a.Tenant().Org(), secret.Hash(token)) })
	return v, err
}

// OpenByToken reads what a secret address shows. It changes nothing, and asks neither plan nor billing state.
func (s *Service) OpenByToken(ctx context.Context, a tenancy.Actor, token string) (HomeownerView, error) {
	var v visit
	var view HomeownerView
	var text string
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		org, hash := a.Tenant().Org(), secret.Hash(token)
		r.Row(v.targets(), visitSQL, org, hash)
		r.Row([]any{&text, &view.DocumentHash, &view.ValidUntil, &view.DeclinedAt, &view.WithdrawnAt, &view.ReplacedAt, &view.ReplacedByN,
			&view.charges.DepositBP, &view.charges.DepositCents},
			`SELECT v.document, encode(v.document_hash, 'hex'), v.valid_until, v.declined_at, v.withdrawn_at,
				coalesce(v.replaced_at, newer.sent_at), coalesce(v.replaced_by_n, newer.n), v.deposit_bp, v.deposit_cents
			FROM app.quote_links l
			JOIN app.quote_versions v ON v.org_id = l.org_id AND v.id = l.version_id
			LEFT JOIN LATERAL (SELECT w.n, w.sent_at FROM app.quote_versions w
				WHERE w.org_id = v.org_id AND w.quote_id = v.quote_id AND w.n > v.n AND w.sent_at IS NOT NULL ORDER BY w.n DESC LIMIT 1) newer ON true
			WHERE l.org_id = $1 AND l.token_hash = $2`, org, hash)
		r.Rows(view.scanAccepted, `SELECT a.signer_name, a.role = 'staff', a.accepted_at, o.name, a.total_cents, a.deposit_cents,
				EXISTS (SELECT FROM app.quote_documents d WHERE d.org_id = a.org_id AND d.version_id = a.version_id AND d.kind = 'signed')
			FROM app.quote_links l
			JOIN app.acceptances a ON a.org_id = l.org_id AND a.version_id = l.version_id
			JOIN app.quote_options o ON o.org_id = a.org_id AND o.id = a.option_id
			WHERE l.org_id = $1 AND l.token_hash = $2`, org, hash)
	})
	if err != nil {
		return HomeownerView{}, err
	}
	if err := json.Unmarshal([]byte(text), &view.Document); err != nil {
		return HomeownerView{}, fmt.Errorf("document of version %s: %w", v.version, err)
	}
	view.ReadAt, view.RecipientName = now, v.name
	view.Status = statusAt(v.stored, v.firstSeen, &view.ValidUntil, now)
	if view.ReplacedByN != nil { // also one that was declined or withdrawn before
		view.Status = Replaced
	}
	return view, nil
}

func (h *HomeownerView) scanAccepted(rows pgx.Rows) error {
	var found []AcceptedView
	if err := collect(&found)(rows); err != nil || len(found) == 0 {
		return err
	}
	h.Accepted = &found[0]
	return nil
}

// RecordView notes that somebody opened the page: the page's beacon calls it, so that programs which fetch
// addresses in mails do not count. Nor does the company's own staff. A page that is opened again and again counts
// once a minute.
func (s *Service) RecordView(ctx context.Context, a tenancy.Actor, token string) error {
	v, err := s.visit(ctx, a, token)
	if err != nil || a.Kind == tenancy.Person || a.Kind == tenancy.Key {
		return err
	}
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		d, err := open(tx, v.quote)
		if err != nil {
			return err
		}
		version := d.version(v.n)
		if _, err := next(version.Status, View); err != nil {
			return nil // decided: there is nothing left to learn from views
		}
		org := tx.Tenant().Org()
		tag, err := tx.Exec(`INSERT INTO app.quote_views (org_id, id, quote_id, version_id, link_id, at, ip, user_agent)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8
			WHERE NOT EXISTS (SELECT FROM app.quote_views WHERE org_id = $1 AND link_id = $5 AND at > $9)`,
			org, id.New(), v.quote, v.version, v.link, tx.Now(), a.Request.IP, clip(a.Request.UserAgent), tx.Now().Add(-time.Minute))
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		tx.AtCommit(pg.Plain, `UPDATE app.quote_versions SET first_viewed_at = coalesce(first_viewed_at, $3), last_viewed_at = $3, view_count = view_count + 1
			WHERE org_id = $1 AND id = $2`, org, v.version, tx.Now())
		if d.current().ID == v.version {
			tx.AtCommit(pg.Plain, `UPDATE app.quotes SET last_viewed_at = $3 WHERE org_id = $1 AND id = $2`, org, v.quote, tx.Now())
		}
		return nil
	})
}

// clip keeps what a browser calls itself within bounds.
func clip(userAgent string) string {
	const most = 400
	if len(userAgent) > most {
		userAgent = userAgent[:most]
	}
	clean := make([]rune, 0, len(userAgent))
	for _, r := range userAgent {
		if !isControl(r) && r != '\uFFFD' {
			clean = append(clean, r)
		}
	}
	return string(clean)
}

// DeclineInput may say why.
type DeclineInput struct {
	Reason string `json:"reason"`
}

const maxReason = 2_000

// Decline ends the version of the link. The company is told.
func (s *Service) Decline(ctx context.Context, a tenancy.Actor, token string, in DeclineInput) error {
	var p fault.Problems
	if in.Reason = prose(in.Reason, "/reason", maxReason, &p); p.Any() {
		return p.Err()
	}
	v, err := s.visit(ctx, a, token)
	if err != nil {
		return err
	}
	a = v.homeowner(a)
	_, err = tenancy.Once(ctx, s.DB, a, "quotes.decline", in, func(tx *pg.OrgTx) (struct{}, error) { return struct{}{}, s.decline(tx, a, v, in.Reason) })
	return err
}

func (s *Service) decline(tx *pg.OrgTx, a tenancy.Actor, v visit, reason string) error {
	d, err := open(tx, v.quote)
	if err != nil {
		return err
	}
	version := d.version(v.n)
	to, err := d.answering(version, Decline)
	if err != nil {
		return err
	}
	at := tx.Now()
	version.Status, version.DeclinedAt = to, &at
	if _, err := tx.Exec(`UPDATE app.quote_versions SET state = 'declined', declined_at = $3, decline_reason = $4 WHERE org_id = $1 AND id = $2`,
		tx.Tenant().Org(), version.ID, at, reason); err != nil {
		return err
	}
	company, err := company(tx, a, v.quote)
	if err != nil {
		return err
	}
	m := DeclinedMail{MailFacts: d.mailFacts(version.N), Name: a.Name, Reason: reason, CompanyEmails: company}
	if err := s.Mail.QuoteDeclined(tx, a, m); err != nil {
		return err
	}
	d.save(tx)
	facts := d.facts(version)
	facts.Reason = reason
	return record(tx, a, "quote.declined", v.quote, nil, facts)
}

// answering is the status after a homeowner's answer, or why it comes too late, with its date.
func (d *dossier) answering(v *Version, e Event) (Status, error) {
	to, err := next(v.Status, e)
	if err == nil {
		return to, nil
	}
	f := refusal(v.Status)
	switch v.Status {
	case Expired:
		f.Message = fmt.Sprintf("This quote was good until %s. Ask for a new date.", lastDay(*v.ValidUntil, d.zone()))
	case Replaced:
		f.Message = fmt.Sprintf("Version %d replaced this one on %s.", *v.ReplacedByN, v.ReplacedAt.In(d.zone()).Format("Jan 2"))
		f = f.With("replaced_by", *v.ReplacedByN)
	case Withdrawn:
		f.Message = fmt.Sprintf("This quote was withdrawn on %s.", v.WithdrawnAt.In(d.zone()).Format("Jan 2"))
	}
	return "", f
}

// company is who of the company hears about a quote: who wrote it, else the company's address, else the owner.
func company(tx *pg.OrgTx, a tenancy.Actor, quote id.ID) ([]string, error) {
	var to string
	err := tx.QueryRow(`SELECT coalesce(
			(SELECT u.email FROM app.quotes q JOIN app.users u ON u.org_id = q.org_id AND u.id = q.created_by
			 WHERE q.org_id = $1 AND q.id = $2 AND u.deactivated_at IS NULL),
			nullif($3, ''),
			(SELECT u.email FROM app.users u WHERE u.org_id = $1 AND u.role = 'owner' AND u.deactivated_at IS NULL ORDER BY u.id LIMIT 1), '')`,
		tx.Tenant().Org(), quote, a.Org.Email).Scan(&to)
	if err != nil || to == "" {
		return nil, err
	}
	return []string{to}, nil
}
