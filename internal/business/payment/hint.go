package payment

import (
	"context"
	"fmt"
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Hint is a webhook of a company's account that was believed. Nothing is taken from it but what to ask about.
type Hint struct {
	ID      string
	Type    string
	Account string
	Object  string // the page, intent or charge that it is about; empty: the account
}

// Hints finds whose accounts webhooks are about.
type Hints struct{ System *pg.System }

// Receive has the provider asked about what a hint names, in the organization that owns the account and in no other. known
// is false for an account that is nobody's here. A hint is answered once its task is enqueued; asked twice changes nothing.
func (h *Hints) Receive(ctx context.Context, in Hint) (known bool, err error) {
	type owner struct{ OrgID id.ID }
	o, err := pg.SystemOne[owner](ctx, h.System, `SELECT org_id FROM platform.payment_accounts WHERE account = $1`, in.Account)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find the owner of %s: %w", in.Account, err)
	}
	if in.Object == "" || strings.HasPrefix(in.Type, "account.") {
		return true, tasks.EnqueueAll(ctx, h.System, []ReadAccount{{OrgID: o.OrgID, Account: in.Account}})
	}
	return true, tasks.EnqueueAll(ctx, h.System, []ReadOnline{{OrgID: o.OrgID, Account: in.Account, Object: in.Object}})
}

// SweepAll has every organization swept that ever had an account.
func (h *Hints) SweepAll(ctx context.Context) error {
	type owner struct{ OrgID id.ID }
	owners, err := pg.SystemRows[owner](ctx, h.System, `SELECT DISTINCT org_id FROM platform.payment_accounts`)
	if err != nil {
		return err
	}
	each := make([]Sweep, len(owners))
	for i, o := range owners {
		each[i] = Sweep{OrgID: o.OrgID}
	}
	return tasks.EnqueueAll(ctx, h.System, each)
}
