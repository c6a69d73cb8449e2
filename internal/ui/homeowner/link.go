package homeowner

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/quoting/words"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/phone"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

type component = templ.Component

// link is an opened link: what every page of it knows. Its texts are the catalogue's.
type link struct {
	*words.Language
	view  quoting.HomeownerView
	doc   document.Version
	org   tenancy.Organization // as it is today: a phone number that changed is the one to call
	path  string               // /q/{token}
	zone  *time.Location       // of the property
	staff string               // who of the company is looking
	money *payment.HomeownerMoney
}

func newLink(r *http.Request, view quoting.HomeownerView) (link, error) {
	c := caller.Of(r)
	zone, err := time.LoadLocation(view.Document.TimeZone)
	if err != nil {
		return link{}, fmt.Errorf("time zone of a sent quote: %w", err)
	}
	l := link{Language: words.English, view: view, doc: view.Document, org: c.Actor.Org, path: "/q/" + url.PathEscape(r.PathValue("token")), zone: zone}
	if c.SignedIn {
		l.staff = c.Actor.Name
	}
	return l, nil
}

func (l link) page(title string) shell.Page { return shell.Page{Title: title} }

// contractor is the head of every page.
func (l link) contractor() kit.Contractor {
	k := kit.Contractor{Name: l.org.Name, Phone: phone.Format(l.org.Phone)}
	if l.org.LicenseNumber != "" {
		k.License = l.Text("head.license", "number", l.org.LicenseNumber)
	}
	return k
}

// street is how people call the place.
func (l link) street() string {
	if l.doc.Property.Street == "" {
		return l.doc.Property.String()
	}
	return l.doc.Property.Street
}

// heading greets the recipient by first name.
func (l link) heading() string {
	name := l.view.RecipientName
	if name == "" {
		name = l.doc.Customer.Name
	}
	return l.Text("quote.heading", "place", l.street(), "name", firstName(name))
}

func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

// day writes the day of an instant; the year only when it is not this one.
func (l link) day(at time.Time) string {
	at = at.In(l.zone)
	if at.Year() == l.view.ReadAt.In(l.zone).Year() {
		return at.Format("Mon, Jan 2")
	}
	return at.Format("Mon, Jan 2, 2006")
}

// lastDay is the last day on which the quote may be signed: it ends at that day's midnight.
func (l link) lastDay() string { return l.day(l.view.ValidUntil.Add(-time.Second)) }

// today is the date of a signature given now.
func (l link) today() string { return l.view.ReadAt.In(l.zone).Format("Mon, Jan 2, 2006") }

// cancelUntil is the last day of the right to cancel a sale of that instant; ok is false where there is none.
func (l link) cancelUntil(sale time.Time) (day string, ok bool) {
	last, ok := document.LastDayToCancel(document.DayOf(sale, l.zone))
	return last.String(), ok && l.doc.SoldAtHome
}

// askHref writes a mail about this quote; empty when the company has no address.
func (l link) askHref() string {
	if l.org.Email == "" {
		return ""
	}
	return "mailto:" + l.org.Email + "?subject=" + url.PathEscape(l.Text("ask.subject", "number", l.doc.Number, "place", l.street()))
}

func (l link) callHref() string {
	if l.org.Phone == "" {
		return ""
	}
	return "tel:" + l.org.Phone
}

// problems are a fault's fields in the homeowner's words.
func (l link) problems(err error) kit.Problems {
	var all kit.Problems
	for _, found := range kit.ProblemsOf(err) {
		if p := l.problem(found.Pointer); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

func (l link) problem(pointer string) fault.Field {
	switch {
	case pointer == "/name":
		return fault.Field{Pointer: pointer, Message: l.Text("problem.name")}
	case pointer == "/consent":
		return fault.Field{Pointer: pointer, Message: l.Text("problem.consent")}
	case strings.HasPrefix(pointer, "/signature"):
		return fault.Field{Pointer: "/strokes", Message: l.Text("problem.signature")}
	case pointer == "/reason":
		return fault.Field{Pointer: pointer, Message: l.Text("problem.reason")}
	}
	return fault.Field{Pointer: "/" + tierField, Message: l.Text("problem.choice")}
}
