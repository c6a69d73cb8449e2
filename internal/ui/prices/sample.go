package prices

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
)

// yardWords says what the sample yard is.
const yardWords = "40 + 60 + 40 ft with one 48-in walk gate"

// look is the sample yard beside a form: as it is priced now, and as it would be with what stands in the form.
type look struct {
	Drawing *profile
	Said    string // what was changed, in one sentence
	Problem string // why the form cannot be looked at
	Heads   [3]string
	Rows    []lookRow
	Notes   []string
}

type lookRow struct {
	Label, Now, Then, Change string
}

// compared tells that there is something to compare with.
func (l look) compared() bool { return l.Heads[1] != "" }

// yard prices the sample yard where the company is.
func yard(r *http.Request, b *pricing.Book) ([]pricing.TierPrice, error) {
	c := caller.Of(r)
	return b.Price(pricing.ReferenceYard(), c.Actor.Org.ZIP, c.Now)
}

// tiersNow shows the three tiers as they are priced now.
func (h *Handlers) tiersNow(r *http.Request) (look, error) { return h.lookAt(r, nil) }

// lookAt shows the three tiers before and after a change of the price book, which is nobody's but this request's.
func (h *Handlers) lookAt(r *http.Request, change func(*pricing.Book) error) (look, error) {
	b, err := h.Prices.Book(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return look{}, err
	}
	now, err := yard(r, b)
	if err != nil {
		return look{}, err
	}
	l := look{Heads: [3]string{"Now"}}
	then := now
	if change != nil {
		if err := change(b); err != nil {
			return unfinished(l, now, err)
		}
		if then, err = yard(r, b); err != nil {
			return unfinished(l, now, err)
		}
		l.Heads = [3]string{"Now", "Then", "Change"}
	}
	for i := range now {
		l.Rows = append(l.Rows, amountRow(now[i].Tier.Name, now[i].Price.TotalCents, then[i].Price.TotalCents))
		if then[i].AtMinimum {
			l.Notes = append(l.Notes, then[i].Tier.Name+" is raised to your least price of a job.")
		}
	}
	l.Notes = append(l.Notes, then[0].Zone.Why)
	return l, nil
}

// unfinished is what stands beside a form that cannot be priced as it is; an error of ours stays an error.
func unfinished(l look, now []pricing.TierPrice, err error) (look, error) {
	if !fault.Is(err, fault.Invalid) {
		return look{}, err
	}
	for _, p := range now {
		l.Rows = append(l.Rows, lookRow{Label: p.Tier.Name, Now: p.Price.TotalCents.String()})
	}
	l.Problem = "The form cannot be priced as it is. Its fields say why when you save."
	if fields := fault.As(err).Fields; len(fields) == 1 {
		l.Problem = fields[0].Message
	}
	return l, nil
}

func amountRow(label string, now, then money.Cents) lookRow {
	return lookRow{Label: label, Now: now.String(), Then: then.String(), Change: difference(then - now)}
}

// difference is signed, and says in words that there is none.
func difference(c money.Cents) string {
	switch {
	case c > 0:
		return "+" + c.String()
	case c < 0:
		return c.String()
	}
	return "none"
}

// alone prices the sample yard in one style, as a tier without base charge and adjustment asks.
func alone(r *http.Request, b pricing.Book, s pricing.Style) (pricing.TierPrice, error) {
	b.Tiers = []pricing.Tier{{Key: pricing.Basic, Name: s.Name, StyleID: s.ID}}
	prices, err := yard(r, &b)
	if err != nil {
		return pricing.TierPrice{}, err
	}
	return prices[0], nil
}

// built is what the take-off of the sample yard counts, in the words of the yard.
func built(t takeoff.TakeOff) []kit.Fact {
	facts := []kit.Fact{{Label: "Posts", Value: kit.Figure(int64(t.Posts.Total)), Figure: true}}
	for _, item := range t.Items {
		switch item.Key {
		case takeoff.KeyPicket, takeoff.KeyRail, takeoff.KeyPanel, takeoff.KeyTopRail, takeoff.KeyFabricRoll, takeoff.KeyConcreteBag:
			facts = append(facts, kit.Fact{Label: itemName(item.Key), Value: kit.Figure(int64(item.OrderQuantity)), Figure: true})
		}
	}
	return facts
}

// showLook answers a look: the panel alone to the script that asked while somebody types, else the whole page.
func (h *Handlers) showLook(w http.ResponseWriter, r *http.Request, l look, whole func(look) error) error {
	if r.Header.Get("HX-Request") == "true" {
		return h.Pages.Fragment(w, r, http.StatusOK, lookPanel(l))
	}
	return whole(l)
}
