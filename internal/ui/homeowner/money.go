package homeowner

import (
	"net/http"
	"strings"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// money is what is due and paid. A page never fails for it: without it the quote is shown all the same.
func (h *Handlers) money(r *http.Request) *payment.HomeownerMoney {
	if h.Payments == nil {
		return nil
	}
	m, err := h.Payments.MoneyByToken(r.Context(), caller.Of(r).Actor, r.PathValue("token"))
	if err != nil {
		return nil
	}
	return &m
}

// pay leads to the page on which what is due is paid, to the company's own account.
func (h *Handlers) pay(w http.ResponseWriter, r *http.Request) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	if h.Payments == nil || l.view.Accepted == nil {
		return shell.SeeOther(w, r, l.path)
	}
	url, err := h.Payments.PayOnline(r.Context(), caller.Of(r).Actor, r.PathValue("token"))
	switch {
	case fault.Is(err, fault.Unavailable):
		return h.ended(w, r, l, l.Text("pay.failed"), http.StatusServiceUnavailable)
	case fault.Is(err, fault.Conflict):
		notice := l.Text("pay.changed")
		if fault.As(err).Code == "online-payments-off" {
			notice = l.Text("pay.off", "company", l.org.Name)
		}
		if l, err = h.visit(r); err != nil {
			return err
		}
		return h.ended(w, r, l, notice, http.StatusConflict)
	case err != nil:
		return err
	}
	http.Redirect(w, r, url, http.StatusSeeOther) // the provider's
	return nil
}

func (h *Handlers) ended(w http.ResponseWriter, r *http.Request, l link, notice string, status int) error {
	page := l.page(l.endedTitle())
	page.Status = status
	return h.answer(w, r, l, page, endedPage(l, notice))
}

// paid is where the provider's page leads back to. What became of the payment is asked by a form, which a script sends.
func (h *Handlers) paid(w http.ResponseWriter, r *http.Request) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	if l.money == nil || l.money.Open == nil || l.money.Open.State != payment.Open {
		return shell.SeeOther(w, r, l.path)
	}
	return h.render(w, r, l, l.Text("pay.title"), confirmingPage(l))
}

func (h *Handlers) checkPaid(w http.ResponseWriter, r *http.Request) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	if h.Payments != nil && l.view.Accepted != nil {
		err = h.Payments.CheckByToken(r.Context(), caller.Of(r).Actor, r.PathValue("token"))
	}
	if err != nil && !fault.Is(err, fault.Unavailable) { // a webhook tells later what cannot be asked now
		return err
	}
	return shell.SeeOther(w, r, l.path)
}

// sums are the amounts of the page.
func (l link) sums() []kit.Fact {
	m := l.money
	facts := []kit.Fact{{Label: l.Text("bill.total"), Value: m.AgreedCents.String(), Figure: true}, {Label: l.Text("pay.paid"), Value: m.ReceivedCents.String(), Figure: true},
		{Label: l.Text("pay.left"), Value: m.Balance().String(), Figure: true}}
	if m.DueCents > 0 {
		facts = append(facts, kit.Fact{Label: l.Text("pay.due"), Value: m.DueCents.String(), Figure: true})
	}
	return facts
}

// copyLook is how loud the signed copy is offered: paying comes first where something can be paid.
func (l link) copyLook() kit.Style {
	if l.money != nil && l.money.CanPay {
		return kit.Secondary
	}
	return kit.Primary
}

// moves are what came and what went back, line by line.
func (l link) moves() []kit.Fact {
	var all []kit.Fact
	for _, e := range l.money.Moved {
		all = append(all, kit.Fact{Label: l.move(e), Value: e.ReceivedChange.String(), Figure: true})
	}
	return all
}

func (l link) move(e payment.Entry) string {
	day, how := e.Day.Format("Jan 2, 2006"), strings.ToLower(e.Method.Words())
	switch e.Kind {
	case payment.Refund:
		return l.Text("pay.back", "day", day, "how", how)
	case payment.Dispute:
		return l.Text("pay.disputed", "day", day)
	case payment.Reinstatement:
		return l.Text("pay.reinstated", "day", day)
	}
	return l.Text("pay.entry", "day", day, "how", how)
}

// payLabel says what is paid: the deposit by its name.
func (l link) payLabel() string {
	amount := l.money.DueCents.String()
	if l.money.AskedFor == payment.Deposit {
		return l.Text("pay.deposit", "amount", amount)
	}
	return l.Text("pay.now", "amount", amount)
}
