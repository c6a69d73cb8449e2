package app

import (
	"context"
	"errors"
	"net/http"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/worker"
)

// Handler is everything that a server answers, for who serves it to itself: tests and the prover. inside may be nil;
// else it is put between who is calling and what is asked, on companies' hosts.
func (a *App) Handler(inside func(http.Handler) http.Handler) http.Handler { return a.handler(inside) }

// Tasks is everything that a server does in the background, for who does it in turn.
func (a *App) Tasks() *tasks.Workers { return worker.List(a.db, a.system, a.Services.work()) }

// Ping asks the database on both lines that requests take.
func (a *App) Ping(ctx context.Context) error {
	return errors.Join(a.db.Ping(ctx), a.system.Pool().Ping(ctx))
}

// shop is a payment provider for plans.
type shop interface {
	billing.Gateway
	billing.Register
}

// till is a payment provider for companies.
type till interface {
	payment.Accounts
	payment.Till
}

// TakePayments has the operations work with a provider of who serves to itself, before anything is served. No setting
// leads here.
func (a *App) TakePayments(plans shop, homeowners till) {
	mirror := billing.NewMirror(a.system)
	s := &a.Services
	s.Accounts = billing.NewAccounts(mirror, plans)
	s.Billing = &billing.Service{DB: a.db, Queue: s.Notify.Queue, Site: a.Site, Accounts: s.Accounts, Worker: billing.NewWorker(mirror, plans, a.log), Gateway: plans}
	s.SignUps.Paid = true
	s.Payments.Accounts, s.Payments.Till = homeowners, homeowners
}
