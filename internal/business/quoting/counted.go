package quoting

import (
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Counted are the quotes that the plan's counter of a period counts: all that were made in it.
func Counted(tx *pg.OrgTx, p plan.Period) ([]id.ID, error) {
	rows, err := tx.Query(`SELECT id FROM app.quotes WHERE org_id = $1 AND created_at >= $2 AND created_at < $3`, tx.Tenant().Org(), p.Start, p.End)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[id.ID])
}
