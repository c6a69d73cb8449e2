package app

import (
	"time"

	"fenceplatform.com/fence/internal/api/stripehook"
	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/console"
)

// payments is the way to the payment provider and back.
type payments struct {
	hook     *stripehook.Handler
	mirror   *billing.Mirror
	gateway  *stripegw.Client
	worker   *billing.Worker
	accounts *billing.Accounts
}

// newPayments is nil where no payments are taken.
func newPayments(a *App) *payments {
	s := a.settings
	if s.StripeKey == "" {
		return nil
	}
	mirror := billing.NewMirror(a.system)
	inbox := stripegw.Inbox{Secrets: s.WebhookSecrets(), Live: s.StripeLive()}
	gateway := stripegw.New(s.StripeKey, s.StripeAddress)
	return &payments{
		hook:     stripehook.New(inbox, mirror, time.Now, a.metrics.Registerer(), a.log),
		worker:   billing.NewWorker(mirror, gateway, a.log),
		mirror:   mirror,
		gateway:  gateway,
		accounts: billing.NewAccounts(mirror, gateway),
	}
}

// console is what operators need of it.
func (p *payments) console() *console.Payments {
	return &console.Payments{Mirror: p.mirror, Provider: p.gateway, Pricer: p.gateway, Refused: p.hook.Rejected}
}
