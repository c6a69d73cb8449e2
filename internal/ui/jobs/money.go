package jobs

import (
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// money are the sums of the job's ledger.
func (v record) money() []kit.Fact {
	l := v.Ledger
	facts := []kit.Fact{
		{Label: "Agreed", Value: l.AgreedCents.String(), Figure: true},
		{Label: "Received", Value: l.ReceivedCents.String(), Figure: true},
		{Label: "Due now", Value: l.DueCents.String(), Figure: true},
		{Label: "Left to pay", Value: l.Balance().String(), Figure: true},
	}
	if u := l.Underway; u != nil {
		facts = append(facts, kit.Fact{Label: "On its way", Value: u.AmountCents.String(), Figure: true, Note: "Paid online, from the customer's bank."})
	}
	if credit := l.Credit(); credit > 0 {
		facts = append(facts, kit.Fact{Label: "Credit", Value: credit.String(), Figure: true, Note: "More came than was agreed. Give it back."})
	}
	return facts
}

// shutOut asks what became of a payment that is on its way to an account which is not connected any more.
func (v record) shutOut() *kit.Message {
	u := v.Ledger.Underway
	if u == nil || !u.OutOfUse {
		return nil
	}
	m := &kit.Message{Tone: kit.Watch, Text: u.AmountCents.String() + " is on its way from the customer's bank to a Stripe account that is not connected any more."}
	if v.c.Actor.May(tenancy.PaymentsRecord) {
		m.Action = &kit.Action{Label: "Say what became of it", Href: Path(v.Job.ID) + "/payments/underway"}
	}
	return m
}

// entries are the lines of the ledger, the newest first.
func (v record) entries() kit.List {
	l := kit.List{Name: "Payments", Columns: []kit.Column{{Label: "What", Priority: 1}, {Label: "Day", Priority: 2, Phone: kit.PhoneSecond},
		{Label: "By", Priority: 2, Phone: kit.PhoneSecond}, {Label: "Amount", Priority: 1, Figure: true, Phone: kit.PhoneRight}},
		Empty: kit.Empty{Heading: "Nothing was paid yet", Text: "Deposits, checks and cash stand here with who wrote them down."}}
	today := v.c.Now.In(v.c.Actor.Org.Zone())
	for i := len(v.Ledger.Entries) - 1; i >= 0; i-- {
		e := v.Ledger.Entries[i]
		l.Rows = append(l.Rows, kit.Row{ID: e.ID.String(), Href: "/payments/" + e.ID.String(), Cells: []kit.Cell{
			{Text: words(v.Ledger, e)}, {Text: shell.DateName(e.Day, today), Title: e.Day.Format("Mon, Jan 2, 2006")}, {Text: e.RecordedName}, {Text: e.SignedCents().String()},
		}})
	}
	return l
}

func words(l *payment.Ledger, e payment.Entry) string {
	if e.Kind != payment.Void && l.Voided(e.ID) {
		return e.Words() + " (void)"
	}
	return e.Words()
}

// moneyActions are what can be done about it: at most one is loud.
func (v record) moneyActions() []kit.Action {
	a := v.c.Actor
	if !a.May(tenancy.PaymentsRecord) {
		return nil
	}
	refused := ""
	if err := a.RequireWritable(v.c.Now); err != nil {
		refused = fault.As(err).Message
	}
	var all []kit.Action
	if v.Ledger.Balance() > 0 {
		all = append(all, kit.Action{Label: "Record a payment", Icon: "banknote", Href: Path(v.Job.ID) + "/payments/new", Refused: refused})
	}
	if v.Ledger.Requestable() > 0 {
		all = append(all, kit.Action{Label: "Request payment", Icon: "send", Href: Path(v.Job.ID) + "/payments/request", Refused: refused})
	}
	return all
}
