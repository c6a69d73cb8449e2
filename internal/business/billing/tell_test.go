package billing_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

// tells has A looked at for something to tell by many at once, and answers the subjects of what its owner was mailed.
func (w *world) tells() []string {
	w.t.Helper()
	site := must[tenancy.Site](w.t)(tenancy.NewSite("http://fence.localhost:8080"))
	mail := &notify.Service{DB: w.App, Queue: must[*tasks.Queue](w.t)(tasks.NewQueue()), Site: site, From: "mail@fence.localhost"}
	teller := &billing.Teller{DB: w.App, Mail: mail}
	before := testkit.Value[int](w.t, w.Database, "SELECT count(*)::int FROM app.mails WHERE org_id = $1", testkit.A.ID)
	a := w.platform()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := teller.Tell(w.t.Context(), a); err != nil {
				w.t.Error(err)
			}
		})
	}
	wg.Wait()
	all := testkit.Values[string](w.t, w.Database, "SELECT subject FROM app.mails WHERE org_id = $1 ORDER BY created_at, id", testkit.A.ID)
	return all[before:]
}

func (w *world) told(when, want string) {
	w.t.Helper()
	got := w.tells()
	if len(got) != 1 || !strings.HasPrefix(got[0], want) {
		w.t.Errorf("%s the owner is told %q, want one %q", when, got, want)
	}
	if again := w.tells(); len(again) != 0 {
		w.t.Errorf("%s it is told again: %q", when, again)
	}
}

func (w *world) silent(when string) {
	w.t.Helper()
	if got := w.tells(); len(got) != 0 {
		w.t.Errorf("%s the owner is told %q", when, got)
	}
}

// A company from its first day to its last, as its owner reads it in mails: each thing once.
func TestOwnersAreToldOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(w.t, testkit.B, func() {
		w.silent("with ten days of the trial left")
		w.pass(3*24*time.Hour + time.Hour)
		w.told("a week before the end", "Your trial ends in 7 days")
		w.pass(4 * 24 * time.Hour)
		w.told("three days before the end", "Your trial ends in 3 days")
		w.pass(2 * 24 * time.Hour)
		w.told("on the last day", "Your trial ends within a day")
		w.pass(24 * time.Hour)
		w.told("after it", "Your trial ended")
	})
}

func TestOwnersAreToldOfTroubleWithACard(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.subscribed(plan.Growth, "4242424242424242")
	w.tells()
	if card := w.owner().Org.Standing.Card; card.Last4 != "4242" || card.ExpYear == 0 {
		t.Errorf("the card that pays is known as %+v", card)
	}
	if kept := testkit.Value[bool](w.t, w.Database, "SELECT octet_length(card_hash) = 32 FROM platform.billing_customers WHERE org_id = $1", testkit.A.ID); !kept {
		t.Error("nothing is kept by which the card is known again")
	}
	w.changes("pm_card_chargeCustomerFail")
	w.pass(32 * 24 * time.Hour)
	w.told("when the card is declined", "Card declined: your account turns read-only on ")
	w.changes("pm_card_visa")
	w.paysInvoice()
	w.told("when it was paid", "Paid: $168.00") // six work there: one more than five
	w.changes("pm_card_authenticationRequired")
	w.pass(31 * 24 * time.Hour)
	if !w.owner().Org.Standing.BankAsks {
		t.Error("nobody knows that the bank asks")
	}
	w.told("when the bank asks", "Your bank asks you to confirm a payment")
	w.pass(20 * 24 * time.Hour)
	if got := w.tells(); w.entitlements().State != plan.Canceled || !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "Your plan ended") }) {
		t.Errorf("at the end it is %s, told %q", w.entitlements().State, got)
	}
}

func TestOwnersAreToldOfACardThatExpires(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.subscribed(plan.Growth, "4242424242424242")
	w.tells()
	w.changes("pm_card_expiring")
	w.until(w.owner().Org.Standing.Card.EndsAt().AddDate(0, 0, -20))
	w.told("in the card's last weeks", "Your card that ends in ")
}

// A reading has the company looked at, without anybody else's help.
func TestWhatWasReadIsTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.subscribed(plan.Starter, "4242424242424242")
	if n := testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM tasks.river_job WHERE kind = 'billing_tell_plan' AND args ->> 'org_id' = $1", testkit.A.ID.String()); n == 0 {
		t.Error("nobody is to look at what was read")
	}
	if n := testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM platform.billing_customers WHERE told < done AND org_id IS NOT NULL"); n != 0 {
		t.Errorf("%d were read and not looked at", n)
	}
}

// changes has A's subscription pay with another card.
func (w *world) changes(card string) {
	w.t.Helper()
	customer, ctx := w.customer(), w.t.Context()
	m := must[*stripe.PaymentMethod](w.t)(w.stripe.V1PaymentMethods.Attach(ctx, card, &stripe.PaymentMethodAttachParams{Customer: &customer}))
	must[*stripe.Subscription](w.t)(w.stripe.V1Subscriptions.Update(ctx, w.subscriptions()[0].ID, &stripe.SubscriptionUpdateParams{DefaultPaymentMethod: &m.ID}))
	w.follow()
}

// paysInvoice pays what is open.
func (w *world) paysInvoice() {
	w.t.Helper()
	must[*stripe.Invoice](w.t)(w.stripe.V1Invoices.Pay(w.t.Context(), w.invoices()[0].ID, &stripe.InvoicePayParams{}))
	w.follow()
}
