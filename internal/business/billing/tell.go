package billing

import (
	"context"
	"fmt"
	"time"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// TellPlan is the task that tells a company's owners what is new about their plan.
type TellPlan struct {
	OrgID id.ID `json:"org_id"`
}

// Kind implements tasks.Args.
func (TellPlan) Kind() string { return "billing_tell_plan" }

// Organization implements tasks.Args.
func (t TellPlan) Organization() id.ID { return t.OrgID }

// TellPlanDaily has every company looked at each night: what comes by time alone tells nobody by itself.
type TellPlanDaily struct{}

// Kind implements tasks.SystemArgs.
func (TellPlanDaily) Kind() string { return "billing_tell_plan_daily" }

// Teller tells owners about their plan.
type Teller struct {
	DB   *pg.DB
	Mail *notify.Service
}

// Tell mails the owners what they were not told yet: the note and the mails are one transaction, so each is told once,
// however often and by how many this is done.
func (s *Teller) Tell(ctx context.Context, a tenancy.Actor) error {
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		f, err := toTell(tx, a)
		if err != nil {
			return err
		}
		e := a.Entitlements(tx.Now())
		for _, n := range due(e, f.card, f.invoices, f.told, tx.Now()) {
			tag, err := tx.Exec(`INSERT INTO app.plan_notices (org_id, kind, cause, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
				tx.Tenant().Org(), n.Kind, n.Cause, tx.Now())
			if err != nil {
				return fmt.Errorf("note what is told: %w", err)
			}
			if tag.RowsAffected() == 0 {
				continue
			}
			for _, owner := range f.owners {
				if err := s.Mail.PlanNotice(tx, a.Org, owner, note(a, e, n)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// facts are what notices follow from, beside the state of the plan.
type facts struct {
	card     Card
	invoices []Invoice
	told     map[string]bool // invoices whose trouble was told
	owners   []string
}

func toTell(tx *pg.OrgTx, a tenancy.Actor) (f facts, err error) {
	org := tx.Tenant().Org()
	type invoiceRow struct {
		ID                                string
		Status                            InvoiceStatus
		TotalCents, OpenCents, Attempts   int64
		NextAttemptAt, FinalizedAt, DueAt *time.Time
		AsksPerson                        bool
	}
	rows, err := pg.Collect[invoiceRow](tx, `SELECT id, status, total_cents, open_cents, attempts, next_attempt_at, finalized_at, due_at, asks_person FROM platform.invoices_to_tell()`)
	if err != nil {
		return f, fmt.Errorf("read invoices: %w", err)
	}
	for _, r := range rows {
		f.invoices = append(f.invoices, Invoice{ID: r.ID, Status: r.Status, TotalCents: money.Cents(r.TotalCents), OpenCents: money.Cents(r.OpenCents), Attempts: r.Attempts,
			NextAttemptAt: happens(r.NextAttemptAt), FinalizedAt: happens(r.FinalizedAt), DueAt: happens(r.DueAt), AsksPerson: r.AsksPerson})
	}
	f.card = a.Org.Standing.Card
	told, err := pg.Collect[struct{ Cause string }](tx, `SELECT DISTINCT cause FROM app.plan_notices WHERE org_id = $1 AND kind IN ($2, $3)`, org, PaymentFailed, BankAsks)
	if err != nil {
		return f, fmt.Errorf("read what was told: %w", err)
	}
	f.told = map[string]bool{}
	for _, t := range told {
		f.told[t.Cause] = true
	}
	owners, err := pg.Collect[struct{ Email string }](tx, `SELECT email FROM app.users WHERE org_id = $1 AND role = 'owner' AND deactivated_at IS NULL ORDER BY id`, org)
	for _, o := range owners {
		f.owners = append(f.owners, o.Email)
	}
	return f, err
}

// happens is no time for null.
func happens(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
