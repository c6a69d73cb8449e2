package quoting

import (
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Counted are the quotes that the plan's counter of a period counts: all that were made in it, but for the sample.
func Counted(tx *pg.OrgTx, p plan.Period) ([]id.ID, error) {
	rows, err := tx.Query(`SELECT q.id FROM app.quotes q JOIN app.customers c ON c.org_id = q.org_id AND c.id = q.customer_id
		WHERE q.org_id = $1 AND q.created_at >= $2 AND q.created_at < $3 AND NOT c.is_sample`, tx.Tenant().Org(), p.Start, p.End)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[id.ID])
}
