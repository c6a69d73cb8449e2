package app

import (
	"context"
	"net/http"

	"fenceplatform.com/fence/internal/api/connecthook"
	"fenceplatform.com/fence/internal/api/stripehook"
	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/payment/connectgw"
	"fenceplatform.com/fence/internal/business/tenancy"
)

// payments is the way to the payment provider and back.
type payments struct {
	hook     *stripehook.Handler
	mirror   *billing.Mirror
	gateway  *stripegw.Client
	worker   *billing.Worker
	accounts *billing.Accounts

	connect     *connectgw.Client // nil: companies cannot connect accounts of their own
	connectHook http.Handler

	simulator *simulator // nil: the provider is Stripe
}

// newPayments is nil where no payments are taken. A simulator belongs to the process that serves: what a command beside
// it leaves to do is done there.
func newPayments(ctx context.Context, a *App) (*payments, error) {
	s := a.settings
	p := &payments{mirror: billing.NewMirror(a.system)}
	connected := s.ConnectSecrets()
	inbox := stripegw.Inbox{Secrets: s.WebhookSecrets(), Live: s.StripeLive()}
	switch {
	case s.StripeKey != "":
		p.gateway = stripegw.New(s.StripeKey, s.StripeAddress)
	case s.Simulated() && a.cluster != nil:
		simulator, err := newSimulator(ctx, a)
		if err != nil {
			return nil, err
		}
		p.simulator, p.gateway = simulator, simulator.gateway
		inbox.Secrets, connected = []string{simulator.secret}, []string{simulator.connectSecret}
	default:
		return nil, nil
	}
	p.hook = stripehook.New(inbox, p.mirror, a.clock.now, a.metrics.Registerer(), a.log)
	p.worker = billing.NewWorker(p.mirror, p.gateway, a.log)
	p.accounts = billing.NewAccounts(p.mirror, p.gateway)
	if len(connected) > 0 {
		p.connect = connectgw.New(p.gateway)
		theirs := connectgw.Inbox{Inbox: stripegw.Inbox{Secrets: connected, Live: inbox.Live}}
		p.connectHook = connecthook.New(theirs, &payment.Hints{System: a.system}, a.clock.now, a.metrics.Registerer(), a.log)
	}
	return p, nil
}

// start follows webhooks up. Those that a simulator had not sent when it ended are gone: everybody is asked for anew.
func (p *payments) start(ctx context.Context, a *App, handler http.Handler) error {
	if p == nil {
		return nil
	}
	p.worker.Start(ctx)
	if p.simulator == nil {
		return nil
	}
	p.simulator.start(handler, p.worker, a.runner)
	return p.mirror.ReadEverybody(ctx)
}

// stop is safe twice, and without start.
func (p *payments) stop() {
	if p == nil {
		return
	}
	if p.simulator != nil {
		p.simulator.stop()
	}
	p.worker.Stop()
}

func (p *payments) close() error {
	if p == nil || p.simulator == nil {
		return nil
	}
	return p.simulator.close()
}

// leaves are the hosts that a company's forms lead to for payment, each with a space before it.
func (a *App) leaves() string {
	switch {
	case a.payments == nil:
		return ""
	case a.payments.simulator != nil:
		return " " + a.Site.Of(tenancy.PayHost, "")
	}
	return " https://checkout.stripe.com https://billing.stripe.com https://invoice.stripe.com https://connect.stripe.com"
}

// console is what operators need of it.
func (p *payments) console() *console.Payments {
	return &console.Payments{Mirror: p.mirror, Provider: p.gateway, Pricer: p.gateway, Refused: p.hook.Rejected}
}
