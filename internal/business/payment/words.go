package payment

import (
	"strings"

	"fenceplatform.com/fence/internal/platform/money"
)

// Words is how a method reads.
func (m Method) Words() string {
	switch m {
	case Check:
		return "Check"
	case Cash:
		return "Cash"
	case Card:
		return "Card"
	case Bank:
		return "Bank transfer"
	}
	return ""
}

// Words is how an entry reads in a list.
func (e Entry) Words() string {
	switch e.Kind {
	case Request:
		return "Asked for: " + e.Note
	case Payment:
		return "Paid by " + e.way()
	case Refund:
		return "Given back by " + e.way()
	case Dispute:
		return "Taken back by the bank: dispute"
	case Reinstatement:
		return "Returned by the bank"
	}
	return "Void: " + e.Note
}

// way is how the money moved, with the number of a check.
func (e Entry) way() string {
	way := strings.ToLower(e.Method.Words())
	if e.Reference != "" {
		way += " " + e.Reference
	}
	if !e.ByHand() {
		way += ", online"
	}
	return way
}

// SignedCents is the amount as a list shows it: what went back is below zero, and so is what is not asked for any more.
func (e Entry) SignedCents() money.Cents {
	if e.ReceivedChange != 0 {
		return e.ReceivedChange
	}
	if e.Kind == Void {
		return -e.AmountCents
	}
	return e.AmountCents
}
