package adoption

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// quote is a row of app.adopted_quotes: history, beside the quotes that this platform wrote.
type quote struct {
	ID            id.ID          `json:"id" db:"id"`
	Number        string         `json:"number" db:"number"`
	State         string         `json:"state" db:"state"`
	Title         string         `json:"title" db:"title"`
	Notes         string         `json:"notes" db:"notes"`
	CustomerID    *id.ID         `json:"customer_id" db:"customer_id"`
	LeadID        *id.ID         `json:"lead_id" db:"lead_id"`
	SubtotalCents *int64         `json:"subtotal_cents" db:"subtotal_cents"`
	DiscountCents *int64         `json:"discount_cents" db:"discount_cents"`
	TaxCents      *int64         `json:"tax_cents" db:"tax_cents"`
	TotalCents    *int64         `json:"total_cents" db:"total_cents"`
	ValidUntil    *time.Time     `json:"valid_until" db:"valid_until"`
	SentAt        *time.Time     `json:"sent_at" db:"sent_at"`
	DecidedAt     *time.Time     `json:"decided_at" db:"decided_at"`
	CreatedAt     time.Time      `json:"created_at" db:"created_at"`
	Extra         jsontext.Value `json:"extra" db:"extra"`
}

func readQuote(r *reading) any {
	if r.empty {
		r.note(-1, "the row has nothing but its key")
		return nil
	}
	q := quote{
		ID: r.id, Number: r.line("number", 60), State: r.word("status", quoteStates, "unknown"), Title: r.line("title", 200), Notes: r.paragraphs("notes", 10_000),
		CustomerID: r.reference("customer_id", "customers", r.isCustomer), LeadID: r.reference("lead_id", "leads", r.isLead),
		SubtotalCents: r.amount("subtotal"), DiscountCents: r.amount("discount"), TaxCents: r.amount("tax"), TotalCents: r.amount("total"),
		ValidUntil: r.time("valid_until"), SentAt: r.time("sent_at"), DecidedAt: r.time("decided_at"), CreatedAt: r.timeOr("created_at", r.began),
	}
	q.Extra = r.extra()
	return &q
}

var quoteStates = map[string]string{
	"draft": "draft", "new": "draft", "pendingapproval": "draft", "ready": "draft",
	"sent": "sent", "pending": "sent", "open": "sent", "viewed": "sent", "emailed": "sent", "delivered": "sent",
	"accepted": "accepted", "approved": "accepted", "won": "accepted", "signed": "accepted", "sold": "accepted", "converted": "accepted", "invoiced": "accepted",
	"declined": "declined", "rejected": "declined", "lost": "declined", "expired": "expired",
	"withdrawn": "withdrawn", "cancelled": "withdrawn", "canceled": "withdrawn", "void": "withdrawn", "superseded": "withdrawn", "unknown": "unknown",
}

func insertQuotes(tx *pg.OrgTx, adoption id.ID, rows []*quote) (int64, error) {
	tag, err := tx.Exec(`INSERT INTO app.adopted_quotes (org_id, id, number, state, title, notes, customer_id, lead_id, subtotal_cents, discount_cents, tax_cents,
			total_cents, valid_until, sent_at, decided_at, created_at, extra, adoption_id)
		SELECT $1, r.id, r.number, r.state, r.title, r.notes, r.customer_id, r.lead_id, r.subtotal_cents, r.discount_cents, r.tax_cents,
			r.total_cents, r.valid_until, r.sent_at, r.decided_at, r.created_at, r.extra, $2
		FROM json_to_recordset($3::json) AS r(id uuid, number text, state text, title text, notes text, customer_id uuid, lead_id uuid, subtotal_cents bigint,
			discount_cents bigint, tax_cents bigint, total_cents bigint, valid_until timestamptz, sent_at timestamptz, decided_at timestamptz, created_at timestamptz, extra jsonb)
		ON CONFLICT (org_id, id) DO NOTHING`, tx.Tenant().Org(), adoption, asJSON(rows))
	return tag.RowsAffected(), err
}

func queueQuotes(r *pg.Reading, t pg.Tenant, adoption, after id.ID, dst *[]quote) {
	pg.All(r, dst, `SELECT id, number, state, title, notes, customer_id, lead_id, subtotal_cents, discount_cents, tax_cents, total_cents, valid_until, sent_at,
			decided_at, created_at, extra
		FROM app.adopted_quotes WHERE org_id = $1 AND adoption_id = $2 AND id > $3 ORDER BY id LIMIT $4`, t.Org(), adoption, after, scanRows)
}
