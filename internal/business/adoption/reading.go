package adoption

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/adoption/source"
	"fenceplatform.com/fence/internal/platform/id"
)

// Note says what could not be kept as it was, and why.
type Note struct {
	Column string `json:"column,omitzero"`
	Value  string `json:"value,omitzero"`
	Why    string `json:"why"`
}

// reading is one row of the source while it becomes ours. A column is settled when its value was read whole; what
// is not settled goes to extra.
type reading struct {
	*pass
	table   *mapped
	row     source.Row
	id      id.ID
	settled []bool
	notes   []Note
	empty   bool // no column but the key has anything
}

func (r *reading) note(i int, format string, args ...any) {
	n := Note{Why: fmt.Sprintf(format, args...)}
	if i >= 0 {
		n.Column = r.table.shape.Columns[i].Name
		n.Value, _ = cut(r.row.Cells[i].Text, 80)
	}
	r.notes = append(r.notes, n)
}

// cell is a field's text and column. A field without a column, NULL and a text of spaces are nothing.
func (r *reading) cell(name string) (text string, column int, ok bool) {
	i, found := r.table.columns[name]
	if !found || !r.row.Cells[i].Set {
		return "", -1, false
	}
	if strings.TrimSpace(r.row.Cells[i].Text) == "" {
		r.settled[i] = true
		return "", -1, false
	}
	return r.row.Cells[i].Text, i, true
}

// line reads a text of one line, paragraphs one with breaks. What is too long is cut and kept whole in extra.
func (r *reading) line(name string, most int) string { return r.text(name, most, false) }

func (r *reading) paragraphs(name string, most int) string { return r.text(name, most, true) }

func (r *reading) text(name string, most int, paragraphs bool) string {
	text, i, ok := r.cell(name)
	if !ok {
		return ""
	}
	cleaned, same := clean(text, paragraphs)
	if !same {
		r.note(i, "letters that cannot be shown were taken out")
	}
	short, whole := cut(cleaned, most)
	if !whole {
		r.note(i, "cut to %d letters; the whole text is in extra", most)
	}
	r.settled[i] = same && whole
	return short
}

// refuse leaves a field's value in extra.
func (r *reading) refuse(name, why string) {
	if i, found := r.table.columns[name]; found {
		r.settled[i] = false
		r.note(i, "%s", why)
	}
}

// amount reads money as cents.
func (r *reading) amount(name string) *int64 {
	text, i, ok := r.cell(name)
	if !ok {
		return nil
	}
	c, exact, ok := cents(text, r.table.cents[i])
	if !ok {
		r.note(i, "is no amount of dollars; it is in extra")
		return nil
	}
	if !exact {
		r.note(i, "rounded to the cent; the amount as it was is in extra")
	}
	r.settled[i] = exact
	v := int64(c)
	return &v
}

// decimal reads a number within bounds.
func (r *reading) decimal(name string, least, most float64) *float64 {
	text, i, ok := r.cell(name)
	if !ok {
		return nil
	}
	n, ok := number(text)
	if !ok {
		r.note(i, "is no number; it is in extra")
		return nil
	}
	v, _ := n.Float64() // the nearest one
	if v < least || v > most || math.IsInf(v, 0) {
		r.note(i, "is out of bounds; it is in extra")
		return nil
	}
	r.settled[i] = true
	return &v
}

// time reads a moment: a column of type timestamp in the zone of the old server, whose now() wrote it; a text in
// the company's zone, where people wrote it; unless the map says where.
func (r *reading) time(name string) *time.Time {
	text, i, ok := r.cell(name)
	if !ok {
		return nil
	}
	zone := r.home
	if r.table.shape.Columns[i].Type == "timestamp" {
		zone = r.server
	}
	at, ok := moment(text, zone)
	if !ok {
		r.note(i, "is no date that we can read; it is in extra")
		return nil
	}
	r.settled[i] = true
	return &at
}

// timeOr is a moment, or another one when there is none.
func (r *reading) timeOr(name string, other time.Time) time.Time {
	if at := r.time(name); at != nil {
		return *at
	}
	return other
}

// word reads a text that stands for one of our words. One that we do not know is in extra, and otherwise stands.
func (r *reading) word(name string, words map[string]string, otherwise string) string {
	text, i, ok := r.cell(name)
	if !ok {
		return otherwise
	}
	if word, known := words[plain(text)]; known {
		r.settled[i] = true
		return word
	}
	r.note(i, "is no word that we know; taken as %s, and in extra as it was", otherwise)
	return otherwise
}

// object reads a document. What is not an object is wrapped, so that the engine's documents are always objects.
func (r *reading) object(name string) jsontext.Value {
	text, i, ok := r.cell(name)
	if !ok {
		return jsontext.Value("{}")
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") && keepable(text) {
		if v, err := canonical([]byte(text)); err == nil {
			r.settled[i] = true
			return v
		}
	}
	r.note(i, "is no JSON object; it is in extra")
	return jsontext.Value("{}")
}

// reference finds the row that a field refers to among those that are taken. Old programs wrote the same key in
// several ways.
func (r *reading) reference(name, table string, taken func(id.ID) bool) *id.ID {
	text, i, ok := r.cell(name)
	if !ok {
		return nil
	}
	text = strings.TrimSpace(text)
	for _, key := range []string{text, strings.ToLower(text), strings.TrimSuffix(text, ".0")} {
		if other := r.derive(table, key); taken(other) {
			r.settled[i] = true
			return &other
		}
	}
	r.note(i, "refers to nothing that is there; taken without it, and in extra")
	return nil
}

// extra is every column that is not settled and has a value.
func (r *reading) extra() jsontext.Value {
	members := map[string]jsontext.Value{}
	for i, cell := range r.row.Cells {
		if cell.Set && !r.settled[i] {
			c := r.table.shape.Columns[i]
			name, _ := clean(c.Name, false)
			members[name] = value(cell.Text, c.Type)
		}
	}
	v, err := document(members)
	if err != nil {
		return jsontext.Value("{}") // cannot be: every member was checked
	}
	return v
}
