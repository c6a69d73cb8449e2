package kit

import (
	"strconv"

	"github.com/a-h/templ"
)

// List is a page's list: views, filter line, table, the way to more.
type List struct {
	Name    string // what it lists: "Quotes"
	Views   []Tab
	Filter  *Filter
	Columns []Column
	Rows    []Row
	More    string // address of the next page; "" at the end
	Empty   Empty  // shown without rows
	Failed  *Failure
}

// Filter is the one line above a table. It is a form that is sent with GET, so that the address keeps it.
type Filter struct {
	Action string // the list's own address
	Query  string // what the search box holds
	Label  string // what can be searched: "Name, phone, street"
	Keep   []Hidden
	Chips  []FilterChip
	Sort   string
	Sorts  []Option
}

// FilterChip is one condition in plain words; its link is the list without it.
type FilterChip struct{ Words, Without string }

// Column is one column of a list. From 1,200 px all show, from 900 priorities 1 to 3, from 640 1 and 2; below,
// a row becomes two lines.
type Column struct {
	Label    string
	Priority int  // 1 name and state, 2 money or date, 3 person and place, 4 the rest
	Figure   bool // numbers: right-aligned, tabular
	Phone    PhonePlace
}

// PhonePlace is where a cell stands in the two lines of a phone's row.
type PhonePlace string

// Places in a phone's row. The first column is the name, whatever it says.
const (
	PhoneHidden PhonePlace = ""
	PhoneRight  PhonePlace = "right"  // first line, right edge: money
	PhoneSecond PhonePlace = "second" // second line: state · place · age
)

// Row is one thing. The whole row is the link.
type Row struct {
	ID    string
	Href  string
	Cells []Cell // as many as Columns
	Menu  []Action
}

// Cell is a value of a row; View shows something other than text.
type Cell struct {
	Text  string
	Title string // the exact form: cents, date and time
	Chip  Chip
	View  templ.Component
}

// Empty says what will be here and the one way to start.
type Empty struct {
	Heading string
	Text    string
	Actions []Action
}

// Failure is a list that could not be read: the filter line stays.
type Failure struct {
	Text    string
	Retry   string
	Request string // number to name on the phone
}

func (l List) column(i int) Column {
	if i < len(l.Columns) {
		return l.Columns[i]
	}
	return Column{}
}

// class is how the style sheet knows a column.
func (c Column) class(i int) string {
	name := "p" + strconv.Itoa(max(c.Priority, 1))
	if c.Figure {
		name += " figure"
	}
	switch {
	case i == 0:
		name += " name"
	case c.Phone != PhoneHidden:
		name += " on-" + string(c.Phone)
	}
	return name
}

// rowName names a row for readers: the text of its first cell.
func (r Row) rowName() string {
	if len(r.Cells) == 0 {
		return ""
	}
	return r.Cells[0].Text
}

func (l List) menus() bool {
	for _, r := range l.Rows {
		if len(r.Menu) > 0 {
			return true
		}
	}
	return false
}
