package adoption

import (
	"math"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// approval is a row of app.pricing_approvals, always of an adopted quote.
type approval struct {
	ID             id.ID          `json:"id" db:"id"`
	AdoptedQuoteID id.ID          `json:"adopted_quote_id" db:"adopted_quote_id"`
	State          string         `json:"state" db:"state"`
	Metric         string         `json:"metric" db:"metric"`
	DiscountBP     *int32         `json:"discount_bp" db:"discount_bp"`
	AmountCents    *int64         `json:"amount_cents" db:"amount_cents"`
	Level          int32          `json:"level" db:"level"`
	Reason         string         `json:"reason" db:"reason"`
	Answer         string         `json:"answer" db:"answer"`
	RequestedName  string         `json:"requested_name" db:"requested_name"`
	RequestedAt    time.Time      `json:"requested_at" db:"requested_at"`
	DecidedName    string         `json:"decided_name" db:"decided_name"`
	DecidedAt      *time.Time     `json:"decided_at" db:"decided_at"`
	Extra          jsontext.Value `json:"extra" db:"extra"`
	Version        int            `json:"-" db:"version"` // above 1: people changed it here
}

func readApproval(r *reading) any {
	of := r.reference("quote_id", "quotes", r.isQuote)
	if of == nil {
		r.note(-1, "belongs to no quote that is there: an approval of nothing")
		return nil
	}
	a := approval{
		ID: r.id, AdoptedQuoteID: *of, State: r.word("status", approvalStates, "expired"), Metric: r.word("metric", approvalMetrics, "unknown"),
		AmountCents: r.amount("amount"), Level: 1, Reason: r.paragraphs("reason", 2000), Answer: r.paragraphs("answer", 2000),
		RequestedName: r.line("requested_name", 120), RequestedAt: r.timeOr("requested_at", r.began), DecidedName: r.line("decided_name", 120),
	}
	a.DiscountBP = r.basisPoints("discount")
	if level := r.decimal("level", 1, 100); level != nil {
		a.Level = int32(*level)
		if float64(a.Level) != *level {
			r.refuse("level", "is no whole number; it is in extra")
		}
	}
	if a.State == "pending" {
		a.State = "expired"
		r.refuse("status", "still open there, and nobody can decide it here; taken as expired")
	}
	at := r.timeOr("decided_at", a.RequestedAt)
	a.DecidedAt = &at
	a.Extra = r.extra()
	return &a
}

// basisPoints reads per cent.
func (r *reading) basisPoints(name string) *int32 {
	pct := r.decimal(name, 0, 100)
	if pct == nil {
		return nil
	}
	bp := int32(math.Round(*pct * 100))
	if math.Abs(float64(bp)-*pct*100) > 1e-6 {
		r.refuse(name, "rounded to a hundredth of a per cent; it is in extra as it was")
	}
	return &bp
}

var approvalStates = map[string]string{
	"pending": "pending", "requested": "pending", "open": "pending", "new": "pending", "approved": "approved", "accepted": "approved", "yes": "approved", "true": "approved", "t": "approved",
	"rejected": "rejected", "denied": "rejected", "declined": "rejected", "no": "rejected", "false": "rejected", "f": "rejected",
	"withdrawn": "withdrawn", "cancelled": "withdrawn", "canceled": "withdrawn", "expired": "expired",
}

var approvalMetrics = map[string]string{
	"discount": "discount", "effectivediscount": "discount", "margin": "margin", "total": "total", "amount": "total", "deposit": "deposit",
	"paymentterms": "payment_terms", "terms": "payment_terms", "override": "price_override", "priceoverride": "price_override", "price": "price_override", "unknown": "unknown",
}

func insertApprovals(tx *pg.OrgTx, adoption id.ID, rows []*approval) (int64, error) {
	tag, err := tx.Exec(`INSERT INTO app.pricing_approvals (org_id, id, adopted_quote_id, state, metric, discount_bp, amount_cents, level, reason, answer,
			requested_name, requested_at, decided_name, decided_at, extra, adoption_id)
		SELECT $1, r.id, r.adopted_quote_id, r.state, r.metric, r.discount_bp, r.amount_cents, r.level, r.reason, r.answer,
			r.requested_name, r.requested_at, r.decided_name, r.decided_at, r.extra, $2
		FROM json_to_recordset($3::json) AS r(id uuid, adopted_quote_id uuid, state text, metric text, discount_bp int, amount_cents bigint, level int, reason text, answer text,
			requested_name text, requested_at timestamptz, decided_name text, decided_at timestamptz, extra jsonb)
		ON CONFLICT (org_id, id) DO NOTHING`, tx.Tenant().Org(), adoption, asJSON(rows))
	return tag.RowsAffected(), err
}

func queueApprovals(r *pg.Reading, t pg.Tenant, adoption, after id.ID, dst *[]approval) {
	pg.All(r, dst, `SELECT id, adopted_quote_id, state, metric, discount_bp, amount_cents, level, reason, answer, requested_name, requested_at, decided_name, decided_at, extra, version
		FROM app.pricing_approvals WHERE org_id = $1 AND adoption_id = $2 AND id > $3 ORDER BY id LIMIT $4`, t.Org(), adoption, after, scanRows)
}
