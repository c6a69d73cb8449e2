package kit

import (
	"fmt"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Refusal is a page that says why something cannot be shown or done, and what to do.
type Refusal struct {
	Heading string // what happened, a whole sentence
	Text    string // what it means and what to do
	Request string // number to name on the phone
	Search  string // address of the search, where searching helps
	Phone   string // the contractor's, on a homeowner's page
	Company string // whose phone it is
	Actions []Action
}

// RefusalOf says in words why err stopped a page. Status codes are httpx's business.
func RefusalOf(err error, request string) Refusal {
	f := fault.As(err)
	r := Refusal{Heading: f.Message}
	switch f.Kind {
	case fault.NotFound:
		r.Heading = "Nothing here, or not yours to see"
		r.Text = "The address may be old, or the record may have been archived."
	case fault.Forbidden:
		r.Heading, r.Text = "You cannot do this", f.Message
	case fault.LimitReached:
		r.Heading, r.Text = "Your plan stops here", f.Message
	case fault.Conflict:
		r.Heading, r.Text = "This changed meanwhile", f.Message
	case fault.Invalid:
		r.Heading, r.Text = "There is a problem", f.Message
	case fault.Unauthenticated:
		r.Heading, r.Text = "Log in to see this page", "Nothing you typed is lost: go back after logging in."
	case fault.RateLimited:
		r.Heading, r.Text = "Too much at once", f.Message
		if !strings.Contains(f.Message, " again") { // says when by itself
			r.Text += waitFor(f.RetryAfter)
		}
	case fault.Unavailable:
		r.Heading = "A part we need does not answer"
		r.Text = "Nothing was saved and nothing was charged." + waitFor(f.RetryAfter)
		if f.Code != "unavailable" { // something certain, which says itself what became of it
			r.Heading, r.Text = "This cannot be done right now", f.Message
		}
		r.Request = request
	default:
		r.Heading = "We broke something"
		r.Text = "Nothing was saved. Try again; if it stays, tell us the request number."
		r.Request = request
	}
	return r
}

func waitFor(d time.Duration) string {
	seconds := int(d.Round(time.Second) / time.Second)
	switch {
	case d <= 0:
		return ""
	case seconds < 90:
		return fmt.Sprintf(" Try again in %s.", Count(max(seconds, 1), "second", "seconds"))
	default:
		return fmt.Sprintf(" Try again in %s.", Count((seconds+59)/60, "minute", "minutes"))
	}
}

// Conflict is somebody else's change of the record that is being saved. Nothing is overwritten: the person
// chooses field by field, and what they choose is saved against the version they have now seen.
type Conflict struct {
	Who    string // "Maria"
	Noun   string // "customer"
	When   string // "10:41"
	Action string // where the choice is sent
	Theirs int64  // the version they choose against
	Keep   string // address that discards mine
	Fields []Difference
	Hidden []Hidden // values both agree on
}

// Difference is a field in which two versions of a record differ.
type Difference struct {
	Name  string // of the input
	Label string
	Yours string
	Hers  string
	// Changed tells that the person who saves changed this field; where not, the other's value is preselected.
	Changed bool
}

func (c Conflict) sentence() string {
	who := c.Who
	if who == "" {
		who = "Someone"
	}
	s := who + " changed this " + c.Noun
	if c.When != "" {
		s += " at " + c.When
	}
	return s + " while you were editing."
}

func orEmpty(s string) string {
	if s == "" {
		return "(empty)"
	}
	return s
}

// theirs heads the column of the other version.
func (c Conflict) theirs() string {
	if c.Who == "" {
		return "Saved now"
	}
	return c.Who
}

// Compare sorts fields into those in which the two versions differ and those that both agree on. base is what
// the person who saves began with: where they changed nothing, the other's value is preselected. Without a base
// theirs counts as changed.
func (c *Conflict) Compare(base map[string]string, all ...Difference) {
	for _, d := range all {
		if d.Yours == d.Hers {
			c.Hidden = append(c.Hidden, Hidden{d.Name, d.Hers})
			continue
		}
		began, known := base[d.Name]
		d.Changed = !known || began != d.Yours
		c.Fields = append(c.Fields, d)
	}
}
