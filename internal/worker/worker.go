// Package worker does tasks: it decodes what is due, enters the organization, and calls the business.
//
// Owns: the list of tasks and which operation does each. Does not own: operations (business), the queue (tasks).
package worker

import (
	"context"
	"log/slog"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Services are what tasks call.
type Services struct {
	Notify    *notify.Service
	Quoting   *quoting.Service
	Fieldwork *fieldwork.Service
	Finder    *onboarding.Finder
	Files     *files.Service
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
	tasks.HandleDaily(w, func(ctx context.Context, _ files.SweepDaily) error { return sweepEach(ctx, sys) })
	tasks.Handle(w, func(ctx context.Context, t onboarding.RecordSignUp) error {
		return sys.Exec(ctx, `INSERT INTO platform.sign_ups (org_id, at, utm_source) VALUES ($1, now(), $2) ON CONFLICT DO NOTHING`, t.OrgID, t.UTMSource)
	})
	tasks.HandleSystem(w, s.Finder.Answer)
	return w
}

// sweepEach has the files of every organization swept, each as a task of its own.
func sweepEach(ctx context.Context, sys *pg.System) error {
	all, err := pg.SystemRows[files.SweepOrganization](ctx, sys, `SELECT org_id FROM platform.organizations ORDER BY org_id`)
	if err != nil {
		return err
	}
	return tasks.EnqueueEach(ctx, sys, all)
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
