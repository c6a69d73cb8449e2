package sketches

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/runtable"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// saveTable keeps the table as it was typed, and then does what the pressed button says: every button of the form
// saves, so that none loses what was typed beside it.
func (h *Handlers) saveTable(w http.ResponseWriter, r *http.Request) error {
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	s, err := h.read(r)
	if err != nil {
		return err
	}
	saved := rowsOf(s.SketchRecord)
	runs, next := fieldsFrom(r.PostForm)
	do := r.PostForm.Get("do")
	runs = removed(runs, do)
	typing := s.tableWith(slices.Clone(runs), next, saved)
	typing.Name = r.PostForm.Get("name")

	rows, err := rowsFrom(runs, next, saved)
	if err == nil && do == "close" {
		rows, err = closed(s.Drawing.Layout, rows)
	}
	var in quoting.SaveSketchInput
	if err == nil {
		in, err = s.drawn(rows)
	}
	if err == nil {
		in.Version, in.Name = version, typing.Name
		err = h.keep(r, s, in)
	}
	switch {
	case fault.Is(err, fault.Invalid):
		typing.Problems = kit.ProblemsOf(err)
		return h.again(w, r, s, typing, http.StatusUnprocessableEntity)
	case err != nil && fault.As(err).Code == fault.CodeStale:
		typing.Meanwhile = meanwhile(r, s, rows, saved)
		return h.again(w, r, s, typing, http.StatusPreconditionFailed)
	case err != nil:
		return err
	}
	return shell.SeeOther(w, r, Path(s.Sketch.ID)+"/table"+landing(do))
}

// keep saves what has changed.
func (h *Handlers) keep(r *http.Request, s sketch, in quoting.SaveSketchInput) error {
	if in.Layout == nil && (in.Name == s.Sketch.Name || in.Name == "") {
		return nil
	}
	if in.Layout == nil {
		in.Layout = s.Sketch.Layout
	}
	_, err := h.Sketches.SaveSketch(r.Context(), caller.Of(r).Actor, s.Sketch.ID, in)
	return err
}

// again shows the form as it was typed, beside the drawing as it is saved.
func (h *Handlers) again(w http.ResponseWriter, r *http.Request, s sketch, typing table, status int) error {
	s.Table = typing
	p := s.page()
	p.Problem, p.Status = true, status
	return h.Pages.Show(w, r, p, sketchPage(s))
}

// landing brings a person who draws by the table back to the row that comes next.
func landing(do string) string {
	if do == "add-run" {
		return "#next-run"
	}
	return ""
}

// removed leaves out the run or gate whose button was pressed: remove-run:2, remove-gate:0:1.
func removed(runs []runFields, do string) []runFields {
	parts := strings.Split(do, ":")
	at := func(i int) int {
		if i >= len(parts) {
			return -1
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return -1
		}
		return n
	}
	run, gate := at(1), at(2)
	if run < 0 || run >= len(runs) {
		return runs
	}
	switch {
	case parts[0] == "remove-run":
		return slices.Delete(runs, run, run+1)
	case parts[0] == "remove-gate" && gate >= 0 && gate < len(runs[run].Gates):
		runs[run].Gates = slices.Delete(runs[run].Gates, gate, gate+1)
	}
	return runs
}

func closed(l takeoff.Layout, rows []runtable.Row) ([]runtable.Row, error) {
	out, ok := runtable.CloseLoop(l, rows)
	if !ok {
		return nil, fault.InvalidField("/do", "There is no open line of two runs to close.")
	}
	return out, nil
}

// drawn makes the document of the rows; without a change there is none. A style that a run names is taken into the
// drawing, so that the drawing can be taken off by itself.
func (s sketch) drawn(rows []runtable.Row) (quoting.SaveSketchInput, error) {
	base := s.Drawing.Layout
	base.Styles = maps.Clone(base.Styles)
	for i, r := range rows {
		if _, there := base.Styles[r.Style]; r.Style == "" || there {
			continue
		}
		style := slices.IndexFunc(s.Styles, func(st pricing.Style) bool { return st.Key == r.Style })
		if style < 0 {
			return quoting.SaveSketchInput{}, fault.InvalidField(fmt.Sprintf("/runs/%d/style", i), "Choose a style of your price list.")
		}
		if base.Styles == nil {
			base.Styles = map[string]takeoff.Style{}
		}
		base.Styles[r.Style] = s.Styles[style].Document
	}
	layout, notes, err := runtable.Build(base, s.Drawing.Extras.Runs, rows)
	if err != nil {
		return quoting.SaveSketchInput{}, err
	}
	in := quoting.SaveSketchInput{Extras: quoting.Extras{Runs: notes, Marks: s.Drawing.Extras.Marks}}
	if reflect.DeepEqual(layout, s.Drawing.Layout) && reflect.DeepEqual(notes, s.Drawing.Extras.Runs) {
		return in, nil
	}
	in.Layout, err = json.Marshal(layout)
	return in, err
}

// meanwhile says who saved first, and what differs.
func meanwhile(r *http.Request, s sketch, yours, theirs []runtable.Row) []string {
	who, when := "Someone", ""
	if len(s.Timeline) > 0 {
		who, when = s.Timeline[0].ActorName, " at "+s.SavedAt
	}
	lines := []string{who + " changed this sketch" + when + " while you were editing. The table below is yours; the drawing and the prices are what is saved. Update saves yours over it."}
	return append(lines, differences(yours, theirs, who)...)
}
