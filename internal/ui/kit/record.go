package kit

import "github.com/a-h/templ"

// Heading is the head of a page.
type Heading struct {
	Trail     []Link // from the third level: Customer › Property
	Title     string // the one h1
	Total     string // of a list: "214"
	State     Chip
	Primary   *Action
	Secondary []Action // at most two; more belong in Menu
	Menu      []Action
}

// Fact is a label with its value, for title blocks and tables of facts.
type Fact struct {
	Label  string
	Value  string
	Href   string // makes the value a link
	Note   string // second line, quiet
	Figure bool   // a number: tabular figures
	View   templ.Component
}

// Step is the one next thing to do with a record.
type Step struct {
	Sentence string
	Action   *Action
}

// Event is one line of a timeline.
type Event struct {
	Icon   string
	Who    string // "Maria", "Support (Lee) for Maria"
	Did    string // "sent version 2 to dana@example.com"
	When   string // "10:42 AM"
	Exact  string // in the title: date, time and zone
	Stamp  string // machine-readable: 2026-03-03T10:42:00-06:00
	Before []Fact // what a change replaced; opens
	After  []Fact
	Note   string // the words of a note or message
	Undo   *Action
}

// Day groups events, newest day first.
type Day struct {
	Name   string // "Today", "Tue, Mar 3"
	Events []Event
}

// History is a record's timeline.
type History struct {
	Tabs []Tab // All, Notes, Messages, Changes
	Days []Day
	More string // address of the older ones
}

// Tab is one of several views of a page, each with its own address.
type Tab struct {
	Label, Href string
	Current     bool
	Total       string
}

// Dialog asks for a decision, or for three fields at most.
type Dialog struct {
	ID       string
	Title    string // the question: "Archive 12 customers?"
	Text     string // the consequence with numbers
	Confirm  Action // "Archive 12 customers"
	KeepVerb string // "Keep them"
}

// Meter is a limit and how much of it is used.
type Meter struct {
	Label  string
	Used   int64
	Limit  int64  // 0: no limit
	Words  string // "40 of 50 jobs"
	Resets string // "Resets on Apr 1."
	Why    string // address of the explanation
}

func (m Meter) tone() Tone {
	switch {
	case m.Limit <= 0:
		return Calm
	case m.Used >= m.Limit:
		return Bad
	case m.Used*10 >= m.Limit*8:
		return Watch
	}
	return Calm
}

// ledger tells that every fact is a number, so that they line up at the right edge.
func ledger(facts []Fact) bool {
	for _, f := range facts {
		if !f.Figure {
			return false
		}
	}
	return len(facts) > 0
}
