package homeowner

import (
	"time"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/platform/fault"
)

// endedTitle is the page's title once the quote cannot be signed any more.
func (l link) endedTitle() string {
	switch l.view.Status {
	case quoting.Accepted:
		return l.Text("signed.title", "number", l.doc.Number)
	case quoting.Replaced:
		return l.Text("replaced.title", "number", l.doc.Number)
	case quoting.Expired:
		return l.Text("expired.title", "number", l.doc.Number)
	case quoting.Declined:
		return l.Text("declined.title", "number", l.doc.Number)
	default:
		return l.Text("withdrawn.title", "number", l.doc.Number)
	}
}

// awayText says how a company is reached whose quotes are not shown.
func (l link) awayText() string {
	switch {
	case l.org.Phone != "":
		return l.Text("away.text", "company", l.org.Name)
	case l.org.Email != "":
		return l.Text("away.write", "company", l.org.Name)
	}
	return l.Text("away.reply")
}

// ended is what became of a quote: a heading and a sentence.
type ended struct{ Heading, Text string }

func (l link) ended() ended {
	switch l.view.Status {
	case quoting.Accepted:
		return l.signed()
	case quoting.Replaced:
		return ended{
			l.Text("replaced.heading", "n", l.newest(), "day", l.dayOf(l.view.ReplacedAt)),
			l.Text("replaced.text", "n", l.newest()),
		}
	case quoting.Expired:
		return ended{l.Text("expired.heading", "day", l.lastDay()), l.Text("expired.text", "company", l.org.Name)}
	case quoting.Declined:
		return ended{l.Text("declined.heading", "day", l.dayOf(l.view.DeclinedAt)), l.Text("declined.text", "company", l.org.Name)}
	default:
		return ended{l.Text("withdrawn.heading", "company", l.org.Name, "day", l.dayOf(l.view.WithdrawnAt)), l.Text("withdrawn.text", "company", l.org.Name)}
	}
}

// signed thanks the one who signed, and tells everybody else who it was.
func (l link) signed() ended {
	a := l.view.Accepted
	if a.Recorded {
		return ended{l.Text("signed.recorded", "name", a.SignerName), l.Text("signed.recorded.text", "company", l.org.Name, "day", l.day(a.At))}
	}
	if l.view.RecipientName == "" || firstName(a.SignerName) == firstName(l.view.RecipientName) {
		return ended{l.Text("signed.thanks", "name", firstName(a.SignerName)), l.Text("signed.thanks.text", "company", l.org.Name)}
	}
	text := l.Text("signed.other.text", "day", l.day(a.At))
	if l.money == nil || l.money.DueCents == 0 {
		text += " " + l.Text("signed.other.rest")
	}
	return ended{l.Text("signed.other", "name", a.SignerName), text}
}

// signedAt is the moment of the signature, where the fence will stand.
func (l link) signedAt() string {
	return l.view.Accepted.At.In(l.zone).Format("Mon, Jan 2, 2006, 3:04 PM MST")
}

// afterSigning are the steps that are left.
func (l link) afterSigning() []step {
	deposit := l.view.Accepted.DepositCents
	if l.money != nil && l.money.ReceivedCents >= deposit {
		deposit = 0 // it is paid
	}
	all := l.depositStep(deposit)
	if last, ok := l.cancelUntil(l.view.Accepted.At); ok {
		all = append(all, step{l.Text("signed.cancel", "day", last), l.Text("signed.cancel.text", "company", l.org.Name)})
	}
	return append(all,
		step{l.Text("next.locate"), l.Text("next.locate.text")},
		step{l.Text("next.build"), l.Text("next.build.text", "company", l.org.Name)},
	)
}

// tooLate tells somebody whose answer was not the first that nothing happened by it.
func (l link) tooLate() string {
	if a := l.view.Accepted; a != nil {
		return l.Text("late.signed", "name", a.SignerName, "time", a.At.In(l.zone).Format("3:04 PM"))
	}
	return l.Text("late.ended")
}

// noWayOn says why the newest version cannot be opened from here.
func (l link) noWayOn(err error) string {
	switch fault.As(err).Code {
	case "already-done", fault.CodeInFlight:
		return l.Text("replaced.again")
	case "too-many-links":
		return l.Text("replaced.use-mail")
	}
	return l.Text("replaced.elsewhere")
}

// newest is the number of the version that replaced this one.
func (l link) newest() string {
	if l.view.ReplacedByN == nil {
		return ""
	}
	return number(*l.view.ReplacedByN)
}

func (l link) dayOf(at *time.Time) string {
	if at == nil {
		return ""
	}
	return l.day(*at)
}
