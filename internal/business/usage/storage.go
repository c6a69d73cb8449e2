package usage

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// GrowBy raises a level by n at once, unless that would pass the plan's limit: then not at all. It is among the last
// statements of a transaction, as Consume is.
func GrowBy(tx *pg.OrgTx, a tenancy.Actor, m plan.Metric, n int64) error {
	limit := a.Entitlements(tx.Now()).Limit(m)
	var used int64
	err := tx.QueryRow(`INSERT INTO app.usage_levels AS l (org_id, metric, used) SELECT $1, $2, $4::bigint WHERE $3::bigint < 0 OR $4 <= $3
		ON CONFLICT (org_id, metric) DO UPDATE SET used = l.used + $4 WHERE $3 < 0 OR l.used + $4 <= $3
		RETURNING used`, tx.Tenant().Org(), m, limit, n).Scan(&used)
	if errors.Is(err, pgx.ErrNoRows) {
		return noRoom(tx, a, m, limit)
	}
	if err != nil {
		return fmt.Errorf("raise %s: %w", m, err)
	}
	return nil
}

// ShrinkBy lowers a level by n. One that says too little keeps nobody from giving something back: the nightly comparison
// puts it right.
func ShrinkBy(tx *pg.OrgTx, m plan.Metric, n int64) error {
	if n == 0 {
		return nil
	}
	_, err := tx.Exec(`UPDATE app.usage_levels SET used = greatest(used - $3, 0) WHERE org_id = $1 AND metric = $2`, tx.Tenant().Org(), m, n)
	return err
}

// noRoom is the refusal of more bytes, which says how many there are: unlike one more person, they rarely fill a limit
// to the last.
func noRoom(tx *pg.OrgTx, a tenancy.Actor, m plan.Metric, limit int64) error {
	var used int64
	err := tx.QueryRow(`SELECT used FROM app.usage_levels WHERE org_id = $1 AND metric = $2`, tx.Tenant().Org(), m).Scan(&used)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	f := fault.As(Reached(a, m, used, limit, nil))
	f.Message = fmt.Sprintf("Your company's files take %s of %s. Remove some, or the owner can change the plan.", Bytes(used), Bytes(limit))
	return f
}

// Bytes is a number of bytes as people read it: 1.5 GB.
func Bytes(n int64) string {
	const step = 1000
	if n == 1 {
		return "1 byte"
	}
	if n < step {
		return fmt.Sprintf("%d bytes", n)
	}
	size, unit := float64(n)/step, "KB"
	for _, next := range []string{"MB", "GB", "TB"} {
		if size < step-0.5 { // which is not shown as 1000
			break
		}
		size, unit = size/step, next
	}
	if size >= 10 || size == float64(int64(size)) {
		return fmt.Sprintf("%.0f %s", size, unit)
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}
