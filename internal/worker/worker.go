// Package worker does tasks: it decodes what is due, enters the organization, and calls the business.
//
// Owns: the list of tasks and which operation does each. Does not own: operations (business), the queue (tasks).
package worker

import (
	"context"
	"errors"
	"log/slog"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/halt"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Services are what tasks call.
type Services struct {
	Notify    *notify.Service
	Quoting   *quoting.Service
	Fieldwork *fieldwork.Service
	SignUps   *onboarding.Service
	Payments  *payment.Service
	Finder    *onboarding.Finder
	Identity  *identity.Service
	Usage     *usage.Auditor
	Accounts  *billing.Accounts // nil: no payments are taken
	Billing   *billing.Service  // likewise
	Teller    *billing.Teller
	Files     *files.Service
	Operators *operator.Service
	Console   *console.Service
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
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t files.Settle) error {
		return s.Files.SettleFile(ctx, a, t.FileID)
	})
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t files.Forget) error {
		return s.Files.ForgetBlob(ctx, a, t.SHA256)
	})
	handle(w, db, func(ctx context.Context, a tenancy.Actor, _ files.SweepOrganization) error {
		_, err := s.Files.Sweep(ctx, a)
		return err
	})
	nightly(w, sys, files.SweepDaily{}, func(org id.ID) files.SweepOrganization { return files.SweepOrganization{OrgID: org} })
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t payment.ReadAccount) error {
		return s.Payments.FollowAccount(ctx, a, t.Account)
	})
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t payment.ReadOnline) error {
		return s.Payments.FollowOnline(ctx, a, t.Account, t.Object)
	})
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t payment.CloseStale) error {
		return s.Payments.CloseStalePage(ctx, a, t.AcceptanceID)
	})
	handle(w, db, func(ctx context.Context, a tenancy.Actor, _ payment.Sweep) error {
		return s.Payments.SweepOnline(ctx, a)
	})
	tasks.Nightly(w, night, payment.SweepDaily{})
	tasks.HandleSystem(w, func(ctx context.Context, _ payment.SweepDaily) error {
		return (&payment.Hints{System: sys}).SweepAll(ctx)
	})
	tasks.Handle(w, func(ctx context.Context, t onboarding.RecordSignUp) error {
		halt.At(ctx, "record/before-commit")
		err := sys.Exec(ctx, `INSERT INTO platform.sign_ups (org_id, at, utm_source) VALUES ($1, now(), $2) ON CONFLICT DO NOTHING`, t.OrgID, t.UTMSource)
		halt.At(ctx, "record/after-commit")
		return err
	})
	handle(w, db, func(ctx context.Context, a tenancy.Actor, _ onboarding.NoteEvents) error {
		return s.SignUps.NoteEvents(ctx, a)
	})
	nightly(w, sys, onboarding.NoteEventsDaily{}, func(org id.ID) onboarding.NoteEvents { return onboarding.NoteEvents{OrgID: org} })
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t identity.ResetAsked) error {
		return s.Identity.MailReset(ctx, a, t.Email)
	})
	tasks.Nightly(w, night, onboarding.ForgetIntents{})
	tasks.HandleSystem(w, func(ctx context.Context, _ onboarding.ForgetIntents) error { return onboarding.Forget(ctx, sys) })
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t identity.AddressConfirmed) error {
		return s.SignUps.RedeemTrial(ctx, a, t.UserID)
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
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t operator.NoteAct) error {
		return errors.Join(s.Operators.Note(ctx, a, t.ActID), s.Notify.LetGo(ctx, a))
	})
	tasks.Nightly(w, night, console.Tidy{})
	tasks.HandleSystem(w, s.Console.Tidy)
	billed(w, db, sys, s.Billing)
	handle(w, db, func(ctx context.Context, a tenancy.Actor, _ billing.TellPlan) error {
		return errors.Join(s.Teller.Tell(ctx, a), s.SignUps.RedeemCard(ctx, a), s.Notify.LetGo(ctx, a))
	})
	nightly(w, sys, billing.TellPlanDaily{}, func(org id.ID) billing.TellPlan { return billing.TellPlan{OrgID: org} })
	handle(w, db, func(ctx context.Context, a tenancy.Actor, _ usage.Reconcile) error { return s.Usage.Reconcile(ctx, a) })
	nightly(w, sys, usage.ReconcileAll{}, func(org id.ID) usage.Reconcile { return usage.Reconcile{OrgID: org} })
	return w
}

// billed adds the tasks of what companies pay for. Without payments there is nothing to do in them.
func billed(w *tasks.Workers, db *pg.DB, sys *pg.System, b *billing.Service) {
	handle(w, db, func(ctx context.Context, a tenancy.Actor, _ billing.SettleActs) error {
		if b == nil {
			return nil
		}
		return b.SettleOpen(ctx, a)
	})
	seats := func(ctx context.Context, a tenancy.Actor, seen int64, daily bool) error {
		if b == nil {
			return nil
		}
		return b.SyncSeats(ctx, a, seen, daily)
	}
	handle(w, db, func(ctx context.Context, a tenancy.Actor, t identity.SeatsChanged) error {
		return seats(ctx, a, t.People, false)
	})
	handle(w, db, func(ctx context.Context, a tenancy.Actor, _ billing.SyncSeats) error { return seats(ctx, a, 0, true) })
	nightly(w, sys, billing.SyncSeatsDaily{}, func(org id.ID) billing.SyncSeats { return billing.SyncSeats{OrgID: org} })
}

// night is the hour, UTC, of what is done once a day: the night of all of the United States.
const night = 9

// nightly has something done for every organization each night, as a task of its own.
func nightly[All tasks.SystemArgs, A tasks.Args](w *tasks.Workers, sys *pg.System, all All, one func(org id.ID) A) {
	tasks.Nightly(w, night, all)
	tasks.HandleSystem(w, func(ctx context.Context, _ All) error {
		type org struct{ OrgID id.ID }
		orgs, err := pg.SystemRows[org](ctx, sys, `SELECT org_id FROM platform.organizations`)
		if err != nil {
			return err
		}
		each := make([]A, len(orgs))
		for i, o := range orgs {
			each[i] = one(o.OrgID)
		}
		return tasks.EnqueueAll(ctx, sys, each)
	})
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
