package billing

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Overview is what a company sees of its plan.
type Overview struct {
	Now          time.Time
	Entitlements plan.Entitlements
	Subscription plan.Subscription // that goes on; without an id there is none
	ExtraUsers   int64             // that are paid for
	People       int64
	Used         map[plan.Metric]int64
	Owners       []string
	Invoices     []OwnInvoice // who may manage the plan; the newest first
	Checkout     *Act         // that can still be paid
	Waiting      *Act         // a change that waits for its payment
	Most         int64        // people beyond those of the plan, at one time of this period
}

// OwnInvoice is an invoice as the company sees it.
type OwnInvoice struct {
	ID             string
	SubscriptionID string
	Number         string
	Status         InvoiceStatus
	TotalCents     money.Cents
	OpenCents      money.Cents
	RefundedCents  money.Cents // of what was paid
	Attempts       int64
	NextAttemptAt  *time.Time
	CreatedAt      time.Time
	PageURL        string
	PdfURL         string
}

// Unpaid tells that it was to be paid and was not.
func (i OwnInvoice) Unpaid() bool {
	return (i.Status == Open || i.Status == Uncollectible) && i.Attempts > 0
}

// Overview reads where the company stands with its plan, from the mirror alone: nobody is asked, nothing changes.
func (s *Service) Overview(ctx context.Context, a tenancy.Actor) (Overview, error) {
	return ReadOverview(ctx, s.DB, a)
}

// ReadOverview is Overview also where no payments are taken.
func ReadOverview(ctx context.Context, db *pg.DB, a tenancy.Actor) (Overview, error) {
	if err := a.Require(tenancy.UsageRead); err != nil {
		return Overview{}, err
	}
	var o Overview
	var acts []Act
	type most struct{ Most int64 }
	var marks []most
	known, found := subscription(a)
	now, err := db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		identity.QueueSeats(r, a.Tenant(), &o.People)
		identity.QueueOwners(r, a.Tenant(), &o.Owners)
		usage.QueueStandings(r, a.Tenant(), &o.Used)
		if a.May(tenancy.BillingManage) {
			pg.All(r, &o.Invoices, `SELECT id, subscription_id, number, status, total_cents, open_cents, refunded_cents, attempts, next_attempt_at, created_at, page_url, pdf_url FROM platform.own_invoices()`)
			pg.All(r, &acts, `SELECT `+actColumns+` FROM app.plan_acts WHERE org_id = $1 AND state = 'open' ORDER BY asked_at`, a.Tenant().Org())
		}
		if found {
			pg.All(r, &marks, `SELECT most FROM app.seat_marks WHERE org_id = $1 AND subscription_id = $2 AND period_start = $3`, a.Tenant().Org(), known.ID, known.PeriodStart)
		}
	})
	if err != nil {
		return o, err
	}
	o.Now, o.Entitlements = now, a.Entitlements(now)
	if found {
		o.Subscription, o.ExtraUsers = known, extraOf(a, known.ID)
		o.Most = o.ExtraUsers
		if len(marks) == 1 {
			o.Most = marks[0].Most
		}
	}
	for n, x := range acts {
		switch {
		case !x.waiting(now):
		case x.Kind == ActCheckout && !found:
			o.Checkout = &acts[n]
		case x.Kind == ActUpgrade && found && known.Plan != x.Plan:
			o.Waiting = &acts[n]
		}
	}
	return o, nil
}

// extraOf is how many people a subscription has beyond those of the plan, as the mirror says.
func extraOf(a tenancy.Actor, subscription string) int64 {
	for _, s := range a.Org.Standing.Subscriptions {
		if s.ID == subscription {
			return s.ExtraUsers
		}
	}
	return 0
}

// Returned is who comes back from the provider's page. What happened there is read, and a task says what became of what
// was asked for, so that the page shows it, whether webhooks come or not.
func (s *Service) Returned(ctx context.Context, a tenancy.Actor) error {
	if err := a.Require(tenancy.BillingManage); err != nil {
		return err
	}
	customer, err := s.Accounts.Known(ctx, a.Org.ID)
	if err != nil || customer == "" {
		return err
	}
	if err := s.Accounts.mirror.actsMoved(ctx, customer); err != nil {
		return err
	}
	return s.follow(ctx, customer)
}
