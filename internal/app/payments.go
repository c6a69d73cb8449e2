package app

import (
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/api/stripehook"
	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
)

// payments is the way to the payment provider and back.
type payments struct {
	hook     http.Handler
	worker   *billing.Worker
	accounts *billing.Accounts
	gateway  *stripegw.Client
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
		accounts: billing.NewAccounts(mirror, gateway),
		gateway:  gateway,
	}
}
