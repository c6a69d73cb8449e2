package stripehook_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// charged is A with a plan that is paid, and the charge. Webhooks bring all of it.
func (w *world) charged(t *testing.T, card string) (customer, charge string) {
	t.Helper()
	customer = w.pays(t, card)
	w.subscribe(t, customer, "growth_v1")
	w.follow(t)
	return customer, testkit.Value[string](t, w.Database, `SELECT id FROM platform.charges WHERE customer_id = $1 AND amount_cents = 14900`, customer)
}

// found are the findings that are open, by kind.
func (w *world) found(t *testing.T) []string {
	t.Helper()
	return testkit.Values[string](t, w.Database, `SELECT kind || ' ' || amount FROM platform.billing_findings WHERE org_id = $1 AND settled_at IS NULL ORDER BY kind`, testkit.A.ID)
}

// stands is where A's plan stands at a time from now, by the database's clock.
func (w *world) stands(t *testing.T, in time.Duration) plan.Entitlements {
	t.Helper()
	var e plan.Entitlements
	if err := w.InOrg(t, testkit.A, func(tx *pg.OrgTx) error {
		org, err := tenancy.LockOrganization(tx)
		e = plan.Derive(org.PlanFacts(), tx.Now().Add(in))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return e
}

// B40: what a bank takes back is mirrored by webhooks that name no customer, somebody is told to answer, and what a lost
// one means is decided by an operator within a week, or means a stop. Nothing of it is another company's.
func TestDisputesOfWhatACompanyPays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		part       int64
		won        bool
		closed     string
		found      []string
		afterAWeek plan.State
	}{
		"won":               {0, true, "won 0 true", nil, plan.Active},
		"lost":              {0, false, "lost 14900 true", []string{"dispute_lost 14900"}, plan.Suspended},
		"a part of it lost": {5000, false, "lost 5000 true", []string{"dispute_lost 5000"}, plan.Suspended},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.Untouched(t, testkit.B, func() {
				customer, charge := w.charged(t, "pm_card_visa")
				dispute, err := w.sim.OpenDispute(charge, c.part, "fraudulent")
				if err != nil {
					t.Fatal(err)
				}
				w.follow(t)
				if nobody := testkit.Values[string](t, w.Database, `SELECT type FROM platform.billing_hints WHERE type LIKE 'charge.dispute.%' AND customer_id IS DISTINCT FROM $1`, customer); len(nobody) > 0 {
					t.Errorf("%q are nobody's", nobody)
				}
				if e := w.stands(t, 0); !e.Flags.Disputed || e.State != plan.Active {
					t.Errorf("while the bank decides it is %s, disputed %v", e.State, e.Flags.Disputed)
				}
				if got := w.found(t); len(got) != 1 || got[0][:9] != "disputed " {
					t.Errorf("people are told %q", got)
				}
				if due := testkit.Value[bool](t, w.Database, `SELECT answer_by > created_at AND reason = 'fraudulent' AND taken_cents = amount_cents FROM platform.disputes WHERE id = $1`, dispute); !due {
					t.Error("the mirror does not say until when the bank can be answered, or what it took")
				}
				if err := w.sim.CloseDispute(dispute, c.won); err != nil {
					t.Fatal(err)
				}
				w.follow(t)
				if got := testkit.Value[string](t, w.Database, `SELECT status || ' ' || taken_cents || ' ' || decided FROM platform.disputes WHERE id = $1`, dispute); got != c.closed {
					t.Errorf("the mirror says %s, want %s", got, c.closed)
				}
				if got := w.found(t); !slices.Equal(got, c.found) {
					t.Errorf("then people are told %q, want %q", got, c.found)
				}
				e := w.stands(t, 0)
				if e.State != plan.Active || e.Flags.Disputed || e.Flags.StopsAt.IsZero() != c.won {
					t.Errorf("once it is decided it is %s, disputed %v, stops at %v", e.State, e.Flags.Disputed, e.Flags.StopsAt)
				}
				if e := w.stands(t, 6*24*time.Hour); e.State != plan.Active {
					t.Errorf("after six days it is %s", e.State)
				}
				if e := w.stands(t, 7*24*time.Hour+time.Second); e.State != c.afterAWeek {
					t.Errorf("after a week it is %s by %s, want %s", e.State, e.Cause, c.afterAWeek)
				}
				w.Exec(t, `UPDATE platform.billing_findings SET settled_at = now(), settled_by = 'Olivia Reyes', note = 'they pay by wire' WHERE settled_at IS NULL`)
				w.follow(t)
				if e := w.stands(t, 30*24*time.Hour); e.State == plan.Suspended {
					t.Error("an operator decided, and it is stopped")
				}
			})
		})
	}
}

// B41: what was given back is known of the invoice that it was paid for, in full, in part, and when the bank sends it back.
func TestRefundsOfWhatACompanyPays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		card   string
		amount *int64
		after  time.Duration
		want   int64
	}{
		"in full": {"pm_card_visa", nil, 0, 14900}, "in part": {"pm_card_visa", stripe.Int64(2000), 0, 2000}, "sent back": {"pm_card_refundFail", nil, 2 * 24 * time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			customer, charge := w.charged(t, c.card)
			must[*stripe.Refund](t)(w.stripe.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{Charge: &charge, Amount: c.amount}))
			w.follow(t)
			w.later(t, c.after)
			if got := testkit.Value[int64](t, w.Database, `SELECT h.refunded_cents FROM platform.charges h JOIN platform.invoices i ON i.id = h.invoice_id WHERE i.customer_id = $1 AND i.paid_cents = 14900`, customer); got != c.want {
				t.Errorf("%d cents of the invoice went back, want %d", got, c.want)
			}
			own := testkit.Value[int64](t, w.Database, `SELECT coalesce(sum(refunded_cents), 0)::bigint FROM platform.charges WHERE customer_id <> $1`, customer)
			if e := w.stands(t, 0); e.State != plan.Active || own != 0 {
				t.Errorf("it is %s, and %d cents are others'", e.State, own)
			}
		})
	}
}
