package quoting_test

import (
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// somebody has exactly the rights of a role.
func (w *world) somebody(t *testing.T, who id.ID, role identity.Role) tenancy.Actor {
	t.Helper()
	return w.actor(t, testkit.A).As(tenancy.Person, who, role.Label()+" A", string(role), role.Permissions()).Reaching(role.Narrowed())
}

// TestEstimatorChangesOwnQuotesOnly walks every change of a quote: reading a colleague's is allowed, changing and
// sending it is not.
func TestEstimatorChangesOwnQuotesOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner, estimator := w.actor(t, testkit.A), w.somebody(t, testkit.A.Estimator(), identity.Estimator)
	theirs, mine := w.draft(t, owner, testkit.A), w.draft(t, estimator, testkit.A)
	rec := w.record(t, estimator, theirs.ID)
	sent, _ := w.sent(t, owner, testkit.A)
	w.Untouched(t, testkit.A, func() {
		for what, do := range map[string]func() error{
			"edit": func() error { _, err := w.quotes.EditDraft(t.Context(), estimator, theirs.ID, edited(rec)); return err },
			"reprice": func() error {
				_, err := w.quotes.Reprice(t.Context(), estimator, theirs.ID, quoting.RepriceInput{Version: 1})
				return err
			},
			"send": func() error { _, err := w.quotes.Send(t.Context(), estimator, theirs.ID, toDana(1)); return err },
			"discard": func() error {
				_, err := w.quotes.Discard(t.Context(), estimator, theirs.ID, quoting.DiscardInput{Version: 1})
				return err
			},
			"revise": func() error {
				_, err := w.quotes.Revise(t.Context(), estimator, sent.ID, quoting.ReviseInput{Version: 2})
				return err
			},
			"withdraw": func() error {
				_, err := w.quotes.Withdraw(t.Context(), estimator, sent.ID, quoting.WithdrawInput{Version: 2, Reason: "x"})
				return err
			},
			"extend": func() error {
				_, err := w.quotes.Extend(t.Context(), estimator, sent.ID, quoting.ExtendInput{Version: 2, Days: 60})
				return err
			},
			"link": func() error {
				_, err := w.quotes.CopyLink(t.Context(), estimator, sent.ID, quoting.CopyLinkInput{RecipientName: "Dana"})
				return err
			},
			"accept": func() error {
				_, err := w.quotes.RecordAcceptance(t.Context(), estimator, sent.ID, quoting.RecordAcceptanceInput{Version: 2, Choice: quoting.Choice{Option: "premium"}, Name: "Dana Ruiz", Note: "By phone"})
				return err
			},
		} {
			if err := do(); fault.As(err).Code != "not-yours" || !strings.Contains(fault.As(err).Message, "Olive Owner") {
				t.Errorf("%s a colleague's quote: %v, want not-yours and whose it is", what, err)
			}
		}
	})
	if _, err := w.quotes.EditDraft(t.Context(), estimator, mine.ID, edited(w.record(t, estimator, mine.ID))); err != nil {
		t.Errorf("edit their own: %v", err)
	}
	if _, err := w.quotes.EditDraft(t.Context(), w.somebody(t, testkit.A.Office(), identity.Office), mine.ID, edited(w.record(t, owner, mine.ID))); err != nil {
		t.Errorf("the office edits an estimator's: %v", err)
	}
}

// A quote that a program makes is its person's, who can go on with it.
func TestQuoteOfAKeyIsItsPersons(t *testing.T) {
	t.Parallel()
	w := setup(t)
	estimator := w.somebody(t, testkit.A.Estimator(), identity.Estimator)
	key := estimator
	key.Kind, key.ID, key.Name = tenancy.Key, id.New(), "Importer"
	c := w.draft(t, key, testkit.A)
	for what, a := range map[string]tenancy.Actor{"the person": estimator, "the key": key} {
		if _, err := w.quotes.EditDraft(t.Context(), a, c.ID, edited(w.record(t, a, c.ID))); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestDiscountTakesTheRightToOverridePrices(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	c := w.draft(t, a, testkit.A)
	without := w.actor(t, testkit.A, tenancy.QuotesRead, tenancy.QuotesWrite)
	in := edited(w.record(t, without, c.ID))
	in.Settings.Message = "Hello"
	if _, err := w.quotes.EditDraft(t.Context(), without, c.ID, in); err != nil {
		t.Errorf("a message without a discount: %v", err)
	}
	in = edited(w.record(t, without, c.ID))
	in.Settings.DiscountBP = 1000
	_, err := w.quotes.EditDraft(t.Context(), without, c.ID, in)
	if f := fault.As(err); f.Kind != fault.Forbidden || f.Facts["permission"] != string(tenancy.PricesOverride) {
		t.Errorf("a discount: %v, want forbidden by prices.override", err)
	}
	if _, err := w.quotes.EditDraft(t.Context(), a, c.ID, in); err != nil {
		t.Errorf("by who may: %v", err)
	}
}

func TestMarginIsSeenByWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	rights := []tenancy.Permission{tenancy.SketchesRead, tenancy.QuotesRead, tenancy.CostsSee}
	for may, a := range map[bool]tenancy.Actor{false: w.actor(t, testkit.A, rights...), true: w.actor(t, testkit.A, append(rights, tenancy.MarginsSee)...)} {
		priced, err := w.quotes.PriceSketch(t.Context(), a, testkit.A.Sketch())
		if err != nil {
			t.Fatal(err)
		}
		for _, tier := range priced.Tiers {
			if (tier.Price.MarginPct != 0) != may || tier.Price.CostCents == 0 {
				t.Errorf("margin %.1f and cost %s, want a margin: %v, and the cost", tier.Price.MarginPct, tier.Price.CostCents, may)
			}
		}
		if rec := w.record(t, a, testkit.A.Quote()); rec.MarginsSeen != may {
			t.Errorf("the record shows margins: %v, want %v", rec.MarginsSeen, may)
		}
	}
}
