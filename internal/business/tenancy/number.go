package tenancy

import (
	"fmt"

	"fenceplatform.com/fence/internal/platform/pg"
)

// NextNumber takes the next human number of a kind ("quote", "job") in the organization's current year:
// Q-2026-000123. A number is never given twice; one whose transaction fails is given to the next.
func NextNumber(tx *pg.OrgTx, a Actor, kind, prefix string) (string, error) {
	year := tx.Now().In(a.Org.Zone()).Year()
	var last int
	err := tx.QueryRow(`INSERT INTO app.number_sequences AS s (org_id, kind, year, last) VALUES ($1, $2, $3, 1)
		ON CONFLICT (org_id, kind, year) DO UPDATE SET last = s.last + 1 RETURNING last`,
		a.tenant.Org(), kind, year).Scan(&last)
	if err != nil {
		return "", fmt.Errorf("next %s number: %w", kind, err)
	}
	return fmt.Sprintf("%s-%d-%06d", prefix, year, last), nil
}
