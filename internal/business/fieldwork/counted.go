package fieldwork

import (
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Counted are the jobs that the plan's counter of a period counts: opened in it, or let go in it after waiting.
func Counted(tx *pg.OrgTx, p plan.Period) ([]id.ID, error) {
	rows, err := tx.Query(`SELECT id FROM app.jobs WHERE org_id = $1 AND waiting_reason IS NULL
		AND coalesce(released_at, created_at) >= $2 AND coalesce(released_at, created_at) < $3`, tx.Tenant().Org(), p.Start, p.End)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[id.ID])
}
