package adoption

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// calculation is a row of app.roi_calculations. It was made elsewhere and is never calculated again.
type calculation struct {
	ID             id.ID          `json:"id" db:"id"`
	Kind           string         `json:"kind" db:"kind"`
	Title          string         `json:"title" db:"title"`
	CustomerID     *id.ID         `json:"customer_id" db:"customer_id"`
	AdoptedQuoteID *id.ID         `json:"adopted_quote_id" db:"adopted_quote_id"`
	Inputs         jsontext.Value `json:"inputs" db:"inputs"`
	Assumptions    jsontext.Value `json:"assumptions" db:"assumptions"`
	Outputs        jsontext.Value `json:"outputs" db:"outputs"`
	InvestedCents  *int64         `json:"invested_cents" db:"invested_cents"`
	ReturnPct      *float64       `json:"return_pct" db:"return_pct"`
	PaybackYears   *float64       `json:"payback_years" db:"payback_years"`
	CreatedAt      time.Time      `json:"created_at" db:"created_at"`
	Extra          jsontext.Value `json:"extra" db:"extra"`
	Version        int            `json:"-" db:"version"` // above 1: people changed it here
}

func readROI(r *reading) any {
	if r.empty {
		r.note(-1, "the row has nothing but its key")
		return nil
	}
	c := calculation{
		ID: r.id, Kind: r.word("kind", calculationKinds, "unknown"), Title: r.line("title", 200),
		CustomerID: r.reference("customer_id", "customers", r.isCustomer), AdoptedQuoteID: r.reference("quote_id", "quotes", r.isQuote),
		Inputs: r.object("inputs"), Assumptions: r.object("assumptions"), Outputs: r.object("outputs"),
		InvestedCents: r.amount("invested"), ReturnPct: r.decimal("return_pct", -1e6, 1e6), PaybackYears: r.decimal("payback_years", 0, 1e4),
		CreatedAt: r.timeOr("created_at", r.began),
	}
	c.Extra = r.extra()
	return &c
}

var calculationKinds = map[string]string{
	"resale": "resale", "homeowner": "resale", "homevalue": "resale", "propertyvalue": "resale", "lifecycle": "lifecycle", "tco": "lifecycle", "maintenance": "lifecycle",
	"incremental": "incremental", "comparison": "incremental", "compare": "incremental", "financing": "financing", "loan": "financing",
	"contractor": "contractor", "business": "contractor", "unknown": "unknown",
}

func insertCalculations(tx *pg.OrgTx, adoption id.ID, rows []*calculation) (int64, error) {
	tag, err := tx.Exec(`INSERT INTO app.roi_calculations (org_id, id, kind, title, customer_id, adopted_quote_id, inputs, assumptions, outputs, invested_cents,
			return_pct, payback_years, engine_version, created_at, extra, adoption_id)
		SELECT $1, r.id, r.kind, r.title, r.customer_id, r.adopted_quote_id, r.inputs, r.assumptions, r.outputs, r.invested_cents,
			r.return_pct, r.payback_years, 'adopted', r.created_at, r.extra, $2
		FROM json_to_recordset($3::json) AS r(id uuid, kind text, title text, customer_id uuid, adopted_quote_id uuid, inputs jsonb, assumptions jsonb, outputs jsonb,
			invested_cents bigint, return_pct double precision, payback_years double precision, created_at timestamptz, extra jsonb)
		ON CONFLICT (org_id, id) DO NOTHING`, tx.Tenant().Org(), adoption, asJSON(rows))
	return tag.RowsAffected(), err
}

func queueCalculations(r *pg.Reading, t pg.Tenant, adoption, after id.ID, dst *[]calculation) {
	pg.All(r, dst, `SELECT id, kind, title, customer_id, adopted_quote_id, inputs, assumptions, outputs, invested_cents, return_pct, payback_years, created_at, extra, version
		FROM app.roi_calculations WHERE org_id = $1 AND adoption_id = $2 AND id > $3 ORDER BY id LIMIT $4`, t.Org(), adoption, after, scanRows)
}
