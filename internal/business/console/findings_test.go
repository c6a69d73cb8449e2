package console_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/testkit"
)

// twice is a company that works by sub_Alpha1 and has two older subscriptions beside it, of which sub_Alpha2 has paid so much.
func twice(paid ...billing.Invoice) billing.Snapshot {
	return billing.Snapshot{Subscriptions: []plan.Subscription{beside("sub_Alpha2"), growth(plan.StatusActive, time.Time{}), beside("sub_Alpha3")}, Invoices: paid}
}

// beside is a subscription that is older than that of growth.
func beside(name string) plan.Subscription {
	s := growth(plan.StatusActive, time.Time{})
	s.ID, s.CreatedAt = name, s.CreatedAt.AddDate(0, -1, 0)
	return s
}

func paid(id string) billing.Invoice {
	return billing.Invoice{ID: id, SubscriptionID: "sub_Alpha2", Number: id, Status: billing.Paid, Currency: "USD", TotalCents: 14900, PaidCents: 14900, CreatedAt: time.Now(), FinalizedAt: time.Now()}
}

// What was found stays open until an operator says what was done about it; both logs have that. Nobody else sees any of it.
func TestAFindingIsDealtWith(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := console.SettleInput{Kind: console.PaysTwice, About: "sub_Alpha2", Note: "canceled and gave back $149", By: w.olivia}
	w.Untouched(t, testkit.B, func() {
		w.pays(t, twice(paid("in_1")))
		in.Note = "no"
		if f := fault.As(w.console.Settle(t.Context(), in)); f.Kind != fault.Invalid || f.Fields[0].Pointer != "/note" {
			t.Errorf("with a note of two letters: %v", f)
		}
		in.Note = " canceled  and gave back $149 "
		in.By.Key = "the form's own"
		for range 2 { // the form is sent twice
			if err := w.console.Settle(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		w.noteActs(t)
	})
	in.By.Key = "another form's"
	if f := fault.As(w.console.Settle(t.Context(), in)); f.Code != "finding-settled" {
		t.Errorf("dealt with by somebody else: %v", f)
	}
	in.About = "sub_nobody"
	if err := w.console.Settle(t.Context(), in); !fault.Is(err, fault.NotFound) {
		t.Errorf("a finding of nobody: %v", err)
	}
	open, err := w.console.Findings(t.Context(), false)
	if err != nil || len(open) != 1 || open[0].About != "sub_Alpha3" || open[0].Company != "Alpha Fence" {
		t.Errorf("open are %+v, %v", open, err)
	}
	ended, err := w.console.Findings(t.Context(), true)
	if err != nil || len(ended) != 1 || ended[0].Amount != 14900 || ended[0].Note != "canceled and gave back $149" || *ended[0].SettledBy != "Olivia Reyes" {
		t.Errorf("ended are %+v, %v", ended, err)
	}
	if c := w.company(t, testkit.A.ID); len(c.Findings) != 1 {
		t.Errorf("the company's page has %+v", c.Findings)
	}
	if c := w.company(t, testkit.B.ID); len(c.Findings) != 0 {
		t.Errorf("another company's page has %+v", c.Findings)
	}
	if h, err := w.console.Health(t.Context()); err != nil || h.FindingsOpen != 1 {
		t.Errorf("health counts %d, %v", h.FindingsOpen, err)
	}
	if by, err := w.console.OpenFindings(t.Context()); err != nil || by[console.PaysTwice] != 1 || by[console.PaidAfterDeletion] != 0 {
		t.Errorf("open are %v, %v", by, err)
	}
	acts, err := w.console.OperatorLog(t.Context(), "")
	if err != nil || len(acts.Acts) != 1 || !strings.HasPrefix(console.Did(acts.Acts[0]), "dealt with a finding: Pays twice") {
		t.Errorf("the operators' log has %+v, %v", acts.Acts, err)
	}
	own := testkit.Values[string](t, w.Database, `SELECT action FROM app.audit_entries WHERE org_id = $1 AND record_type = 'operator_act'`, testkit.A.ID)
	if len(own) != 1 || own[0] != "platform.finding.settled" {
		t.Errorf("the company's log has %q", own)
	}
}

// More that is paid afterwards is a finding once more.
func TestAFindingComesBackWithMoreThatIsPaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	customer := w.pays(t, twice(paid("in_1")))
	if err := w.console.Settle(t.Context(), console.SettleInput{Kind: console.PaysTwice, About: "sub_Alpha2", Note: "gave back $149", By: w.olivia}); err != nil {
		t.Fatal(err)
	}
	open := func() (n int) {
		found, err := w.console.Findings(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if f.About == "sub_Alpha2" {
				n++
			}
		}
		return n
	}
	reads := func(s billing.Snapshot) {
		w.provider.says[customer] = s
		if err := w.mirror.ReadAgain(t.Context(), customer); err != nil {
			t.Fatal(err)
		}
		w.drain(t)
	}
	if reads(twice(paid("in_1"))); open() != 0 {
		t.Error("read again, it is open again")
	}
	if reads(twice(paid("in_1"), paid("in_2"))); open() != 1 {
		t.Error("a second payment is no finding")
	}
}

// Of several subscriptions those are found that the company does not work by. Which one it works by may change.
func TestTheSubscriptionThatGovernsIsNoFinding(t *testing.T) {
	t.Parallel()
	w := setup(t)
	first, second := growth(plan.StatusActive, time.Time{}), beside("sub_Alpha2")
	said := func() billing.Snapshot {
		return billing.Snapshot{Subscriptions: []plan.Subscription{first, second}, Invoices: []billing.Invoice{paid("in_1")}}
	}
	var customer string
	finds := func(when string, want ...string) {
		t.Helper()
		found, err := w.console.Findings(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			got = append(got, string(f.Kind)+" "+f.About)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: open are %q, want %q", when, got, want)
		}
	}
	reads := func() {
		w.provider.says[customer] = said()
		if err := w.mirror.ReadAgain(t.Context(), customer); err != nil {
			t.Fatal(err)
		}
		w.drain(t)
	}
	w.Untouched(t, testkit.B, func() {
		customer = w.pays(t, said())
		finds("at first", "pays_twice sub_Alpha2")
		first.Status = plan.StatusPastDue
		reads()
		finds("once it is not paid", "pays_twice sub_Alpha1")
		first.Status = plan.StatusActive
		reads()
		finds("once it is paid again", "pays_twice sub_Alpha2")
		second.Status, second.EndedAt = plan.StatusCanceled, time.Now()
		reads()
		finds("once the other has ended, and until its money is given back", "pays_twice sub_Alpha2")
		second.Status, second.EndedAt = plan.StatusActive, time.Time{}
		w.Exec(t, "UPDATE platform.organizations SET deleted_at = platform.now() WHERE org_id = $1", testkit.A.ID)
		w.Exec(t, "UPDATE platform.billing_findings SET settled_at = platform.now(), settled_by = 'Olivia Reyes', note = 'gave it back'")
		reads()
		finds("of a company that is gone", "paid_after_deletion sub_Alpha1", "paid_after_deletion sub_Alpha2")
	})
}

// An invoice in another currency is not counted and stops nothing: the rest is mirrored, and people are told.
func TestAnInvoiceInAnotherCurrencyStopsNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	foreign := paid("in_eur")
	foreign.Currency, foreign.Status, foreign.OpenCents, foreign.PaidCents, foreign.Attempts = "EUR", billing.Open, 14900, 0, 3
	w.Untouched(t, testkit.B, func() {
		w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusActive, time.Time{})}, Invoices: []billing.Invoice{foreign, paid("in_usd")}})
	})
	c := w.company(t, testkit.A.ID)
	if c.Customers[0].LastError != "" || len(c.Subscriptions) != 1 || len(c.Invoices) != 1 || c.Invoices[0].ID != "in_usd" {
		t.Errorf("mirrored are %+v, %+v, %+v", c.Customers, c.Subscriptions, c.Invoices)
	}
	if len(c.Findings) != 1 || c.Findings[0].Kind != console.OtherCurrency || c.Findings[0].About != "in_eur" || c.Findings[0].Amount != 14900 || c.Findings[0].Currency != "EUR" {
		t.Errorf("found are %+v", c.Findings)
	}
	if e := c.Entitlements(); e.State != plan.Active || c.Standing.FirstUnpaidAt != nil {
		t.Errorf("it is %s, unpaid since %v", e.State, c.Standing.FirstUnpaidAt)
	}
}

// Every kind that the database takes is one that the console has words for.
func TestEveryFindingHasWords(t *testing.T) {
	t.Parallel()
	w := setup(t)
	known := testkit.Value[string](t, w.Database, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'billing_findings_kind_known'`)
	if n := strings.Count(known, "::text"); n != len(console.FindingKinds) {
		t.Errorf("%d kinds in %s, %d here", n, known, len(console.FindingKinds))
	}
	for _, kind := range console.FindingKinds {
		what, do := console.Finding{Kind: kind}.Words()
		if what == string(kind) || !strings.HasSuffix(do, ".") || !strings.Contains(known, "'"+string(kind)+"'") {
			t.Errorf("%s reads %q: %q", kind, what, do)
		}
	}
}

// While a lost dispute is undecided the company's sentence says when it stops, and by then that it did.
func TestTheSentenceSaysWhenALostDisputeStops(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusActive, time.Time{})}, Charges: []billing.Charge{{ID: "ch_1", AmountCents: 14900, Currency: "USD", CreatedAt: time.Now()}},
		Disputes: []billing.Dispute{{ID: "du_1", ChargeID: "ch_1", AmountCents: 14900, TakenCents: 14900, Currency: "USD", Reason: "fraudulent", Status: billing.DisputeLost, CreatedAt: time.Now()}}})
	says := func() string {
		c := w.company(t, testkit.A.ID)
		return console.Sentence(c.Entitlements(), c.Standing, c.Zone())
	}
	if got := says(); !strings.HasPrefix(got, "Active on Growth") || !strings.Contains(got, "It is stopped on ") || strings.Contains(got, "Nothing changes") {
		t.Error(got)
	}
	w.Advance(t, plan.DecidedWithin)
	if got := says(); !strings.HasPrefix(got, "Stopped since ") || !strings.Contains(got, "a dispute was lost") {
		t.Error(got)
	}
	if err := w.console.Settle(t.Context(), console.SettleInput{Kind: console.DisputeLost, About: "du_1", Note: "they pay by wire from now on", By: w.olivia}); err != nil {
		t.Fatal(err)
	}
	if got := says(); !strings.HasPrefix(got, "Active on Growth") || strings.Contains(got, "stopped") {
		t.Error(got)
	}
}
