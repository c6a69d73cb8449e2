package tenancy

import (
	"context"
	"errors"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/mint"
)

// Two organizations that are nobody's: the canary has a row (db/migrations/00009_proof.sql), the stranger has none.
var (
	canary   = fixed(0x0c, 0xa9, 0xa1)
	stranger = fixed(0x0c, 0xa9, 0xa2)
)

// fixed is 00000000-0000-7000-8000-0000000…: an id that no clock will ever give.
func fixed(end ...byte) id.ID {
	v := id.ID{6: 0x70, 8: 0x80}
	copy(v[len(v)-len(end):], end)
	return v
}

const canarySQL = `SELECT EXISTS (SELECT FROM app.canaries WHERE org_id = $1)`

// ProveCanary enters an organization and asks for the row of another, as the product would if it forgot whose it is:
// the wall has to hide it, and to show it to its own. An error is a sentence.
func ProveCanary(ctx context.Context, db *pg.DB) error {
	seenBy := func(org id.ID) (seen bool, err error) {
		_, err = db.Read(ctx, mint.Tenant(org), func(r *pg.Reading) { r.Row([]any{&seen}, canarySQL, canary) })
		return seen, err
	}
	own, err := seenBy(canary)
	if err != nil {
		return err
	}
	other, err := seenBy(stranger)
	if err != nil {
		return err
	}
	if other {
		return errors.New("the canary's row is visible to another organization: the wall does not hold")
	}
	if !own {
		return errors.New("the canary's row is gone, and nothing shows that the wall holds: a migration made it, find out what deleted it")
	}
	return nil
}
