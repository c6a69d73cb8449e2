package stripesim

import (
	"fmt"
	"net/http"
	"time"
)

type invoicePage struct {
	view
	Customer, Status, Next, Sum, Total, Due, Saved, Text string
	Lines                                                []shownLine
	Payable                                              bool
	Cards                                                []testCard
}

func (s *Sim) invoiceOf(r *http.Request) (*space, *invoice) {
	sp, inv, p := plantedIn(s, r.PathValue("id"), func(sp *space) *table[*invoice] { return sp.invoices })
	if p != nil || inv.Status == draft {
		return nil, nil
	}
	return sp, inv
}

func (s *Sim) showInvoice(r *http.Request) reply {
	_, inv := s.invoiceOf(r)
	if inv == nil {
		return s.notHere()
	}
	return s.invoicePage(inv, "")
}

func (s *Sim) invoicePage(inv *invoice, problem string) reply {
	p := invoicePage{
		view: s.view("Invoice " + string(inv.Number)), Customer: string(inv.CustomerName), Status: inv.Status, Sum: "Total", Total: dollars(inv.Total), Due: dollars(inv.AmountRemaining),
		Text: "/sim/invoice/" + inv.ID + "/pdf", Payable: inv.unpaid() && inv.payment != nil && inv.payment.intent.Status != underway, Cards: testCards, Saved: inv.payer().shown(),
	}
	if inv.NextPaymentAttempt != 0 {
		p.Next = shownTime(int64(inv.NextPaymentAttempt))
	}
	for _, l := range inv.lines {
		p.Lines = append(p.Lines, shownLine{string(l.Description), dollars(l.Amount)})
	}
	p.Problem = problem
	out := reply{template: "invoice", data: p}
	if problem != "" {
		out.status = http.StatusUnprocessableEntity
	}
	return out
}

func (s *Sim) postInvoice(r *http.Request) reply {
	sp, inv := s.invoiceOf(r)
	if inv == nil {
		return s.notHere()
	}
	if !inv.unpaid() || inv.payment.intent.Status == underway {
		return s.invoicePage(inv, "This invoice can no longer be paid.")
	}
	m := inv.payer()
	if r.PostFormValue("saved") == "" {
		var p *Problem
		if m, p = sp.chosen(r, inv.now()); p != nil {
			return s.invoicePage(inv, p.Message)
		}
	}
	if m == nil {
		return s.invoicePage(inv, "There is no saved card.")
	}
	pi := inv.payment.intent
	o := pi.try(m, false)
	pi.settle(o)
	switch o {
	case wanted:
		return reply{to: "/sim/3ds/" + pi.ID}
	case refused:
		return s.invoicePage(inv, pi.LastPaymentError.Message)
	}
	return reply{to: "/sim/invoice/" + inv.ID}
}

// invoiceText stands in for the PDF.
func (s *Sim) invoiceText(w http.ResponseWriter, r *http.Request) {
	text := locked(s, func() string {
		_, inv := s.invoiceOf(r)
		if inv == nil {
			return ""
		}
		text := fmt.Sprintf("Invoice %s, %s, %s\nFor %s\n\n", inv.Number, shownDay(inv.Created), inv.Status, inv.CustomerName)
		for _, l := range inv.lines {
			text += fmt.Sprintf("%12s  %s\n", dollars(l.Amount), l.Description)
		}
		return text + fmt.Sprintf("%12s  total\n", dollars(inv.Total))
	})
	if text == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write([]byte(text)) // whoever asked has gone
}

// linkOf is an onboarding link that still opens.
func (s *Sim) linkOf(r *http.Request) (*space, *account, *accountLink) {
	sp, a, p := plantedIn(s, r.PathValue("id"), func(sp *space) *table[*account] { return sp.accounts })
	if p != nil || a.revoked {
		return nil, nil, nil
	}
	return sp, a, a.links[r.PathValue("secret")]
}

func (s *Sim) showConnect(r *http.Request) reply {
	_, a, l := s.linkOf(r)
	switch {
	case l == nil:
		return s.notHere()
	case l.ExpiresAt <= s.clock.now:
		return s.message("This link has expired", "Ask for another where you came from.", l.refreshURL)
	}
	return reply{template: "connect", leaves: []string{l.returnURL}, data: struct {
		view
		Account string
		Done    bool
	}{s.view("Get paid"), a.ID, a.ChargesEnabled}}
}

func (s *Sim) postConnect(r *http.Request) reply {
	sp, a, l := s.linkOf(r)
	if l == nil || l.ExpiresAt <= s.clock.now {
		return s.showConnect(r)
	}
	if r.PostFormValue("answer") == "complete" {
		a.onboard(sp)
	}
	return reply{to: l.returnURL}
}

func (s *Sim) showClock(r *http.Request) reply { return s.clockPage("") }

func (s *Sim) clockPage(problem string) reply {
	p := struct {
		view
		Next string
	}{s.view("The clock of payments"), ""}
	p.Problem = problem
	if at, ok := s.clock.next(); ok {
		p.Next = shownTime(at)
	}
	out := reply{template: "clock", data: p}
	if problem != "" {
		out.status = http.StatusUnprocessableEntity
	}
	return out
}

// furthest is how far the page moves time at once: what is due meanwhile is played.
const furthest = 3 * 366 * 24 * time.Hour

// postClock moves time without holding the mutex: whoever owns the clock may ask us for ours.
func (s *Sim) postClock(w http.ResponseWriter, r *http.Request) {
	now := s.Now()
	to := now
	if by, err := time.ParseDuration(r.PostFormValue("by")); err == nil {
		to = now.Add(by)
	} else if d, err := time.Parse(time.DateOnly, r.PostFormValue("to")); err == nil {
		to = d
	}
	problem := ""
	switch {
	case !to.After(now) || to.Sub(now) > furthest:
		problem = "Choose a moment that is yet to come, at most three years away."
	case s.config.MoveClock == nil:
		s.Advance(to)
	default:
		if err := s.config.MoveClock(to); err != nil {
			problem = "The clock cannot be moved now."
		}
	}
	writePage(w, r, locked(s, func() reply {
		if problem != "" {
			return s.clockPage(problem)
		}
		return reply{to: "/sim/clock"}
	}))
}
