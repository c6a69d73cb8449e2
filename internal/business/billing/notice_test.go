package billing

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/money"
)

var noon = time.Date(2027, 3, 14, 17, 0, 0, 0, time.UTC)

func away(days float64) time.Time { return noon.Add(time.Duration(days * 24 * float64(time.Hour))) }

func unpaid(id string, asks bool) Invoice {
	return Invoice{ID: id, Status: Open, Attempts: 1, TotalCents: money.Cents(14900), OpenCents: money.Cents(14900), FinalizedAt: away(-1), NextAttemptAt: away(2), AsksPerson: asks}
}

// situations are each kind of thing to tell, with what causes it.
var situations = []struct {
	what     string
	state    plan.Entitlements
	card     Card
	invoices []Invoice
	told     map[string]bool
	want     string
}{
	{what: "a trial with 8 days left", state: plan.Entitlements{State: plan.Trialing, Cause: plan.ByTrial, Until: away(8)}},
	{what: "a trial with 7 days left", state: plan.Entitlements{State: plan.Trialing, Cause: plan.ByTrial, Until: away(6.5)}, want: "trial_ending 2027-03-21T05:00:00Z 7"},
	{what: "a trial with 3 days left", state: plan.Entitlements{State: plan.Trialing, Cause: plan.ByTrial, Until: away(3)}, want: "trial_ending 2027-03-17T17:00:00Z 3"},
	{what: "a trial on its last day", state: plan.Entitlements{State: plan.Trialing, Cause: plan.ByTrial, Until: away(0.5)}, want: "trial_ending 2027-03-15T05:00:00Z 1"},
	{what: "a trial that a subscription goes on with", state: plan.Entitlements{State: plan.Trialing, Cause: plan.BySubscription}},
	{what: "a trial that ended", state: plan.Entitlements{State: plan.Canceled, Cause: plan.TrialEnded, Since: noon, Until: away(30), PurgeAfter: away(90)}, want: "trial_ended 2027-03-14T17:00:00Z"},
	{what: "a subscription that ended", state: plan.Entitlements{State: plan.Canceled, Cause: plan.SubscriptionEnded, Since: noon, Until: away(30), PurgeAfter: away(90)}, want: "plan_ended 2027-03-14T17:00:00Z"},
	{what: "a card that was declined", state: plan.Entitlements{State: plan.PastDue, Cause: plan.Unpaid, Since: away(-1), Until: away(13)}, invoices: []Invoice{unpaid("in_1", false)}, want: "payment_failed in_1"},
	{what: "an unpaid company that is read-only", state: plan.Entitlements{State: plan.Restricted, Cause: plan.Unpaid, Since: away(-2)}, invoices: []Invoice{{ID: "in_1", Status: Uncollectible, Attempts: 4, OpenCents: 4900, FinalizedAt: away(-16)}}, want: "payment_failed in_1"},
	{what: "a bank that asks", state: plan.Entitlements{State: plan.PastDue, Cause: plan.Unpaid, Until: away(13)}, invoices: []Invoice{unpaid("in_1", true)}, want: "bank_asks in_1"},
	{what: "an invoice that nobody tried yet", state: plan.Entitlements{State: plan.Active, Cause: plan.BySubscription}, invoices: []Invoice{{ID: "in_1", Status: Open}}},
	{what: "an unpaid invoice beside free use", state: plan.Entitlements{State: plan.Active, Cause: plan.ByComp}, invoices: []Invoice{unpaid("in_1", false)}},
	{what: "paid after trouble", state: plan.Entitlements{State: plan.Active, Cause: plan.BySubscription}, invoices: []Invoice{{ID: "in_1", Status: Paid, TotalCents: 14900}, {ID: "in_0", Status: Paid}}, told: map[string]bool{"in_1": true}, want: "paid_again in_1"},
	{what: "a card in its last month", state: plan.Entitlements{State: plan.Active, Cause: plan.BySubscription}, card: Card{Brand: "visa", Last4: "4242", ExpMonth: 3, ExpYear: 2027}, want: "card_expiring 4242 2027-04"},
	{what: "a card with months to go", state: plan.Entitlements{State: plan.Active, Cause: plan.BySubscription}, card: Card{Brand: "visa", Last4: "4242", ExpMonth: 6, ExpYear: 2027}},
	{what: "an old card of nobody who pays", state: plan.Entitlements{State: plan.Trialing, Cause: plan.ByTrial, Until: away(9)}, card: Card{Brand: "visa", Last4: "4242", ExpMonth: 3, ExpYear: 2027}},
	{what: "a suspended company", state: plan.Entitlements{State: plan.Suspended, Cause: plan.ByHold}, invoices: []Invoice{unpaid("in_1", false)}},
}

func TestNoticesFollowFromWhatIsKnown(t *testing.T) {
	t.Parallel()
	kinds := map[NoticeKind]bool{}
	for _, s := range situations {
		var got []string
		for _, n := range due(s.state, s.card, s.invoices, s.told, noon) {
			got = append(got, string(n.Kind)+" "+n.Cause)
			kinds[n.Kind] = true
		}
		if strings.Join(got, ", ") != s.want {
			t.Errorf("%s: told %q, want %q", s.what, got, s.want)
		}
	}
	if len(kinds) != 7 {
		t.Errorf("%d kinds are tried, want all 7", len(kinds))
	}
}

// The words of every notice are under review. FENCE_UPDATE=1 go test ./internal/business/billing writes them.
func TestWordsOfNotices(t *testing.T) {
	t.Parallel()
	const file = "testdata/notices.golden"
	a := tenancy.Actor{Org: tenancy.Organization{Name: "Acme Fence", TimeZone: "America/Chicago"}}
	var b strings.Builder
	for _, s := range situations {
		for _, n := range due(s.state, s.card, s.invoices, s.told, noon) {
			words := note(a, s.state, n)
			c := words.Content("https://acme.fence.example" + words.Path)
			fmt.Fprintf(&b, "== %s\nSubject: %s\n\n%s\n", s.what, c.Subject, c.Plain())
		}
	}
	if os.Getenv("FENCE_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || b.String() != string(want) {
		t.Errorf("the words are not those of %s (%v). Intended? FENCE_UPDATE=1 go test ./internal/business/billing\n%s", file, err, b.String())
	}
}
