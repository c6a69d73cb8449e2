package stripesim

import (
	"net/http"
	"net/url"
	"strings"
)

type checkoutPage struct {
	view
	Lines                  []shownLine
	Sum, Total, Trial      string
	Email, Deed            string
	AsksEmail, WithoutCard bool
	Cards                  []testCard
}

func (s *Sim) sessionOf(r *http.Request) (*space, *checkoutSession) {
	sp, cs, p := plantedIn(s, r.PathValue("id"), func(sp *space) *table[*checkoutSession] { return sp.checkouts })
	if p != nil {
		return nil, nil
	}
	return sp, cs
}

func (s *Sim) showCheckout(r *http.Request) reply {
	_, cs := s.sessionOf(r)
	if cs == nil {
		return s.notHere()
	}
	return s.checkoutPage(cs, r, "")
}

func (s *Sim) checkoutPage(cs *checkoutSession, r *http.Request, problem string) reply {
	switch cs.Status {
	case complete:
		return s.message("This is paid", "There is nothing more to do.", cs.landing())
	case over:
		return s.message("This page has expired", "Begin again where you came from.", string(cs.CancelURL))
	}
	p := checkoutPage{
		view: s.view(map[string]string{"payment": "Pay", "setup": "Save a card", "subscription": "Subscribe"}[cs.Mode]), Sum: "To pay now", Total: dollars(cs.due()),
		Email: r.PostFormValue("email"), AsksEmail: cs.Customer == "" && cs.CustomerEmail == "" && cs.Mode != "setup", Cards: testCards,
		WithoutCard: cs.due() == 0 && cs.PaymentMethodCollection == "if_required",
		Deed:        map[string]string{"payment": "Pay", "setup": "Save the card", "subscription": "Subscribe"}[cs.Mode],
	}
	p.Problem, p.Back = problem, string(cs.CancelURL)
	for _, l := range cs.lines {
		words := dollars(l.AmountTotal)
		if l.Price.Recurring != nil {
			words += " a " + l.Price.Recurring.Interval
		}
		p.Lines = append(p.Lines, shownLine{l.Description, words})
	}
	if end := cs.trialEnd(); end > s.clock.now {
		p.Trial = shownDay(end)
	}
	out := reply{template: "checkout", data: p, leaves: []string{string(cs.SuccessURL)}}
	if problem != "" {
		out.status = http.StatusUnprocessableEntity
	}
	return out
}

func (s *Sim) postCheckout(r *http.Request) reply {
	sp, cs := s.sessionOf(r)
	if cs == nil {
		return s.notHere()
	}
	if cs.Status != open {
		return s.checkoutPage(cs, r, "")
	}
	var m *paymentMethod
	if r.PostFormValue("without") == "" {
		var p *Problem
		if m, p = sp.chosen(r, cs.clock.now); p != nil {
			return s.checkoutPage(cs, r, p.Message)
		}
		m.BillingDetails.Name, m.BillingDetails.Email = opt(r.PostFormValue("name")), opt(r.PostFormValue("email"))
	}
	wantsPerson, p := cs.pay(m, visitor{r.PostFormValue("email"), r.PostFormValue("name")}, false)
	switch {
	case p != nil:
		return s.checkoutPage(cs, r, p.Message)
	case wantsPerson:
		return reply{to: "/sim/3ds/" + cs.ID}
	}
	return reply{to: cs.landing()}
}

// asked is what the bank's page is about.
type asked struct {
	method *paymentMethod
	amount int64
	back   string // where a form may lead
	answer func(ok bool) (to string)
}

// askedOf finds who waits for a person; ok is false when nobody does.
func (s *Sim) askedOf(id string) (a asked, ok bool) {
	switch {
	case strings.HasPrefix(id, "pi_"):
		_, pi, p := plantedIn(s, id, func(sp *space) *table[*paymentIntent] { return sp.paymentIntents })
		if p != nil || pi.Status != needsAction {
			return a, false
		}
		return asked{pi.method, pi.Amount, pi.returnURL, func(ok bool) string {
			pi.answered(ok)
			if pi.returnURL == "" && pi.invoice != nil {
				return string(pi.invoice.HostedInvoiceURL)
			}
			return returned(pi.returnURL, "payment_intent", pi.ID, pi.ClientSecret, pi.Status == succeeded)
		}}, true
	case strings.HasPrefix(id, "seti_"):
		_, si, p := plantedIn(s, id, func(sp *space) *table[*setupIntent] { return sp.setupIntents })
		if p != nil || si.Status != needsAction {
			return a, false
		}
		return asked{si.method, 0, si.returnURL, func(ok bool) string {
			si.answered(ok)
			return returned(si.returnURL, "setup_intent", si.ID, si.ClientSecret, si.Status == succeeded)
		}}, true
	}
	_, cs, p := plantedIn(s, id, func(sp *space) *table[*checkoutSession] { return sp.checkouts })
	if p != nil || cs.method == nil || cs.Status != open {
		return a, false
	}
	return asked{cs.method, cs.due(), string(cs.SuccessURL), func(ok bool) string {
		if p := cs.answered(ok); p != nil || cs.Status != complete {
			return "/sim/checkout/" + cs.ID
		}
		return cs.landing()
	}}, true
}

// returned is where Stripe sends the browser after the bank, with what the page there asks for.
func returned(address, kind, id, secret string, ok bool) string {
	u, err := url.Parse(address)
	if address == "" || err != nil {
		return ""
	}
	q := u.Query()
	q.Set(kind, id)
	q.Set(kind+"_client_secret", secret)
	q.Set("redirect_status", map[bool]string{true: succeeded, false: failed}[ok])
	u.RawQuery = q.Encode()
	return u.String()
}

func (s *Sim) showBank(r *http.Request) reply {
	a, ok := s.askedOf(r.PathValue("id"))
	if !ok {
		return s.message("The bank asks nothing", "This was answered before, or is no longer needed.", "")
	}
	p := struct {
		view
		Card, Amount string
	}{s.view("Your bank asks"), a.method.shown(), ""}
	if a.amount > 0 {
		p.Amount = dollars(a.amount)
	}
	return reply{template: "bank", data: p, leaves: []string{a.back}}
}

func (s *Sim) postBank(r *http.Request) reply {
	a, ok := s.askedOf(r.PathValue("id"))
	if !ok {
		return s.showBank(r)
	}
	if to := a.answer(r.PostFormValue("answer") == "complete"); to != "" {
		return reply{to: to}
	}
	return s.message("Thank you", "You can close this page.", "")
}
