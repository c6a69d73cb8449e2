package billing

import (
	"fmt"
	"time"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/mail"
)

// note is the mail of a notice. Its button leads to our own page of the plan, never straight to a payment: a link in a
// mail is what others imitate.
func note(a tenancy.Actor, e plan.Entitlements, n Notice) notify.PlanNote {
	day := func(t time.Time) string { return t.In(a.Org.Zone()).Format("Mon, Jan 2") }
	out := notify.PlanNote{Path: tenancy.BillingPath, Button: "Choose a plan"}
	switch n.Kind {
	case TrialEnding:
		out.Subject = fmt.Sprintf("Your trial ends in %d days", n.DaysLeft)
		if n.DaysLeft <= 1 {
			out.Subject = "Your trial ends within a day"
		}
		out.Sentence = fmt.Sprintf("The trial of %s ends on %s. Without a plan everything turns read-only then.", a.Org.Name, day(e.Until))
		out.Note = "Your customers' links keep working either way: they can view, sign and decline."
	case TrialEnded:
		out.Subject = "Your trial ended: choose a plan to go on"
		out.Sentence = fmt.Sprintf("%s is read-only since %s, because the trial ended.", a.Org.Name, day(e.Since))
		out.Facts, out.Note = stays(e, day), linksStay
	case PlanEnded:
		out.Subject = "Your plan ended: what stays, and until when"
		out.Sentence = fmt.Sprintf("%s is read-only since %s, because the plan ended.", a.Org.Name, day(e.Since))
		out.Facts, out.Note = stays(e, day), linksStay
	case PaymentFailed:
		out.Subject, out.Button = "Card declined", "Pay now"
		out.Sentence = fmt.Sprintf("%s could not be charged for %s.", n.Invoice.OpenCents, a.Org.Name)
		out.Facts = []mail.Fact{{Name: "Open", Value: n.Invoice.OpenCents.String()}}
		if !n.Invoice.NextAttemptAt.IsZero() {
			out.Facts = append(out.Facts, mail.Fact{Name: "Tried again", Value: day(n.Invoice.NextAttemptAt)})
		}
		readOnly(&out, e, day)
	case BankAsks:
		out.Subject, out.Button = "Your bank asks you to confirm a payment", "Confirm"
		out.Sentence = fmt.Sprintf("The bank wants to see you before it pays %s for %s.", n.Invoice.OpenCents, a.Org.Name)
		out.Facts = []mail.Fact{{Name: "Open", Value: n.Invoice.OpenCents.String()}}
		readOnly(&out, e, day)
	case PaidAgain:
		out.Subject, out.Button = "Paid: "+n.Invoice.TotalCents.String(), "See invoices"
		out.Sentence = fmt.Sprintf("The open invoice of %s is paid.", a.Org.Name)
		out.Facts = []mail.Fact{{Name: "Paid", Value: n.Invoice.TotalCents.String()}}
		if e.Access().Write {
			out.Note = "Everything works as before."
		}
	case CardExpiring:
		out.Subject, out.Button = "Your card that ends in "+n.Card.Last4+" is good until the end of "+n.Card.LastMonth(), "Change card"
		out.Sentence = fmt.Sprintf("The card that ends in %s, with which %s pays, is good until the end of %s.", n.Card.Last4, a.Org.Name, n.Card.LastMonth())
		out.Note = "Change it before the next bill, and nothing stops."
	}
	return out
}

const linksStay = "Your customers' links keep working until only owners come in. Everything can be exported."

// stays says until when who reads, and how long rows are kept.
func stays(e plan.Entitlements, day func(time.Time) string) []mail.Fact {
	return []mail.Fact{{Name: "Everybody reads until", Value: day(e.Until)}, {Name: "Kept until", Value: day(e.PurgeAfter)}}
}

// readOnly says when an unpaid invoice turns the company read-only.
func readOnly(out *notify.PlanNote, e plan.Entitlements, day func(time.Time) string) {
	switch e.State {
	case plan.PastDue:
		out.Subject += ": your account turns read-only on " + day(e.Until)
		out.Facts = append(out.Facts, mail.Fact{Name: "Read-only on", Value: day(e.Until)})
		out.Note = "Until then everything works, but no more people can be added. Your customers' links keep working in any case."
	case plan.Restricted:
		out.Facts = append(out.Facts, mail.Fact{Name: "Read-only since", Value: day(e.Since)})
		out.Note = "Once it is paid everything works again. Your customers' links keep working in any case."
	}
}
