// Package worker does tasks: it decodes what is due, enters the organization, and calls the business.
//
// Owns: the list of tasks and which operation does each. Does not own: operations (business), the queue (tasks).
package worker

import (
	"context"
	"log/slog"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Services are what tasks call.
type Services struct {
	Notify    *notify.Service
	Quoting   *quoting.Service
	Fieldwork *fieldwork.Service
	Finder    *onboarding.Finder
	Identity  *identity.Service
	Usage     *usage.Auditor
	Accounts  *billing.Accounts // nil: no payments are taken
}

// New prepares the runner with every task of the product.
func New(db *pg.DB, sys *pg.System, s Services, log *slog.Logger, atOnce int) (*tasks.Runner, error) {
	return tasks.NewRunner(sys, List(db, sys, s), log, atOnce)
}

// List is every task of the product.
func List(db *pg.DB, sys *pg.System, s Services) *tasks.Workers {
	w := tasks.NewWorkers()
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t notify.SendMail) error {
		return s.Notify.DeliverMail(ctx, a, t.MailID, s.Quoting.Attachment)
	})
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t quoting.SealSigned) error {
		return s.Quoting.SealSigned(ctx, a, t.AcceptanceID)
	})
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t quoting.OpenJob) error {
		_, err := s.Fieldwork.OpenJob(ctx, a, t.AcceptanceID)
		return err
	})
	tasks.Handle(w, func(ctx context.Context, t onboarding.RecordSignUp) error {
		return sys.Exec(ctx, `INSERT INTO platform.sign_ups (org_id, at, utm_source) VALUES ($1, now(), $2) ON CONFLICT DO NOTHING`, t.OrgID, t.UTMSource)
	})
	tasks.HandleSystem(w, s.Finder.Answer)
	handle(w, db, s.Identity.WarnOfUsage)
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t billing.OpenAccount) error {
		if s.Accounts == nil { // payments were taken when the company signed up, and are not now
			return nil
		}
		_, err := s.Accounts.Open(ctx, billing.NewCustomer{Org: t.OrgID, Name: a.Org.Name, Email: a.Org.Email})
		return err
	})
	handle(w, db, func(ctx context.Context, a tenancy.Actor, _ usage.Reconcile) error { return s.Usage.Reconcile(ctx, a) })
	tasks.HandleSystem(w, func(ctx context.Context, _ usage.ReconcileAll) error { return reconcileAll(ctx, sys) })
	tasks.Nightly(w, reconcileAt, usage.ReconcileAll{})
	return w
}

// reconcileAt is the hour, UTC, at which counters are compared: the night of all of the United States.
const reconcileAt = 9

// reconcileAll has the counters of every organization compared, each by a task of its own.
func reconcileAll(ctx context.Context, sys *pg.System) error {
	type org struct{ OrgID id.ID }
	orgs, err := pg.SystemRows[org](ctx, sys, `SELECT org_id FROM platform.organizations`)
	if err != nil {
		return err
	}
	all := make([]usage.Reconcile, len(orgs))
	for i, o := range orgs {
		all[i].OrgID = o.OrgID
	}
	return tasks.EnqueueAll(ctx, sys, all)
}

// handle adds a task that works inside its organization.
func handle[A tasks.Args](w *tasks.Workers, db *pg.DB, work func(context.Context, tenancy.Actor, A) error) {
	tasks.Handle(w, func(ctx context.Context, t A) error {
		a, err := tenancy.InTask(ctx, db, t.Organization())
		if err != nil {
			return err
		}
		return work(ctx, a, t)
	})
}
