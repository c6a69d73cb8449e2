package stripehook_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// of is where a company stands with its plan.
func (w *world) of(t *testing.T, o testkit.Org) (e plan.Entitlements) {
	t.Helper()
	err := w.InOrg(t, o, func(tx *pg.OrgTx) error {
		org, err := tenancy.LockOrganization(tx)
		e = plan.Derive(org.PlanFacts(), w.sim.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// What a company may do follows from the mirror, and from its own alone.
func TestPlanFollowsTheMirror(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, o := range []testkit.Org{testkit.A, testkit.B} {
		w.Exec(t, "UPDATE app.organizations SET plan = 'trial', trial_ends_at = $2 WHERE org_id = $1", o.ID, w.sim.Now().Add(time.Hour))
	}
	c := w.customer(t, "pm_card_visa")
	if err := w.mirror.Attach(t.Context(), testkit.A.ID, c); err != nil {
		t.Fatal(err)
	}
	if err := w.mirror.Attach(t.Context(), testkit.B.ID, c); err == nil {
		t.Error("a customer is two companies'")
	}
	other := w.of(t, testkit.B)
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &c, Items: []*stripe.SubscriptionCreateItemParams{
		{Price: &w.prices["growth_v1"].ID}, {Price: &w.prices["extra_user_v1"].ID, Quantity: stripe.Int64(3)}}}))
	w.follow(t)
	if e := w.of(t, testkit.A); e.State != plan.Active || e.Plan.Key != plan.Growth || e.Limit(plan.Users) != 10 { // who is paid for beyond five is within the ten
		t.Errorf("after the purchase it is %s on %s with %d people, want active on growth with 10", e.State, e.Plan.Key, e.Limit(plan.Users))
	}
	// The next month is not paid.
	if err := w.sim.Behave(w.method(t, c), "pm_card_chargeCustomerFail"); err != nil {
		t.Fatal(err)
	}
	w.sim.Advance(w.sim.Now().AddDate(0, 1, 1))
	w.follow(t)
	e := w.of(t, testkit.A)
	if e.State != plan.PastDue || e.NextChangeAt.IsZero() {
		t.Fatalf("after a decline it is %s, to change at %v", e.State, e.NextChangeAt)
	}
	// B22: no worker, no webhook, only the clock.
	if w.sim.Advance(e.NextChangeAt.Add(-time.Second)); w.of(t, testkit.A).State != plan.PastDue {
		t.Error("the grace ends too early")
	}
	if w.sim.Advance(e.NextChangeAt); w.of(t, testkit.A).State != plan.Restricted {
		t.Errorf("after the grace it is %s", w.of(t, testkit.A).State)
	}
	// By now the provider has given up, and the workers are back.
	if w.follow(t); w.of(t, testkit.A).State != plan.Canceled {
		t.Errorf("after the last attempt it is %s", w.of(t, testkit.A).State)
	}
	w.Exec(t, "UPDATE app.organizations SET trial_ends_at = $2 WHERE org_id = $1", testkit.B.ID, w.sim.Now().Add(time.Hour))
	if now := w.of(t, testkit.B); now.State != other.State || now.Plan.Key != other.Plan.Key {
		t.Errorf("the other company was %s and is %s", other.State, now.State)
	}
}

// trial is a subscription of A's that begins with ten free days.
func (w *world) trial(t *testing.T) (s *stripe.Subscription, ends time.Time) {
	t.Helper()
	c := w.customer(t, "pm_card_visa")
	if err := w.mirror.Attach(t.Context(), testkit.A.ID, c); err != nil {
		t.Fatal(err)
	}
	ends = w.sim.Now().Add(10 * 24 * time.Hour)
	s = must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &c, TrialEnd: stripe.Int64(ends.Unix()),
		Items: []*stripe.SubscriptionCreateItemParams{{Price: &w.prices["growth_v1"].ID}}}))
	return s, ends
}

// B18: who cancels a trial at once has it no more.
func TestTrialCanceledNowIsOverNow(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s, _ := w.trial(t)
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Cancel(t.Context(), s.ID, nil))
	if w.follow(t); w.of(t, testkit.A).State != plan.Canceled {
		t.Errorf("it is %s", w.of(t, testkit.A).State)
	}
}

// B20: who cancels at the end of a trial keeps it until then. B19: who thinks better of it goes on.
func TestCanceledTrialLastsUntilItsEnd(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s, ends := w.trial(t)
	for _, cancel := range []bool{true, false, true} {
		must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Update(t.Context(), s.ID, &stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: &cancel}))
		if w.follow(t); w.of(t, testkit.A).Flags.CancelAtPeriodEnd != cancel {
			t.Errorf("with cancel_at_period_end %v it is %+v", cancel, w.of(t, testkit.A).Flags)
		}
	}
	if e := w.of(t, testkit.A); e.State != plan.Trialing || !e.Flags.CancelAtPeriodEnd {
		t.Errorf("it is %s, %+v", e.State, e.Flags)
	}
	w.sim.Advance(ends.Add(time.Minute))
	w.follow(t)
	if e := w.of(t, testkit.A); e.State != plan.Canceled {
		t.Errorf("after the trial it is %s", e.State)
	}
}

const event = `{"id":"evt_%s","object":"event","type":"customer.subscription.updated","api_version":"%s","created":1767225600,"livemode":%t,"data":{"object":{"id":"sub_1","object":"subscription","customer":"%s"}}%s}`

func TestMirrorFollowsASubscription(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.customer(t, "pm_card_visa")
	s := w.subscribe(t, c, "growth_v1")
	w.follow(t)
	if got := w.status(t, s.ID); got != "active growth" {
		t.Errorf("after the purchase: %s", got)
	}
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Cancel(t.Context(), s.ID, nil))
	w.follow(t)
	if got := w.status(t, s.ID); got != "canceled growth" {
		t.Errorf("after the end: %s", got)
	}
}

// B01.
func TestOneEventAHundredTimesAtOnceIsReadOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.customer(t, "pm_card_visa")
	body := fmt.Sprintf(event, "same", stripe.APIVersion, false, c, "")
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if status := w.post(t, body, w.endpoint.Secret, w.sim.Now()); status != http.StatusOK {
				t.Errorf("answered %d", status)
			}
		})
	}
	wg.Wait()
	w.drain(t)
	rows := testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM platform.billing_hints WHERE id = 'evt_same'")
	if n := w.asked.n.Load(); rows != 1 || n > 2 {
		t.Errorf("%d rows and %d questions, want 1 and at most 2", rows, n)
	}
}

// lifecycle is what a customer was at each of nine moments.
func lifecycle(t *testing.T, w *world, customer string) (all []billing.Snapshot) {
	t.Helper()
	see := func() {
		all = append(all, must[billing.Snapshot](t)(w.asked.Provider.Snapshot(t.Context(), billing.Question{Customer: customer})))
	}
	see()
	s := w.subscribe(t, customer, "starter_v1")
	see()
	change := func(params *stripe.SubscriptionUpdateParams) {
		must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Update(t.Context(), s.ID, params))
		see()
	}
	change(&stripe.SubscriptionUpdateParams{Items: []*stripe.SubscriptionUpdateItemParams{{ID: &s.Items.Data[0].ID, Price: &w.prices["growth_v1"].ID}}})
	change(&stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: stripe.Bool(true)})
	change(&stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: stripe.Bool(false)})
	for range 3 {
		w.sim.Advance(w.sim.Now().AddDate(0, 1, 1))
		see()
	}
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Cancel(t.Context(), s.ID, nil))
	see()
	return all
}

// B02, and with it B03 and B04: nine hints of a life in any order, some twice, read at any moments. What was read when
// is by chance; the end is not.
func TestAnyOrderOfHintsEndsAlike(t *testing.T) {
	t.Parallel()
	w := setup(t)
	seen := lifecycle(t, w, w.customer(t, "pm_card_visa"))
	orders := 150
	if os.Getenv("FENCE_BILLING") == "long" {
		orders = 10_000
	}
	random := rand.New(rand.NewPCG(3, 5))
	provider := &past{seen: seen}
	w.asked.Provider = provider
	want := ""
	for n := range orders {
		customer := fmt.Sprintf("cus_order%d", n)
		provider.now = 0
		for i, hint := range random.Perm(len(seen)) {
			provider.now = max(provider.now, hint)
			for range 1 + random.IntN(2) {
				h := billing.Hint{ID: fmt.Sprintf("evt_%d_%d", n, hint), Type: "customer.subscription.updated", CustomerID: customer, Payload: []byte("{}"), CreatedAt: time.Unix(int64(hint), 0)}
				must[bool](t)(w.mirror.Receive(t.Context(), h))
			}
			if random.IntN(3) == 0 || i == len(seen)-1 {
				w.drain(t)
			}
		}
		got := strings.ReplaceAll(w.mirrored(t, customer), customer, "cus")
		w.Exec(t, "DELETE FROM platform.subscriptions; DELETE FROM platform.invoices") // the next one has the same
		if want == "" {
			want = got
		}
		if got != want || !strings.Contains(got, "canceled") {
			t.Fatalf("order %d ends with\n%s\nthe first with\n%s", n, got, want)
		}
	}
	t.Logf("%d orders of %d hints", orders, len(seen))
}

// B05.
func TestUnknownCustomerIsKept(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if status := w.post(t, fmt.Sprintf(event, "orphan", stripe.APIVersion, false, "cus_nobodys", ""), w.endpoint.Secret, w.sim.Now()); status != http.StatusOK {
		t.Fatalf("answered %d", status)
	}
	w.drain(t)
	if gone := testkit.Value[bool](t, w.Database, "SELECT gone_at IS NOT NULL AND org_id IS NULL AND wanted = done FROM platform.billing_customers WHERE id = 'cus_nobodys'"); !gone {
		t.Error("it is not kept as one of nobody that is gone")
	}
}

// B08: a worker that was slow writes nothing over what was read after it.
func TestSlowReadingIsFencedOff(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.customer(t, "pm_card_visa")
	s := w.subscribe(t, c, "starter_v1")
	w.sim.Deliver(t.Context())
	old := must[billing.Snapshot](t)(w.asked.Provider.Snapshot(t.Context(), billing.Question{Customer: c}))
	slow := &counted{Provider: &past{seen: []billing.Snapshot{old}}}
	slow.first = func(string) error { // meanwhile its lease ends, the plan changes, and another worker reads that
		slow.first = nil
		w.Exec(t, "UPDATE platform.billing_customers SET lease_until = clock_timestamp() - interval '1 second' WHERE id = $1", c)
		must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Update(t.Context(), s.ID, &stripe.SubscriptionUpdateParams{
			Items: []*stripe.SubscriptionUpdateItemParams{{ID: &s.Items.Data[0].ID, Price: &w.prices["growth_v1"].ID}}}))
		w.follow(t)
		return nil
	}
	if err := billing.NewWorker(w.mirror, slow, quiet).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.status(t, s.ID); got != "active growth" {
		t.Errorf("the older state lies over the newer: %s", got)
	}
}

// B09.
func TestLostWebhooksAreMadeGoodByTheSweep(t *testing.T) {
	t.Parallel()
	w := setup(t)
	calm, moving := w.customer(t, "pm_card_visa"), w.customer(t, "pm_card_visa")
	a, b := w.subscribe(t, calm, "growth_v1"), w.subscribe(t, moving, "growth_v1")
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Update(t.Context(), b.ID, &stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: stripe.Bool(true)}))
	w.follow(t)
	// From here on no webhook arrives.
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Cancel(t.Context(), a.ID, nil))
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Cancel(t.Context(), b.ID, nil))
	sweep := func(hours int) (string, string) {
		w.Exec(t, "UPDATE platform.billing_customers SET read_at = clock_timestamp() - make_interval(mins => $1)", 60*hours+1)
		if err := w.mirror.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.drain(t)
		return w.status(t, a.ID), w.status(t, b.ID)
	}
	if x, y := sweep(1); x != "active growth" || y != "canceled growth" {
		t.Errorf("after an hour: %s, %s", x, y)
	}
	if x, _ := sweep(24); x != "canceled growth" {
		t.Errorf("after a day: %s", x)
	}
}

// B09 and B17: who is paused and takes a card works again within an hour, whether a webhook says so or not.
func TestWhoIsPausedIsLookedAtEveryHour(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := must[*stripe.Customer](t)(w.stripe.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{Email: stripe.String("owner@a.example")})).ID
	s := must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &c, TrialEnd: stripe.Int64(w.sim.Now().Add(10 * 24 * time.Hour).Unix()),
		TrialSettings: &stripe.SubscriptionCreateTrialSettingsParams{EndBehavior: &stripe.SubscriptionCreateTrialSettingsEndBehaviorParams{MissingPaymentMethod: stripe.String("pause")}},
		Items:         []*stripe.SubscriptionCreateItemParams{{Price: &w.prices["growth_v1"].ID}}}))
	w.later(t, 10*24*time.Hour+time.Hour)
	if got := w.status(t, s.ID); got != "paused growth" {
		t.Fatalf("after the trial it is %s", got)
	}
	w.card(t, c, "pm_card_visa")
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Resume(t.Context(), s.ID, &stripe.SubscriptionResumeParams{}))
	w.sim.Advance(w.sim.Now().Add(2 * time.Hour)) // no webhook arrives
	w.Exec(t, "UPDATE platform.billing_customers SET read_at = clock_timestamp() - interval '61 minutes'")
	if err := w.mirror.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.drain(t)
	if got := w.status(t, s.ID); got != "active growth" {
		t.Errorf("an hour after it has a card it is %s", got)
	}
}

// B10.
func TestDeletedCustomerIsGoneAndNotAskedForAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.customer(t, "pm_card_visa")
	s := w.subscribe(t, c, "growth_v1")
	w.follow(t)
	must[*stripe.Customer](t)(w.stripe.V1Customers.Delete(t.Context(), c, nil))
	w.follow(t)
	asked := w.asked.n.Load()
	w.drain(t)
	if got := w.status(t, s.ID); got != "canceled growth" || w.asked.n.Load() != asked {
		t.Errorf("the subscription is %s; asked %d times more", got, w.asked.n.Load()-asked)
	}
}

// B11 and B12: one customer cannot be read, the others are; it is tried again later, and given up in the end.
func TestTroubleOfOneCustomerIsItsOwn(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func() error{"an error": func() error { return errAway }, "a panic": func() error { panic("of the handler") }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			bad, good := w.customer(t, "pm_card_visa"), w.customer(t, "pm_card_visa")
			s := w.subscribe(t, good, "growth_v1")
			w.asked.first = func(customer string) error {
				if customer == bad {
					return trouble()
				}
				return nil
			}
			w.follow(t)
			if got := w.status(t, s.ID); got != "active growth" {
				t.Errorf("the other customer is %s", got)
			}
			for range 30 {
				w.Exec(t, "UPDATE platform.billing_customers SET next_at = clock_timestamp() WHERE id = $1", bad)
				w.drain(t)
			}
			attempts := testkit.Value[int](t, w.Database, "SELECT attempts FROM platform.billing_customers WHERE id = $1 AND dead_at IS NOT NULL", bad)
			if attempts != 20 {
				t.Errorf("given up after %d attempts, want 20", attempts)
			}
			w.asked.first = nil
			if err := w.mirror.ReadAgain(t.Context(), bad); err != nil {
				t.Fatal(err)
			}
			w.drain(t)
			if still := testkit.Value[bool](t, w.Database, "SELECT wanted > done OR last_error <> '' FROM platform.billing_customers WHERE id = $1", bad); still {
				t.Error("it is not read when somebody asks for it")
			}
		})
	}
}

// B13, B14, B15 and the rest of what is not believed.
func TestWhatIsNotBelieved(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.customer(t, "pm_card_visa")
	now, secret := w.sim.Now(), w.endpoint.Secret
	good := fmt.Sprintf(event, "good", stripe.APIVersion, false, c, "")
	for _, try := range []struct {
		name, reason string
		got, want    int
	}{
		{"no signature", "unsigned", w.postSigned(t, good, ""), 400},
		{"a signature of nothing", "unsigned", w.postSigned(t, good, "t=x,v1=zz"), 400},
		{"another secret", "signature", w.post(t, good, "whsec_another", now), 400},
		{"a body that was changed", "signature", w.postSigned(t, good+" ", header(good, secret, now)), 400},
		{"301 seconds old", "stamp", w.post(t, good, secret, now.Add(-301*time.Second)), 400},
		{"301 seconds to come", "stamp", w.post(t, good, secret, now.Add(301*time.Second)), 400},
		{"garbage, signed", "garbage", w.post(t, "{]", secret, now), 400},
		{"no event, signed", "garbage", w.post(t, `{"id":"cus_1","object":"customer"}`, secret, now), 400},
		{"of the live mode", "mode", w.post(t, fmt.Sprintf(event, "live", stripe.APIVersion, true, c, ""), secret, now), 200},
		{"of a connected account", "account", w.post(t, fmt.Sprintf(event, "other", stripe.APIVersion, false, c, `,"account":"acct_1"`), secret, now), 200},
		{"512 KiB and a byte", "body", w.post(t, strings.Repeat(" ", 512<<10+1), secret, now), 413},
	} {
		if try.got != try.want || w.rejected(t, try.reason) == 0 {
			t.Errorf("%s is answered %d, want %d, and counted as %s", try.name, try.got, try.want, try.reason)
		}
	}
	if n := testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM platform.billing_hints WHERE id IN ('evt_good', 'evt_live', 'evt_other')"); n != 0 {
		t.Errorf("%d of them were kept", n)
	}
	for _, at := range []time.Duration{-299 * time.Second, 299 * time.Second} {
		if status := w.post(t, good, secret, now.Add(at)); status != 200 {
			t.Errorf("%s off is answered %d", at, status)
		}
	}
}

// B16.
func TestAnotherVersionIsFollowedUp(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.customer(t, "pm_card_visa")
	s := w.subscribe(t, c, "growth_v1")
	if status := w.post(t, fmt.Sprintf(event, "old", "2019-02-11", false, c, ""), w.endpoint.Secret, w.sim.Now()); status != 200 {
		t.Fatalf("answered %d", status)
	}
	w.drain(t)
	if got := w.status(t, s.ID); got != "active growth" {
		t.Errorf("it is %s", got)
	}
}

// B36.
func TestUnknownPriceKeepsThePlan(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.customer(t, "pm_card_visa")
	s := w.subscribe(t, c, "growth_v1")
	w.follow(t)
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Update(t.Context(), s.ID, &stripe.SubscriptionUpdateParams{
		Items: []*stripe.SubscriptionUpdateItemParams{{ID: &s.Items.Data[0].ID, Price: &w.prices["gold_v9"].ID}}}))
	w.follow(t)
	if got := w.status(t, s.ID); got != "active growth" {
		t.Errorf("with a price that nobody knows it is %s", got)
	}
}

func TestDatabaseThatIsAwayIsSaidToStripe(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.System.Close()
	if status := w.post(t, fmt.Sprintf(event, "away", stripe.APIVersion, false, "cus_1", ""), w.endpoint.Secret, w.sim.Now()); status != http.StatusServiceUnavailable {
		t.Errorf("answered %d, want 503: Stripe sends it again", status)
	}
}
