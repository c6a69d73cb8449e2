package adoption

import (
	"bufio"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/platform/id"
)

// report writes JSON Lines: first the source with its mapping, then a line for each row of the source, then one for
// each row of ours that is not as it should be. A report has people's names and addresses: it is for who ran it.
type report struct{ w *bufio.Writer }

func newReport(w io.Writer) *report { return &report{bufio.NewWriterSize(w, 1<<16)} }

type headLine struct {
	Source string              `json:"source"`
	Label  string              `json:"label"`
	Tables map[string]TableMap `json:"tables"` // in the form of --map
}

type rowLine struct {
	Table   string                    `json:"table"`
	Key     string                    `json:"key"`
	Outcome Outcome                   `json:"outcome"`
	ID      *id.ID                    `json:"id,omitzero"`
	Notes   []Note                    `json:"notes,omitzero"`
	Like    string                    `json:"like,omitzero"` // an earlier row that seems to be the same person
	Row     map[string]jsontext.Value `json:"row,omitzero"`  // of a skipped one, so that nothing is lost
}

type differenceLine struct {
	Table string `json:"table"`
	ID    id.ID  `json:"id"`
	Here  string `json:"here"`
}

func (r *report) line(v any) error {
	text, err := json.Marshal(v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return err
	}
	_, err = r.w.Write(append(text, '\n'))
	return err
}

func (r *report) head(p *pass, label string) error {
	h := headLine{Source: p.db.Name, Label: label, Tables: map[string]TableMap{}}
	for _, t := range p.tables {
		h.Tables[t.kind.table] = t.said()
	}
	return r.line(h)
}

func (r *report) row(t *mapped, j judged, like string) error {
	l := rowLine{Table: t.kind.table, Key: j.Key, Outcome: j.outcome, Notes: j.notes, Like: like}
	if j.outcome != Skipped {
		l.ID = &j.id
		return r.line(l)
	}
	l.Row = map[string]jsontext.Value{}
	for i, cell := range j.Cells {
		if cell.Set {
			l.Row[t.shape.Columns[i].Name] = value(cell.Text, t.shape.Columns[i].Type)
		}
	}
	return r.line(l)
}

// alike finds customers who seem to be the same person, by mail or phone. Both are taken: which of two is right is
// for people to say, and quotes belong to either.
type alike map[string]string

func (a alike) find(j judged) (earlier string) {
	c, ok := j.ours.(*customer)
	if !ok {
		return ""
	}
	for _, mark := range []string{c.Email, c.Phone} {
		if mark == "" {
			continue
		}
		if first, found := a[mark]; found {
			earlier = first
		} else {
			a[mark] = j.Key
		}
	}
	return earlier
}
