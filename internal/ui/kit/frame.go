package kit

import "fenceplatform.com/fence/internal/ui/assets"

// Page is what the document around every page needs to know.
type Page struct {
	Title   string // what it is: "Quote Q-2026-000123"
	Place   string // whose it is: "Acme Fence"; together they make the title unique
	Problem bool   // a form came back: the title begins with "Error:"
	Look    Look
	Brand   string   // address of the contractor's color sheet
	Path    string   // path and query of this page, for coming back to it
	Islands []string // bundles of this page's islands, as in "sketch"
}

func (p Page) title() string {
	t := p.Title
	if p.Place != "" {
		t += " · " + p.Place
	}
	if p.Problem {
		return "Error: " + t
	}
	return t
}

// islandFiles lists the files of the page's islands that this build has.
func (p Page) islandFiles(ext string) []string {
	var files []string
	for _, name := range p.Islands {
		if assets.Has(name + ext) {
			files = append(files, assets.URL(name+ext))
		}
	}
	return files
}

// font is the face that every page needs in its first frame.
const font = "atkinson-hyperlegible-next-latin-wght-normal.woff2"

// htmxConfig: error answers are swapped because each is a fragment made for its target; 5xx leave the page
// as it is, app.ts says so in the strip. Indicator styles are in our own sheet.
const htmxConfig = `{"includeIndicatorCSS":false,"noSwap":[204,304,"5xx"],"defaultTimeout":30000}`

// ShellFrame is the frame of signed-in pages.
type ShellFrame struct {
	Page
	Company string
	Logo    string // address of the company's logo; empty shows the name
	Home    string // where the logo leads
	New     []Action
	Nav     []NavItem
	Search  string // address of the search page
	Bell    Bell
	Person  Person
	Back    *Link // from the third level: the parent, shown as the phone's back label
	Strips  []Message
	Wide    bool // lists and calendars: full up to 1440
}

// NavItem is one entry of the navigation. An entry that the person may not see is left out by the caller.
type NavItem struct {
	Label, Href, Icon string
	Current           bool
	Phone             bool   // stands in the phone's bar; at most four
	Key               string // shortcut, as in "g q"
	Waiting           int    // how many things wait there
	Locked            string // the plan does not have it: why, and who can lift it
}

// Link is a word that leads somewhere.
type Link struct{ Label, Href string }

// Bell is the way to the notifications.
type Bell struct {
	Href   string
	Unread int
}

// Person is who is signed in.
type Person struct {
	Name, Role string
	Menu       []Action // My account, Log out
}

// phone returns the entries of the phone's bar: the marked ones, at most four.
func (f ShellFrame) phone() []NavItem {
	var bar []NavItem
	for _, n := range f.Nav {
		if n.Phone && len(bar) < 4 {
			bar = append(bar, n)
		}
	}
	return bar
}

// more returns what the phone's bar has no room for.
func (f ShellFrame) more() []NavItem {
	left, inBar := []NavItem(nil), 0
	for _, n := range f.Nav {
		if n.Phone && inBar < 4 {
			inBar++
			continue
		}
		left = append(left, n)
	}
	return left
}

// PlainFrame is the frame of pages without navigation: joining, logging in, the apex.
type PlainFrame struct {
	Page
	Company string // empty shows the product's own name
	Logo    string
	Home    string
	Links   []Link // few, on the right of the head
	Strips  []Message
	Wide    bool // the front page: two columns
}

// HomeownerFrame is the frame of the pages that a contractor's customers see.
type HomeownerFrame struct {
	Page
	Contractor Contractor
	Strips     []Message
}

// Contractor is the head of a homeowner's page.
type Contractor struct {
	Name    string
	Logo    string
	Phone   string // as people read it: 512-555-0143
	License string // "License TX-4471 · Insured"
}

// Message is one line of the strip under the header.
type Message struct {
	Tone   Tone
	Text   string
	Action *Action // one: Undo, Send it again
}

func (m Message) role() string {
	if m.Tone == Bad {
		return "alert"
	}
	return "status"
}

// productName is shown where no company is: on the apex.
const productName = "Fence Platform"

func nameOr(company string) string {
	if company == "" {
		return productName
	}
	return company
}

// telHref makes a phone number callable: digits only, with the country of version 1.
func telHref(phone string) string {
	digits := make([]byte, 0, len(phone))
	for i := range len(phone) {
		if c := phone[i]; c >= '0' && c <= '9' {
			digits = append(digits, c)
		}
	}
	switch {
	case len(digits) == 10:
		return "tel:+1" + string(digits)
	case len(digits) > 0:
		return "tel:+" + string(digits)
	}
	return ""
}
