package billing

import (
	"slices"
	"strconv"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
)

// NoticeKind is what a company's owners are told about their plan.
type NoticeKind string

// Every kind of notice. Each is told once for its cause: an invoice, a card, the end of a trial.
const (
	TrialEnding   NoticeKind = "trial_ending"
	TrialEnded    NoticeKind = "trial_ended"
	PaymentFailed NoticeKind = "payment_failed"
	BankAsks      NoticeKind = "bank_asks" // the bank wants to see a person before it pays
	PaidAgain     NoticeKind = "paid_again"
	CardExpiring  NoticeKind = "card_expiring"
	PlanEnded     NoticeKind = "plan_ended"
)

// Notice is something to tell, and why. Nothing of it is taken from a webhook: what is due follows from what is known.
type Notice struct {
	Kind  NoticeKind
	Cause string
	// Invoice is the one that a notice of a payment is about.
	Invoice Invoice
	// Card is the one that is about to expire.
	Card Card
	// DaysLeft of a trial, rounded up.
	DaysLeft int
}

// Card is what is charged by itself.
type Card = tenancy.Card

// trialSteps are the days before a trial's end on which owners are told, the last first.
var trialSteps = []int{1, 3, 7}

// due are the notices that what is known gives cause for. told are the causes of payments that failed and were told.
func due(e plan.Entitlements, card Card, invoices []Invoice, told map[string]bool, now time.Time) (all []Notice) {
	if e.Access().Mail == plan.MailNone {
		return nil
	}
	switch {
	case e.State == plan.Trialing && e.Cause == plan.ByTrial:
		all = append(all, trialNotice(e.Until, now)...)
	case e.State == plan.Canceled && e.Cause == plan.TrialEnded:
		all = append(all, Notice{Kind: TrialEnded, Cause: e.Since.UTC().Format(time.RFC3339)})
	case e.State == plan.Canceled:
		all = append(all, Notice{Kind: PlanEnded, Cause: e.Since.UTC().Format(time.RFC3339)})
	}
	for _, i := range invoices {
		switch {
		case i.Status == Paid && told[i.ID]:
			all = append(all, Notice{Kind: PaidAgain, Cause: i.ID, Invoice: i})
		case e.Cause != plan.Unpaid || i.unpaidSince(now).IsZero():
		case i.AsksPerson:
			all = append(all, Notice{Kind: BankAsks, Cause: i.ID, Invoice: i})
		default:
			all = append(all, Notice{Kind: PaymentFailed, Cause: i.ID, Invoice: i})
		}
	}
	if subscribed := slices.Contains([]plan.Cause{plan.BySubscription, plan.Unpaid}, e.Cause); subscribed && card.Expiring(now) {
		all = append(all, Notice{Kind: CardExpiring, Cause: card.Last4 + " " + card.EndsAt().Format("2006-01"), Card: card})
	}
	return all
}

// trialNotice is for the last step that was reached: whoever was told nothing at seven days is told of three.
func trialNotice(ends, now time.Time) []Notice {
	left := int((ends.Sub(now) + 24*time.Hour - 1) / (24 * time.Hour))
	for _, step := range trialSteps {
		if left <= step {
			return []Notice{{Kind: TrialEnding, Cause: ends.UTC().Format(time.RFC3339) + " " + strconv.Itoa(step), DaysLeft: left}}
		}
	}
	return nil
}
