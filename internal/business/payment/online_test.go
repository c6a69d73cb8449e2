package payment_test

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/testkit"
)

func TestACompanyConnectsItsAccount(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := newProvider()
	owner := w.actor(t, testkit.A, tenancy.BillingManage, tenancy.SettingsRead)
	if _, err := w.payments.Connect(t.Context(), owner); fault.As(err).Code != "online-payments-off" {
		t.Errorf("without a provider: %v", err)
	}
	w.payments.Accounts, w.payments.Till = p, p
	w.Untouched(t, testkit.B, func() {
		if c, err := w.payments.GetAccount(t.Context(), owner); err != nil || c != nil {
			t.Errorf("before: %+v, %v", c, err)
		}
		p.away = true
		if _, err := w.payments.Connect(t.Context(), owner); !fault.Is(err, fault.Unavailable) {
			t.Errorf("while the provider is away: %v", err)
		}
		p.away = false
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if url, err := w.payments.Connect(t.Context(), owner); err != nil || !strings.Contains(url, "acct_a?back=http://alpha.fence.localhost:8080/settings/get-paid") {
					t.Errorf("connect: %q, %v", url, err)
				}
			})
		}
		wg.Wait()
		c, err := w.payments.GetAccount(t.Context(), owner)
		if err != nil || c.Account != "acct_a" || c.Ready() {
			t.Fatalf("begun: %+v, %v", c, err)
		}
		p.accounts["acct_a"] = payment.AccountState{DetailsSubmitted: true, ChargesEnabled: true}
		if err := w.payments.FollowAccount(t.Context(), owner, "acct_a"); err != nil {
			t.Fatal(err)
		}
		if c, err = w.payments.GetAccount(t.Context(), owner); err != nil || !c.Ready() || len(c.Needs) != 0 {
			t.Errorf("ready: %+v, %v", c, err)
		}
		if err := w.payments.FollowAccount(t.Context(), owner, "acct_b"); err != nil { // nobody's
			t.Error(err)
		}
		p.accounts["acct_a"] = payment.AccountState{Gone: true}
		if err := w.payments.SweepOnline(t.Context(), owner); err != nil {
			t.Fatal(err)
		}
		if c, err = w.payments.GetAccount(t.Context(), owner); err != nil || c != nil {
			t.Errorf("its owner took our access away: %+v, %v", c, err)
		}
		if err := w.payments.Disconnect(t.Context(), owner); err != nil {
			t.Errorf("disconnected twice: %v", err)
		}
		if err := w.payments.CheckAccount(t.Context(), owner); err != nil {
			t.Error(err)
		}
	})
	for name, err := range map[string]error{"disconnect": w.payments.Disconnect(t.Context(), w.accountant(t, testkit.A)), "check": w.payments.CheckAccount(t.Context(), w.accountant(t, testkit.A))} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s by the accountant: %v", name, err)
		}
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*) FROM app.payment_accounts WHERE org_id = $1 AND account = 'acct_a'`, testkit.A.ID); n != 1 {
		t.Errorf("%d accounts were begun", n)
	}
}

// An account is one organization's for good: whoever else names it gets nothing.
func TestAnAccountIsNobodyElses(t *testing.T) {
	t.Parallel()
	w := ready(t)
	w.Exec(t, `INSERT INTO platform.payment_accounts (account, org_id) VALUES ('acct_b', $1) ON CONFLICT (account) DO UPDATE SET org_id = excluded.org_id`, testkit.A.ID)
	theirs := w.actor(t, testkit.B, tenancy.BillingManage, tenancy.SettingsRead)
	if _, err := w.payments.Connect(t.Context(), theirs); err == nil || !strings.Contains(err.Error(), "another organization") {
		t.Errorf("B connects an account that is A's: %v", err)
	}
	hints := payment.Hints{System: w.System}
	for account, want := range map[string]bool{"acct_a": true, "acct_nobody": false} {
		w.Untouched(t, testkit.B, func() {
			if known, err := hints.Receive(t.Context(), payment.Hint{ID: "evt", Type: "charge.refunded", Account: account, Object: "pi_1"}); err != nil || known != want {
				t.Errorf("a hint about %s: %v, %v", account, known, err)
			}
		})
	}
	for kind, org := range map[string]id.ID{"payment_read_online": testkit.A.ID} {
		if got := testkit.Value[string](t, w.Database, `SELECT string_agg(args->>'org_id', ' ') FROM tasks.river_job WHERE kind = $1`, kind); got != org.String() {
			t.Errorf("%s is enqueued for %q", kind, got)
		}
	}
	w.asks(t, 150000)
	w.p.pay(w.open(t))
	w.Untouched(t, testkit.A, func() { // B's task about A's account finds nothing
		if err := w.payments.FollowOnline(t.Context(), theirs, "acct_a", "cs_1"); err != nil {
			t.Error(err)
		}
		if err := w.payments.FollowAccount(t.Context(), theirs, "acct_a"); err != nil {
			t.Error(err)
		}
	})
}

// B37, for homeowners: two tabs, many presses, one page, one payment.
func TestTwoTabsPayOnce(t *testing.T) {
	t.Parallel()
	w := ready(t)
	w.asks(t, 150000)
	urls := make([]string, 8)
	w.Untouched(t, testkit.B, func() {
		var wg sync.WaitGroup
		for i := range urls {
			wg.Go(func() {
				var err error
				if urls[i], err = w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), token); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, url := range urls {
			if url != urls[0] || url == "" {
				t.Errorf("two pages are open: %v", urls)
			}
		}
		m, err := w.payments.MoneyByToken(t.Context(), w.visitor(t, testkit.A), token)
		if err != nil || !m.CanPay || m.Open == nil || m.DueCents != 150000 {
			t.Errorf("before paying: %+v, %v", m, err)
		}
		w.p.pay("cs_1")
		for range 3 { // the return, the webhook, the webhook again
			if err := w.payments.CheckByToken(t.Context(), w.visitor(t, testkit.A), token); err != nil {
				t.Fatal(err)
			}
			if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", "pi_cs_1"); err != nil {
				t.Fatal(err)
			}
		}
		m, err = w.payments.MoneyByToken(t.Context(), w.visitor(t, testkit.A), token)
		if err != nil || m.CanPay || m.Open != nil || m.DueCents != 0 || m.ReceivedCents != 250000 || len(m.Moved) != 2 {
			t.Errorf("after paying: %+v, %v", m, err)
		}
		if _, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), token); fault.As(err).Code != "nothing-due" {
			t.Errorf("paying again: %v", err)
		}
	})
	l := w.addsUp(t, w.owner, testkit.A.Acceptance())
	paid := l.Entries[len(l.Entries)-1]
	if paid.Kind != payment.Payment || paid.RecordedName != "Dana Ruiz" || paid.ByHand() || paid.Reference != "ending in 4242" {
		t.Errorf("paid %+v", paid)
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*) FROM app.mails WHERE org_id = $1 AND kind = 'payment_receipt'`, testkit.A.ID); n != 1 {
		t.Errorf("%d receipts", n)
	}
	if _, err := w.payments.VoidEntry(t.Context(), w.owner, payment.VoidInput{Entry: paid.ID}); fault.As(err).Code != "entry-final" {
		t.Errorf("voiding what was paid online: %v", err)
	}
	if _, err := w.payments.RecordRefund(t.Context(), w.owner, payment.RefundInput{Payment: paid.ID, AmountCents: 1}); fault.As(err).Code != "paid-online" {
		t.Errorf("giving back by hand: %v", err)
	}
}

func TestAHomeownerOfNobody(t *testing.T) {
	t.Parallel()
	w := ready(t)
	w.asks(t, 150000)
	w.Untouched(t, testkit.B, func() {
		for _, other := range []string{"link of b", "nothing"} {
			if _, err := w.payments.MoneyByToken(t.Context(), w.visitor(t, testkit.A), other); !fault.Is(err, fault.NotFound) {
				t.Errorf("money of %q: %v", other, err)
			}
			if _, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), other); !fault.Is(err, fault.NotFound) {
				t.Errorf("paying for %q: %v", other, err)
			}
			if err := w.payments.CheckByToken(t.Context(), w.visitor(t, testkit.A), other); !fault.Is(err, fault.NotFound) {
				t.Errorf("checking %q: %v", other, err)
			}
		}
	})
	if _, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.B), "link of b"); !fault.Is(err, fault.Conflict) {
		t.Errorf("paying a company without an account: %v", err)
	}
}

func TestAPageOfAnotherAmountIsClosedFirst(t *testing.T) {
	t.Parallel()
	w := ready(t)
	w.asks(t, 150000)
	w.open(t)
	if _, err := w.payments.RecordPayment(t.Context(), w.owner, payment.RecordInput{Acceptance: testkit.A.Acceptance(), AmountCents: 50000, Method: payment.Check}); err != nil {
		t.Fatal(err)
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*) FROM tasks.river_job WHERE kind = 'payment_close_stale'`); n != 1 {
		t.Errorf("%d tasks that close the page", n)
	}
	w.Untouched(t, testkit.B, func() {
		if err := w.payments.CloseStalePage(t.Context(), w.owner, testkit.A.Acceptance()); err != nil {
			t.Fatal(err)
		}
	})
	if w.p.pages["cs_1"].State != payment.Expired {
		t.Error("the page of 1,500 is still open")
	}
	w.asks(t, 1)
	second := w.open(t)
	w.asks(t, 1)
	third := w.open(t) // without the task
	if w.p.pages[second].State != payment.Expired || w.p.amounts[third] != 100002 {
		t.Errorf("pages %v, of %v", w.p.pages[second], w.p.amounts)
	}
	// It was paid a moment before it was to be closed: that counts, and nothing is due.
	w.asks(t, 1)
	w.p.pay(third)
	if _, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), token); fault.As(err).Code != "nothing-due" {
		t.Errorf("after a payment that came between: %v", err)
	}
	if l := w.addsUp(t, w.owner, testkit.A.Acceptance()); l.ReceivedCents != 250002 || l.DueCents != 1 {
		t.Errorf("in the end %+v", l.Standing)
	}
}

func TestABankTakesDaysAndMaySayNo(t *testing.T) {
	t.Parallel()
	w := ready(t)
	w.asks(t, 150000)
	session := w.open(t)
	w.p.pages[session].State, w.p.pages[session].Intent = payment.Processing, "pi_1"
	w.Untouched(t, testkit.B, func() {
		if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", session); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := w.payments.PayOnline(t.Context(), w.visitor(t, testkit.A), token); fault.As(err).Code != "payment-processing" {
		t.Errorf("paying twice while the bank works: %v", err)
	}
	m, err := w.payments.MoneyByToken(t.Context(), w.visitor(t, testkit.A), token)
	if err != nil || m.CanPay || m.Open == nil || m.Open.State != payment.Processing || m.ReceivedCents != 100000 {
		t.Errorf("while the bank works: %+v, %v", m, err)
	}
	w.p.pages[session].State, w.p.pages[session].Problem = payment.Failed, "No funds"
	if err := w.payments.SweepOnline(t.Context(), w.owner); err != nil {
		t.Fatal(err)
	}
	if again := w.open(t); again == session {
		t.Error("the page that failed is opened again")
	}
}

// B41: refunds in full, in part, and one that fails: the ledger is exact.
func TestOnlineRefundsAreExact(t *testing.T) {
	t.Parallel()
	w := ready(t)
	w.asks(t, 150000)
	session := w.open(t)
	w.p.pay(session)
	if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", session); err != nil {
		t.Fatal(err)
	}
	paid := w.addsUp(t, w.owner, testkit.A.Acceptance()).Entries
	entry := paid[len(paid)-1]
	back := func(c money.Cents, version int) payment.RefundInput {
		return payment.RefundInput{Payment: entry.ID, AmountCents: c, Version: version, Note: "Gate was late"}
	}
	w.Untouched(t, testkit.B, func() {
		if e, err := w.payments.Refund(t.Context(), w.owner, back(60000, entry.N)); err != nil || e.Kind != payment.Refund || e.AmountCents != 60000 || *e.OfEntry != entry.ID {
			t.Fatalf("a part: %+v, %v", e, err)
		}
	})
	if _, err := w.payments.Refund(t.Context(), w.owner, back(60000, entry.N)); fault.As(err).Code != fault.CodeStale {
		t.Errorf("the same form again: %v", err)
	}
	if _, err := w.payments.Refund(t.Context(), w.owner, back(90001, 0)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a cent too much: %v", err)
	}
	l := w.addsUp(t, w.owner, testkit.A.Acceptance())
	if last := l.Entries[len(l.Entries)-1]; l.ReceivedCents != 190000 || l.DueCents != 0 || last.RecordedName != "Ada Accountant" || last.Note != "Gate was late" {
		t.Errorf("after a part: %+v, %+v", l.Standing, last)
	}
	if _, err := w.payments.Refund(t.Context(), w.owner, back(90000, 0)); err != nil {
		t.Fatal(err)
	}
	w.p.pages[session].Refunds[1].Failed = true
	for range 2 {
		if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", "ch_"+session); err != nil {
			t.Fatal(err)
		}
	}
	if l := w.addsUp(t, w.owner, testkit.A.Acceptance()); l.ReceivedCents != 190000 || l.RefundedCents != 60000 || l.Refundable(entry.ID) != 90000 {
		t.Errorf("after one that failed: %+v", l.Standing)
	}
	o, err := w.payments.OnlineOf(t.Context(), w.owner, entry)
	if err != nil || o.Charge != "ch_"+session || o.Disputed() != "" {
		t.Errorf("the payment behind the entry: %+v, %v", o, err)
	}
	w.Untouched(t, testkit.B, func() {
		if o, err := w.payments.OnlineOf(t.Context(), w.owner, payment.Entry{Kind: payment.Payment}); err != nil || o.ID != id.Nil {
			t.Errorf("of an entry by hand: %+v, %v", o, err)
		}
	})
}

// B40: a dispute takes money, and returns it in part, in full or not at all. Whatever is asked in whatever order, each
// move is in the ledger once.
func TestDisputesAreExact(t *testing.T) {
	t.Parallel()
	w := ready(t)
	move := func(name string, c money.Cents) payment.Move {
		return payment.Move{ID: name, AmountCents: c, At: time.Now()}
	}
	for name, c := range map[string]struct {
		status string
		moves  []payment.Move
		left   money.Cents // of 1,500
		says   string
	}{
		"opened":           {"needs_response", []payment.Move{move("o1", -150000)}, 0, "Answer it"},
		"won":              {"won", []payment.Move{move("w1", -150000), move("w2", 150000)}, 150000, "decided for you"},
		"lost":             {"lost", []payment.Move{move("l1", -150000)}, 0, "keeps the money"},
		"partly returned":  {"won", []payment.Move{move("p1", -150000), move("p2", 60000)}, 60000, "decided for you"},
		"only asked about": {"warning_needs_response", nil, 150000, "Answer it"},
	} {
		before := w.addsUp(t, w.owner, testkit.A.Acceptance())
		if due := before.Requestable(); due < 150000 {
			w.Exec(t, `UPDATE app.ledgers SET agreed_cents = agreed_cents + 1000000 WHERE org_id = $1`, testkit.A.ID)
		}
		w.asks(t, 150000)
		session := w.open(t)
		w.p.pay(session)
		rng := rand.New(rand.NewPCG(1, uint64(len(name))))
		for n := range len(c.moves) + 1 { // news come one after the other, each told several times, by any name
			w.p.pages[session].Disputes = []payment.ProviderDispute{{ID: "du_" + name, Status: c.status, Moves: c.moves[:n]}}
			for range 1 + rng.IntN(3) {
				if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", []string{session, "pi_" + session, "ch_" + session}[rng.IntN(3)]); err != nil {
					t.Fatal(err)
				}
			}
		}
		after := w.addsUp(t, w.owner, testkit.A.Acceptance())
		if got := after.ReceivedCents - before.ReceivedCents; got != c.left {
			t.Errorf("%s: %v of it stays, want %v", name, got, c.left)
		}
		if after.DueCents != 0 {
			t.Errorf("%s: the homeowner is asked for %v again", name, after.DueCents)
		}
		var entry payment.Entry
		for _, e := range after.Entries {
			if e.ProviderID == "ch_"+session {
				entry = e
			}
		}
		if name == "opened" {
			if n := testkit.Value[int](t, w.Database, `SELECT count(*) FROM app.mails WHERE org_id = $1 AND subject LIKE 'Disputed: %$1,500.00'`, testkit.A.ID); n < 1 {
				t.Errorf("%d mails to the company about it", n)
			}
		}
		o, err := w.payments.OnlineOf(t.Context(), w.owner, entry)
		if err != nil || !strings.Contains(o.Disputed(), c.says) {
			t.Errorf("%s reads %q, %v", name, o.Disputed(), err)
		}
	}
}
