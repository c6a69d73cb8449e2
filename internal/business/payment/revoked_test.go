package payment_test

import (
	"slices"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/testkit"
)

// A page that is open on an account which is not used any more is closed, and nobody is led to it.
func TestADisconnectedAccountTakesNothingMore(t *testing.T) {
	t.Parallel()
	w := ready(t)
	w.asks(t, 150000)
	first := w.open(t)
	w.Untouched(t, testkit.B, func() {
		if err := w.payments.Disconnect(t.Context(), w.owner); err != nil {
			t.Fatal(err)
		}
	})
	if n := testkit.Value[int](t, w.Database, `SELECT count(*) FROM tasks.river_job WHERE kind = 'payment_close_stale'`); n != 1 {
		t.Errorf("%d tasks that close the page", n)
	}
	if _, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), token); fault.As(err).Code != "online-payments-off" {
		t.Errorf("paying to an account that is out of use: %v", err)
	}
	if w.p.pages[first].State != payment.Expired {
		t.Error("its page is still open")
	}
	// By the task alone, with another account in use.
	w.Exec(t, `INSERT INTO app.payment_accounts (org_id, id, account, details_submitted, charges_enabled, begun_by, begun_name, begun_at) VALUES ($1, gen_random_uuid(), 'acct_2', true, true, $2, 'Olive', now())`,
		testkit.A.ID, testkit.A.Owner())
	second := w.open(t)
	w.Exec(t, `UPDATE app.payment_accounts SET account = 'acct_3' WHERE org_id = $1 AND account = 'acct_2'`, testkit.A.ID)
	w.Untouched(t, testkit.B, func() {
		if err := w.payments.CloseStalePage(t.Context(), w.owner, testkit.A.Acceptance()); err != nil {
			t.Fatal(err)
		}
	})
	if third := w.open(t); w.p.pages[second].State != payment.Expired || third == second || w.p.accountOf[third] != "acct_3" {
		t.Errorf("pages %q of %q, %q of %q", second, w.p.accountOf[second], third, w.p.accountOf[third])
	}
}

// An account whose owner took our access away at Stripe: nothing about it can be asked, what we know stays, and paying goes
// on once its last page is over and another account is there.
func TestARevokedAccountBlocksNobody(t *testing.T) {
	t.Parallel()
	w := ready(t)
	paid := w.paid(t)
	w.asks(t, 10000)
	w.open(t)
	w.p.shut = "acct_a"
	w.Untouched(t, testkit.B, func() {
		if err := w.payments.SweepOnline(t.Context(), w.owner); err != nil {
			t.Errorf("the sweep fails: %v", err)
		}
		if c, err := w.payments.GetAccount(t.Context(), w.owner); err != nil || c != nil {
			t.Errorf("the account is still in use: %+v, %v", c, err)
		}
		if err := w.payments.CloseStalePage(t.Context(), w.owner, testkit.A.Acceptance()); err != nil {
			t.Errorf("closing its page: %v", err)
		}
		if _, err := w.payments.Refund(t.Context(), w.owner, payment.RefundInput{Payment: paid.ID, AmountCents: 1}); fault.As(err).Code != "refund-refused" {
			t.Errorf("a refund from it: %v", err)
		}
	})
	w.Exec(t, `INSERT INTO app.payment_accounts (org_id, id, account, details_submitted, charges_enabled, begun_by, begun_name, begun_at) VALUES ($1, gen_random_uuid(), 'acct_2', true, true, $2, 'Olive', now())`,
		testkit.A.ID, testkit.A.Owner())
	if _, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), token); fault.As(err).Code != "online-payments-off" {
		t.Errorf("while its page may still be paid: %v", err)
	}
	w.Exec(t, `UPDATE app.online_payments SET expires_at = now() - interval '1 minute' WHERE org_id = $1 AND state = 'open'`, testkit.A.ID)
	if next := w.open(t); w.p.accountOf[next] != "acct_2" {
		t.Errorf("the next page is of %q", w.p.accountOf[next])
	}
	if l := w.addsUp(t, w.owner, testkit.A.Acceptance()); l.ReceivedCents != 250000 {
		t.Errorf("what is known: %+v", l.Standing)
	}
	// One of which nobody has told us is found out by the homeowner's press.
	w.p.shut = "acct_2"
	w.Exec(t, `UPDATE app.online_payments SET state = 'expired' WHERE org_id = $1 AND state = 'open'`, testkit.A.ID)
	if _, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), token); fault.As(err).Code != "online-payments-off" {
		t.Errorf("an account that shuts us out: %v", err)
	}
	if c, err := w.payments.GetAccount(t.Context(), w.owner); err != nil || c != nil {
		t.Errorf("and is known to by now: %+v, %v", c, err)
	}
}

// What is due may change while the page is being made: nobody is led to a page of the old amount.
func TestAPageThatIsMadeTooLateIsNobodys(t *testing.T) {
	t.Parallel()
	w := ready(t)
	w.asks(t, 150000)
	w.p.meanwhile = func() {
		if _, err := w.payments.RecordPayment(t.Context(), w.owner, payment.RecordInput{Acceptance: testkit.A.Acceptance(), AmountCents: 150000, Method: payment.Cash}); err != nil {
			t.Error(err)
		}
	}
	if _, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), token); fault.As(err).Code != "payment-changed" {
		t.Errorf("a page of what was paid meanwhile: %v", err)
	}
	w.p.meanwhile = nil
	w.asks(t, 100)
	if session := w.open(t); w.p.amounts[session] != 100 {
		t.Errorf("the next page is of %v", w.p.amounts[session])
	}
}

// The homeowner's page says what is due by its requests, and what came and went.
func TestTheHomeownersPageAddsUp(t *testing.T) {
	t.Parallel()
	w := ready(t)
	acceptance := testkit.A.Acceptance()
	request := func(c money.Cents, note string) {
		if _, err := w.payments.RequestPayment(t.Context(), w.owner, payment.RequestInput{Acceptance: acceptance, AmountCents: c, Note: note}); err != nil {
			t.Fatal(err)
		}
	}
	looks := func() payment.HomeownerMoney {
		m, err := w.payments.MoneyByToken(t.Context(), w.visitor(t, testkit.A), token)
		if err != nil {
			t.Fatal(err)
		}
		var sum money.Cents
		for _, e := range m.Moved {
			sum += e.ReceivedChange
		}
		if sum != m.ReceivedCents {
			t.Errorf("the lines are %v, paid is %v", sum, m.ReceivedCents)
		}
		return m
	}
	request(50000, "Posts are set")
	request(30000, "Gate is hung")
	if m := looks(); m.AskedFor != "Posts are set, Gate is hung" || m.DueCents != 80000 {
		t.Errorf("two parts: %q, %v", m.AskedFor, m.DueCents)
	}
	if _, err := w.payments.RecordPayment(t.Context(), w.owner, payment.RecordInput{Acceptance: acceptance, AmountCents: 50000, Method: payment.Cash}); err != nil {
		t.Fatal(err)
	}
	if m := looks(); m.AskedFor != "Gate is hung" {
		t.Errorf("the first is paid: %q", m.AskedFor)
	}
	of := w.paid(t)
	if _, err := w.payments.Refund(t.Context(), w.owner, payment.RefundInput{Payment: of.ID, AmountCents: 20000}); err != nil {
		t.Fatal(err)
	}
	m := looks()
	if i := slices.IndexFunc(m.Moved, func(e payment.Entry) bool { return e.Kind == payment.Refund }); i < 0 || m.Moved[i].ReceivedChange != -20000 {
		t.Errorf("what was given back is not there: %+v", m.Moved)
	}
}

// Of two disputes about one payment the one that waits for an answer is shown, else the newest.
func TestTheDisputeThatWaitsIsShown(t *testing.T) {
	t.Parallel()
	w := ready(t)
	of := w.paid(t)
	for want, disputes := range map[string][]payment.ProviderDispute{
		"needs_response": {{ID: "du_2", Status: "won"}, {ID: "du_1", Status: "needs_response", AnswerBy: time.Now()}},
		"lost":           {{ID: "du_2", Status: "lost"}, {ID: "du_1", Status: "won"}},
	} {
		w.p.pages["cs_1"].Disputes = disputes
		if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", "cs_1"); err != nil {
			t.Fatal(err)
		}
		if o, err := w.payments.OnlineOf(t.Context(), w.owner, of); err != nil || o.Dispute != want {
			t.Errorf("it is %q, want %q, %v", o.Dispute, want, err)
		}
	}
}
