package audit

import (
	"context"
	"errors"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Proof is what a look at the newest part of the chain found.
type Proof struct {
	First  int64     // the first entry that was looked at
	Last   int64     // the last one that fits
	UpTo   time.Time // when the last one was written
	Broken int64     // the first entry that does not fit; 0 when all do
	Says   string    // why it does not
}

// proofDepth bounds what a page costs: `fence audit verify` walks the whole chain.
const proofDepth = 5000

// Prove walks the newest entries of the chain up to its head, believing the one before them. A chain that does
// not hold is a finding, not an error.
func Prove(ctx context.Context, db *pg.DB, a tenancy.Actor) (Proof, error) {
	if err := a.Require(tenancy.AuditRead); err != nil {
		return Proof{}, err
	}
	end, err := readEnd(ctx, db, a)
	if err != nil {
		return Proof{}, err
	}
	var before []head
	if end.Seq > proofDepth {
		_, err = db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
			pg.All(r, &before, `SELECT seq, hash FROM app.audit_entries WHERE org_id = $1 AND seq = $2`, a.Tenant().Org(), end.Seq-proofDepth)
		})
		if err != nil {
			return Proof{}, err
		}
	}
	var from head
	if len(before) == 1 {
		from = before[0]
	}
	last, err := walk(ctx, db, a, from, end)
	p := Proof{First: from.Seq + 1, Last: last.Seq}
	if broken, ok := errors.AsType[brokenChain](err); ok {
		p.Broken, p.Says = broken.seq, broken.says
	} else if err != nil {
		return Proof{}, err
	}
	var written []struct{ At time.Time }
	_, err = db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &written, `SELECT at FROM app.audit_entries WHERE org_id = $1 AND seq = $2`, a.Tenant().Org(), last.Seq)
	})
	if len(written) == 1 {
		p.UpTo = written[0].At
	}
	return p, err
}
