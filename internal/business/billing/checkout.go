package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// ReturnPath is where the provider's page leads when it is paid. Who leaves it comes back to the page of the plan, which
// says what is open.
const ReturnPath = tenancy.BillingPath + "/done"

func errBought() error {
	return fault.New(fault.Conflict, "plan-bought-meanwhile", "Your company has bought a plan a moment ago. Load the page again.")
}

// buy leads to a page on which the plan is paid: the one that is open, or a new one. There is one at a time, so two
// tabs do not buy twice; one that was paid meanwhile is seen before another is opened.
func (s *Service) buy(ctx context.Context, a tenancy.Actor, c Choice) (Outcome, error) {
	customer, err := s.Accounts.Open(ctx, NewCustomer{Org: a.Org.ID, Name: a.Org.Name, Email: a.Org.Email})
	if err != nil {
		return Outcome{}, s.unreached(err)
	}
	for range 2 {
		x, err := s.beginCheckout(ctx, a, c, customer)
		if err != nil {
			return Outcome{}, err
		}
		if x.State == ActOpen {
			out := Outcome{Way: WayBuy, Plan: c.Plan, PayURL: x.PageURL}
			if same, err := s.stillOpen(ctx, a, x, c); err != nil || same {
				return out, err
			}
			continue // it was closed: begin anew
		}
		if err := s.notBought(ctx, customer); err != nil {
			return Outcome{}, err
		}
		if x, err = s.openCheckout(ctx, a, x); err != nil {
			return Outcome{}, err
		}
		return Outcome{Way: WayBuy, Plan: c.Plan, PayURL: x.PageURL}, nil
	}
	return Outcome{}, errBusy()
}

// beginCheckout writes a checkout down, or finds the one that is not over.
func (s *Service) beginCheckout(ctx context.Context, a tenancy.Actor, c Choice, customer string) (Act, error) {
	var x Act
	err := s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		if _, err := tenancy.LockOrganization(tx); err != nil { // two tabs follow each other
			return err
		}
		open, err := pg.Collect[Act](tx, `SELECT `+actColumns+` FROM app.plan_acts WHERE org_id = $1 AND kind = 'checkout' AND state IN ('asked', 'open')`, tx.Tenant().Org())
		if err != nil {
			return err
		}
		if len(open) == 1 && (open[0].State == ActOpen || open[0].item(a.Org.ID) == c.item(a)) {
			x = open[0]
			return nil
		}
		if len(open) == 1 {
			return errBusy() // of another plan, and nobody knows whether it was opened
		}
		x, err = s.begin(tx, a, Act{Kind: ActCheckout, Plan: c.Plan.Key, PlanVersion: c.Plan.Version, ExtraUsers: c.Extra, CustomerID: customer,
			Cents: int64(c.Each), TrialEnd: c.TrialKept, ExpiresAt: tx.Now().Add(checkoutOpenFor)})
		return err
	})
	return x, err
}

// stillOpen tells whether an open checkout is of what is wanted now, and can be used. Another is closed; one that was
// paid is a purchase.
func (s *Service) stillOpen(ctx context.Context, a tenancy.Actor, x Act, c Choice) (bool, error) {
	wanted := x.item(a.Org.ID) == c.item(a) && sameTime(x.TrialEnd, c.TrialKept)
	found, err := s.Gateway.Checkout(ctx, x.ProviderID, !wanted)
	if err != nil {
		return false, s.unreached(err)
	}
	if wanted && found.State == CheckoutOpen {
		return true, nil
	}
	if err := s.settleCheckout(ctx, a, x, found); err != nil {
		return false, err
	}
	if found.State == CheckoutComplete {
		return false, errBought()
	}
	return false, nil
}

// notBought asks the provider itself: the mirror may not know yet of what was paid a moment ago.
func (s *Service) notBought(ctx context.Context, customer string) error {
	seen, err := s.Gateway.Snapshot(ctx, Question{Customer: customer})
	if err != nil {
		return s.unreached(fmt.Errorf("%w: %w", ErrUnclear, err))
	}
	for _, sub := range seen.Subscriptions {
		if sub.Live() {
			return errors.Join(errBought(), s.follow(ctx, customer))
		}
	}
	return nil
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// openCheckout makes the page of a checkout that is written down. When nobody knows whether it was made, it is looked
// for; only when it is not there the next call has another key.
func (s *Service) openCheckout(ctx context.Context, a tenancy.Actor, x Act) (Act, error) {
	n := NewCheckout{Act: x.ID, Customer: x.CustomerID, Item: x.item(a.Org.ID), Expires: x.ExpiresAt,
		Paid: s.Site.Of(a.Org.Slug, ReturnPath), Left: s.Site.Of(a.Org.Slug, tenancy.BillingPath)}
	if x.TrialEnd != nil {
		n.TrialEnd = *x.TrialEnd
	}
	made, err := s.Gateway.OpenCheckout(ctx, x.key(), n)
	if errors.Is(err, ErrUnclear) {
		found, search := s.Gateway.FindCheckout(ctx, x.CustomerID, x.ID)
		switch {
		case search == nil:
			made, err = found, nil
		case fault.Is(search, fault.NotFound):
			err = errors.Join(err, s.anotherKey(ctx, a, x))
		}
	}
	if err != nil {
		if !errors.Is(err, ErrUnclear) { // refused: there is no page and there will be none
			err = errors.Join(err, s.drop(ctx, a, x))
		}
		return x, s.unreached(err)
	}
	x.ProviderID, x.PageURL, x.ExpiresAt = made.ID, made.URL, made.ExpiresAt
	return x, s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error { return s.settle(tx, a, x, ActOpen) })
}

// anotherKey lets the next call of an act be another one than the last, which made nothing.
func (s *Service) anotherKey(ctx context.Context, a tenancy.Actor, x Act) error {
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		_, err := tx.Exec(`UPDATE app.plan_acts SET attempt = attempt + 1, expires_at = $4 WHERE org_id = $1 AND id = $2 AND attempt = $3 AND state = 'asked'`,
			tx.Tenant().Org(), x.ID, x.Attempt, tx.Now().Add(checkoutOpenFor))
		return err
	})
}

func (s *Service) drop(ctx context.Context, a tenancy.Actor, x Act) error {
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error { return s.settle(tx, a, x, ActDropped) })
}

// DropCheckout closes the page on which a plan could be paid. What was paid meanwhile stays paid.
func (s *Service) DropCheckout(ctx context.Context, a tenancy.Actor) error {
	if err := mayManage(a); err != nil {
		return err
	}
	acts, _, err := s.acts(ctx, a)
	if err != nil {
		return err
	}
	for _, x := range acts {
		if x.Kind != ActCheckout || x.State != ActOpen {
			continue
		}
		found, err := s.Gateway.Checkout(ctx, x.ProviderID, true)
		if err != nil {
			return s.unreached(err)
		}
		if err := s.settleCheckout(ctx, a, x, found); err != nil {
			return err
		}
	}
	return nil
}
