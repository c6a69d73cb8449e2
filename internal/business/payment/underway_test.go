package payment_test

import (
	"context"
	"errors"
	"testing"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// debited is a page of 1,500 that was paid from a bank, which takes days.
func (w tilled) debited(t *testing.T) (session string) {
	t.Helper()
	w.asks(t, 150000)
	session = w.open(t)
	w.p.pages[session].State, w.p.pages[session].Intent = payment.Processing, "pi_"+session
	if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", session); err != nil {
		t.Fatal(err)
	}
	return session
}

// shuts is the owner of A's account who takes our access away and then connects another one.
func (w tilled) shuts(t *testing.T) {
	t.Helper()
	w.p.shut = "acct_a"
	if err := w.payments.SweepOnline(t.Context(), w.owner); err != nil {
		t.Fatal(err)
	}
	w.Exec(t, `INSERT INTO app.payment_accounts (org_id, id, account, details_submitted, charges_enabled, begun_by, begun_name, begun_at) VALUES ($1, gen_random_uuid(), 'acct_2', true, true, $2, 'Olive', now())`,
		testkit.A.ID, testkit.A.Owner())
}

// underway is what is on its way of A's quote.
func (w tilled) underway(t *testing.T) payment.Underway {
	t.Helper()
	l := w.addsUp(t, w.owner, testkit.A.Acceptance())
	if l.Underway == nil {
		t.Fatalf("nothing is on its way: %+v", l.Standing)
	}
	return *l.Underway
}

func (w tilled) page(t *testing.T) payment.HomeownerMoney {
	t.Helper()
	m, err := w.payments.MoneyByToken(t.Context(), w.visitor(t, testkit.A), token)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A debit goes on when its account shuts us out. Until somebody says that it arrived nobody is asked to pay it again, and
// then neither.
func TestADebitThatArrivedUnseenIsSaidToHaveCome(t *testing.T) {
	t.Parallel()
	w := ready(t)
	session := w.debited(t)
	if u := w.underway(t); u.OutOfUse || u.AmountCents != 150000 {
		t.Errorf("while the account is in use: %+v", u)
	}
	w.shuts(t)
	u := w.underway(t)
	if m := w.page(t); !u.OutOfUse || m.CanPay || m.Open == nil || m.Open.State != payment.Processing {
		t.Errorf("shut out: %+v, the homeowner reads %+v", u, m)
	}
	if _, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), token); fault.As(err).Code != "payment-processing" {
		t.Errorf("paying again: %v", err)
	}
	in := payment.ResolveInput{Payment: u.ID, Version: w.addsUp(t, w.owner, testkit.A.Acceptance()).Version, Fate: payment.Arrived, Day: "2026-01-07", Receipt: true}
	w.Untouched(t, testkit.A, func() {
		for want, err := range map[fault.Kind]error{
			fault.Forbidden: second(w.payments.ResolveOnline(t.Context(), w.actor(t, testkit.A, tenancy.PaymentsRead), in)),
			fault.NotFound:  second(w.payments.ResolveOnline(t.Context(), w.accountant(t, testkit.B), in)),
			fault.Invalid:   second(w.payments.ResolveOnline(t.Context(), w.owner, payment.ResolveInput{Payment: u.ID})),
		} {
			if !fault.Is(err, want) {
				t.Errorf("want %v: %v", want, err)
			}
		}
		if err := second(w.payments.ResolveOnline(t.Context(), w.owner, payment.ResolveInput{Payment: id.New(), Fate: payment.LetGo})); !fault.Is(err, fault.NotFound) {
			t.Errorf("a payment of nobody: %v", err)
		}
		if err := second(w.payments.ResolveOnline(t.Context(), w.owner, payment.ResolveInput{Payment: u.ID, Fate: payment.Arrived, Day: "2999-01-01"})); !fault.Is(err, fault.Invalid) {
			t.Errorf("on a day to come: %v", err)
		}
		if err := second(w.payments.ResolveOnline(t.Context(), w.owner, payment.ResolveInput{Payment: u.ID, Fate: payment.LetGo, Version: in.Version - 1})); fault.As(err).Code != fault.CodeStale {
			t.Errorf("of a ledger that has changed: %v", err)
		}
	})
	keyed := w.owner.WithRequest(tenancy.Request{ID: "test", IdempotencyKey: "the form's own"})
	var said payment.Entry
	w.Untouched(t, testkit.B, func() {
		for range 2 { // the form is sent twice
			e, err := w.payments.ResolveOnline(t.Context(), keyed, in)
			if err != nil || e.AmountCents != 150000 || e.Method != payment.Bank || !e.ByHand() || e.RecordedName != "Ada Accountant" {
				t.Fatalf("it arrived: %+v, %v", e, err)
			}
			said = e
		}
	})
	if err := second(w.payments.ResolveOnline(t.Context(), w.owner, payment.ResolveInput{Payment: u.ID, Fate: payment.LetGo})); fault.As(err).Code != payment.CodeToldSince {
		t.Errorf("said twice: %v", err)
	}
	if m := w.page(t); m.CanPay || m.Open != nil || m.DueCents != 0 || m.ReceivedCents != 250000 {
		t.Errorf("the homeowner reads %+v", m)
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*) FROM app.mails WHERE org_id = $1 AND kind = 'payment_receipt'`, testkit.A.ID); n != 1 {
		t.Errorf("%d receipts", n)
	}
	// Should we be let in again: what is written down is not written twice, unless it was void.
	w.p.shut = ""
	w.p.pay(session)
	follow := func() payment.Ledger {
		if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", session); err != nil {
			t.Fatal(err)
		}
		return w.addsUp(t, w.owner, testkit.A.Acceptance())
	}
	if l := follow(); l.ReceivedCents != 250000 {
		t.Errorf("told of it as well: %+v", l.Standing)
	}
	if _, err := w.payments.VoidEntry(t.Context(), w.owner, payment.VoidInput{Entry: said.ID}); err != nil {
		t.Fatal(err)
	}
	if l := follow(); l.ReceivedCents != 250000 || l.Entries[len(l.Entries)-1].ByHand() {
		t.Errorf("told of it once it is void: %+v", l.Standing)
	}
}

// One that is let go can be paid anew, on the account that is in use. What becomes known later is not lost, and stops
// nothing.
func TestADebitThatIsLetGoIsPaidAnew(t *testing.T) {
	t.Parallel()
	w := ready(t)
	session := w.debited(t)
	w.shuts(t)
	u := w.underway(t)
	w.Untouched(t, testkit.B, func() {
		if _, err := w.payments.ResolveOnline(t.Context(), w.owner, payment.ResolveInput{Payment: u.ID, Fate: payment.LetGo}); err != nil {
			t.Fatal(err)
		}
	})
	if did := testkit.Value[string](t, w.Database, `SELECT action FROM app.audit_entries WHERE org_id = $1 ORDER BY seq DESC LIMIT 1`, testkit.A.ID); did != "payment.let_go" {
		t.Errorf("the log says %q", did)
	}
	if l := w.addsUp(t, w.owner, testkit.A.Acceptance()); l.DueCents != 150000 || l.Underway != nil {
		t.Errorf("let go: %+v, %+v", l.Standing, l.Underway)
	}
	next := w.open(t)
	if w.p.accountOf[next] != "acct_2" {
		t.Errorf("the next page is of %q", w.p.accountOf[next])
	}
	w.p.shut = ""
	if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", session); err != nil {
		t.Errorf("the old one is on its way still, beside the next page: %v", err)
	}
	if m := w.page(t); m.Open == nil || m.Open.Session != next {
		t.Errorf("the page that is open is %+v", m.Open)
	}
	w.p.pay(session)
	if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", session); err != nil {
		t.Fatal(err)
	}
	if l := w.addsUp(t, w.owner, testkit.A.Acceptance()); l.ReceivedCents != 250000 || l.DueCents != 0 {
		t.Errorf("it came after all: %+v", l.Standing)
	}
}

// mute is a provider that cannot be asked what became of a payment.
type mute struct{ *provider }

func (mute) ReadPayment(context.Context, string, string) (payment.PaymentState, error) {
	return payment.PaymentState{}, errors.New("away")
}

// As long as the provider tells what becomes of a payment nobody else says it: also when the account was disconnected here.
func TestWhatTheProviderTellsNobodyElseSays(t *testing.T) {
	t.Parallel()
	w := ready(t)
	session := w.debited(t)
	w.Untouched(t, testkit.B, func() {
		v, err := w.payments.ConsiderDisconnect(t.Context(), w.owner)
		if err != nil || v.Account.Account != "acct_a" || v.Underway != 1 || v.UnderwayCents != 150000 {
			t.Errorf("before it is disconnected: %+v, %v", v, err)
		}
	})
	if _, err := w.payments.ConsiderDisconnect(t.Context(), w.accountant(t, testkit.A)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("considered by the accountant: %v", err)
	}
	if err := w.payments.Disconnect(t.Context(), w.owner); err != nil {
		t.Fatal(err)
	}
	if v, err := w.payments.ConsiderDisconnect(t.Context(), w.owner); err != nil || v.Account != nil || v.Underway != 0 {
		t.Errorf("once it is: %+v, %v", v, err)
	}
	in := payment.ResolveInput{Payment: w.underway(t).ID, Fate: payment.Arrived}
	says := func() error { return second(w.payments.ResolveOnline(t.Context(), w.owner, in)) }
	w.payments.Till = mute{w.p}
	if err := says(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("while the provider is away: %v", err)
	}
	w.payments.Till = w.p
	if err := says(); fault.As(err).Code != payment.CodeToldSince {
		t.Errorf("while it is on its way: %v", err)
	}
	if m := w.page(t); m.CanPay || m.Open == nil || m.ReceivedCents != 100000 {
		t.Errorf("the homeowner reads %+v", m)
	}
	w.p.pay(session)
	if err := says(); fault.As(err).Code != payment.CodeToldSince {
		t.Errorf("once it has arrived: %v", err)
	}
	if l := w.addsUp(t, w.owner, testkit.A.Acceptance()); l.ReceivedCents != 250000 || l.Underway != nil || l.Entries[len(l.Entries)-1].ByHand() {
		t.Errorf("in the end %+v", l.Standing)
	}
}

// What is recorded already cannot arrive once more, beyond the balance.
func TestADebitThatIsRecordedAlreadyIsLetGo(t *testing.T) {
	t.Parallel()
	w := ready(t)
	w.debited(t)
	w.shuts(t)
	w.payments.Till = nil // and no payments are taken here any more
	l := w.addsUp(t, w.owner, testkit.A.Acceptance())
	if _, err := w.payments.RecordPayment(t.Context(), w.owner, payment.RecordInput{Acceptance: l.AcceptanceID, AmountCents: l.Balance(), Method: payment.Bank}); err != nil {
		t.Fatal(err)
	}
	for fate, want := range map[payment.Fate]bool{payment.Arrived: false, payment.LetGo: true} {
		if err := second(w.payments.ResolveOnline(t.Context(), w.owner, payment.ResolveInput{Payment: l.Underway.ID, Fate: fate})); (err == nil) != want {
			t.Errorf("%s: %v", fate, err)
		}
	}
}

// second is the error of an operation.
func second(_ payment.Entry, err error) error { return err }
