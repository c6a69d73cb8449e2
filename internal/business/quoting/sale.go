package quoting

import (
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// Sale is what an acceptance promises, for the job.
type Sale struct {
	AcceptanceID id.ID
	QuoteID      id.ID
	QuoteNumber  string
	VersionID    id.ID
	CustomerID   id.ID
	PropertyID   id.ID
	TotalCents   money.Cents
	DepositCents money.Cents
	SignerName   string
	AcceptedAt   time.Time
	TimeZone     string // of the property
}

// FindSale reads an acceptance in a transaction.
func FindSale(tx *pg.OrgTx, acceptance id.ID) (Sale, error) {
	s := Sale{AcceptanceID: acceptance}
	err := tx.QueryRow(`SELECT a.quote_id, q.number, a.version_id, q.customer_id, q.property_id, a.total_cents, a.deposit_cents, a.signer_name, a.accepted_at, a.time_zone
		FROM app.acceptances a JOIN app.quotes q ON q.org_id = a.org_id AND q.id = a.quote_id
		WHERE a.org_id = $1 AND a.id = $2`, tx.Tenant().Org(), acceptance).
		Scan(&s.QuoteID, &s.QuoteNumber, &s.VersionID, &s.CustomerID, &s.PropertyID, &s.TotalCents, &s.DepositCents, &s.SignerName, &s.AcceptedAt, &s.TimeZone)
	if errors.Is(err, pgx.ErrNoRows) {
		return Sale{}, fault.Missing()
	}
	return s, err
}

// SignedLink is a secret address of a version that was accepted.
type SignedLink struct {
	AcceptanceID id.ID
	LinkID       id.ID
	Name         string
}

// QueueSignedLink finds the acceptance behind a secret address. A token of nobody, of another organization, or of a quote
// that is not signed is Missing.
func QueueSignedLink(r *pg.Reading, t pg.Tenant, token string, dst *SignedLink) {
	r.Row([]any{&dst.AcceptanceID, &dst.LinkID, &dst.Name}, `SELECT a.id, l.id, l.recipient_name
		FROM app.quote_links l JOIN app.acceptances a ON a.org_id = l.org_id AND a.version_id = l.version_id
		WHERE l.org_id = $1 AND l.token_hash = $2`, t.Org(), secret.Hash(token))
}

// Homeowner is the actor who holds the address.
func (l SignedLink) Homeowner(a tenancy.Actor) tenancy.Actor {
	v := visit{link: l.LinkID, name: l.Name}
	return v.homeowner(a)
}
