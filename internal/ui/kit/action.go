package kit

import (
	"crypto/rand"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Names of the hidden inputs that every form of the platform carries.
const (
	// KeyField is the one-time key: the same submission sent twice is one submission.
	KeyField = "idempotency_key"
	// VersionField is the version of the record that the form was filled from.
	VersionField = "version"
)

// NewKey is a fresh one-time key for a form.
func NewKey() string { return rand.Text() }

// Action is something a person can do: a link, or with Post a form of one button.
type Action struct {
	Label string // verb + thing: "Save customer"
	Icon  string
	Href  string // the page to open, or the address that Post is sent to
	Post  bool

	Version int64    // of the record that Post changes; 0 leaves it out
	Hidden  []Hidden // further hidden inputs of Post

	Danger  bool   // destructive: last in a menu, red
	Refused string // why it cannot be done now; the button stays and explains
	Key     string // shortcut, as in "e" or "g h"
	Opens   string // id of a Dialog that it opens; without script Href is followed

	Attrs templ.Attributes // for htmx
}

// Hidden is a hidden input.
type Hidden struct{ Name, Value string }

// Style is how loud a button is. A page has at most one Primary.
type Style string

// The four styles of a button.
const (
	Primary   Style = "primary"
	Secondary Style = "secondary"
	Quiet     Style = "quiet"
	Danger    Style = "danger"
)

func (a Action) hidden() []Hidden {
	all := []Hidden{{KeyField, NewKey()}}
	if a.Version > 0 {
		all = append(all, Hidden{VersionField, strconv.FormatInt(a.Version, 10)})
	}
	return append(all, a.Hidden...)
}

func (a Action) attrs() templ.Attributes {
	out := templ.Attributes{}
	for name, value := range a.Attrs {
		out[name] = value
	}
	if a.Key != "" {
		out["data-key"] = a.Key
		out["aria-keyshortcuts"] = a.Key
	}
	if a.Opens != "" {
		out["data-opens"] = a.Opens
	}
	return out
}

// address lets only links through that lead somewhere: pages, mail, phone and prepared text messages. What
// comes from outside may hold a script.
func address(href string) templ.SafeURL {
	if strings.HasPrefix(href, "sms:") {
		return templ.SafeURL(href)
	}
	return templ.URL(href)
}
