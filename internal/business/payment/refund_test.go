package payment_test

import (
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/testkit"
)

// paid is a payment of 1,500 that came online.
func (w tilled) paid(t *testing.T) payment.Entry {
	t.Helper()
	w.asks(t, 150000)
	session := w.open(t)
	w.p.pay(session)
	if err := w.payments.FollowOnline(t.Context(), w.owner, "acct_a", session); err != nil {
		t.Fatal(err)
	}
	entries := w.addsUp(t, w.owner, testkit.A.Acceptance()).Entries
	return entries[len(entries)-1]
}

func keyed(a tenancy.Actor, key string) tenancy.Actor {
	return a.WithRequest(tenancy.Request{IdempotencyKey: key})
}

// The same key is the same refund, however often it is sent and whether its answer arrived; another key is another.
func TestTheSameKeyGivesBackOnce(t *testing.T) {
	t.Parallel()
	w := ready(t)
	of := w.paid(t)
	in := payment.RefundInput{Payment: of.ID, AmountCents: 50000, Note: "Gate was late"}
	w.Untouched(t, testkit.B, func() {
		w.p.away = true // it gives back, and its answer is lost
		if _, err := w.payments.Refund(t.Context(), keyed(w.owner, "one"), in); !fault.Is(err, fault.Unavailable) {
			t.Errorf("an answer that is lost: %v", err)
		}
		if _, err := w.payments.Refund(t.Context(), keyed(w.owner, "two"), in); fault.As(err).Code != "refund-under-way" {
			t.Errorf("another while nobody knows of the first: %v", err)
		}
		w.p.away = false
		first, err := w.payments.Refund(t.Context(), keyed(w.owner, "one"), in)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			again, err := w.payments.Refund(t.Context(), keyed(w.owner, "one"), in)
			if err != nil || again.ID != first.ID {
				t.Errorf("again: %+v, %v", again, err)
			}
		}
		if _, err := w.payments.Refund(t.Context(), keyed(w.owner, "one"), payment.RefundInput{Payment: of.ID, AmountCents: 1}); fault.As(err).Code != "idempotency-key-reused" {
			t.Errorf("another amount by the same key: %v", err)
		}
		second, err := w.payments.Refund(t.Context(), keyed(w.owner, "two"), in)
		if err != nil || second.ID == first.ID {
			t.Errorf("another key: %+v, %v", second, err)
		}
	})
	if l := w.addsUp(t, w.owner, testkit.A.Acceptance()); l.ReceivedCents != 150000 || l.RefundedCents != 100000 || l.Refundable(of.ID) != 50000 || len(w.p.refunds) != 2 {
		t.Errorf("two were given back: %+v, %v", l.Standing, w.p.refunds)
	}
}

// Whoever asks while another refund of the payment is being made is told so; and what nobody heard of is looked up first.
func TestOneRefundAtATime(t *testing.T) {
	t.Parallel()
	w := ready(t)
	of := w.paid(t)
	in := payment.RefundInput{Payment: of.ID, AmountCents: 20000, Version: of.N}
	var wg sync.WaitGroup
	for range 6 { // two tabs and more
		wg.Go(func() {
			if _, err := w.payments.Refund(t.Context(), w.owner, in); err != nil && fault.As(err).Code != "refund-under-way" && fault.As(err).Code != fault.CodeStale {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if l := w.addsUp(t, w.owner, testkit.A.Acceptance()); l.RefundedCents != 20000 {
		t.Errorf("of many tabs %v was given back", l.RefundedCents)
	}
	w.p.away = true
	in.Version = 0
	if _, err := w.payments.Refund(t.Context(), w.owner, in); !fault.Is(err, fault.Unavailable) {
		t.Errorf("an answer that is lost: %v", err)
	}
	w.p.away = false
	w.Advance(t, 2*time.Minute)
	in.AmountCents = 130000
	if _, err := w.payments.Refund(t.Context(), w.owner, in); !fault.Is(err, fault.Invalid) {
		t.Errorf("all that was left before the one that nobody heard of: %v", err)
	}
	in.AmountCents = 110000
	if _, err := w.payments.Refund(t.Context(), w.owner, in); err != nil {
		t.Error(err)
	}
	if l := w.addsUp(t, w.owner, testkit.A.Acceptance()); l.RefundedCents != 150000 || l.Refundable(of.ID) != 0 {
		t.Errorf("in the end %+v", l.Standing)
	}
}

// What the provider refuses can be asked for again at once: an earlier refusal is nobody's answer.
func TestARefusedRefundCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	w := ready(t)
	of := w.paid(t)
	in := payment.RefundInput{Payment: of.ID, AmountCents: 150000, Version: of.N}
	w.Untouched(t, testkit.B, func() {
		w.p.refuses = fault.New(fault.Conflict, "refund-refused", "Stripe does not give this back: no money")
		if _, err := w.payments.Refund(t.Context(), keyed(w.owner, "one"), in); fault.As(err).Code != "refund-refused" {
			t.Errorf("refused: %v", err)
		}
		w.p.refuses = payment.ErrNoAccess
		if _, err := w.payments.Refund(t.Context(), keyed(w.owner, "two"), in); fault.As(err).Code != "refund-refused" {
			t.Errorf("an account that was disconnected: %v", err)
		}
		w.p.refuses = nil
		if e, err := w.payments.Refund(t.Context(), keyed(w.owner, "three"), in); err != nil || e.AmountCents != 150000 {
			t.Errorf("when it may: %+v, %v", e, err)
		}
	})
}

func TestARefundGoesTheWayThatThePaymentCame(t *testing.T) {
	t.Parallel()
	w := ready(t)
	of := w.paid(t)
	for pointer, in := range map[string]payment.RefundInput{
		"/method": {Method: payment.Cash}, "/day": {Day: "2026-01-08"}, "/reference": {Reference: "1044"},
		"/amount_cents": {AmountCents: -1}, "/note": {Note: "two\nlines"},
	} {
		in.Payment = of.ID
		if in.AmountCents == 0 {
			in.AmountCents = 1
		}
		if _, err := w.payments.Refund(t.Context(), w.owner, in); !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Pointer != pointer {
			t.Errorf("%s of an online payment: %v", pointer, err)
		}
	}
	byHand, err := w.payments.Refund(t.Context(), w.owner, payment.RefundInput{Payment: testkit.A.Payment(), AmountCents: money.Cents(1), Method: payment.Cash})
	if err != nil || !byHand.ByHand() || byHand.Method != payment.Cash {
		t.Errorf("a check goes back by hand: %+v, %v", byHand, err)
	}
	w.Untouched(t, testkit.B, func() {
		if _, err := w.payments.Refund(t.Context(), w.owner, payment.RefundInput{Payment: testkit.B.Payment(), AmountCents: 1}); !fault.Is(err, fault.NotFound) {
			t.Errorf("B's payment: %v", err)
		}
		if _, err := w.payments.Refund(t.Context(), w.actor(t, testkit.A, tenancy.PaymentsRead), payment.RefundInput{Payment: of.ID, AmountCents: 1}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
	})
	w.payments.Till = nil
	if _, err := w.payments.Refund(t.Context(), w.owner, payment.RefundInput{Payment: of.ID, AmountCents: 1}); fault.As(err).Code != "online-payments-off" {
		t.Errorf("where no payments are taken: %v", err)
	}
}
