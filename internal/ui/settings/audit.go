package settings

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const auditPath = "/settings/audit"

func (h *Handlers) auditRoutes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET " + auditPath, Needs: tenancy.AuditRead, Serve: h.auditLog},
		{Pattern: "GET " + auditPath + "/{seq}", Needs: tenancy.AuditRead, Serve: h.auditEntry},
		{Pattern: "POST " + auditPath + "/export", Needs: tenancy.AuditRead, Serve: h.exportAudit},
	}
}

// auditFilter is the filter as it stands in the address and in the form.
type auditFilter struct {
	Person, Record, RecordID, Action, From, To string
	Problems                                   kit.Problems
}

func filterFrom(v url.Values) auditFilter {
	return auditFilter{Person: v.Get("person"), Record: v.Get("record"), RecordID: v.Get("record_id"), Action: v.Get("action"), From: v.Get("from"), To: v.Get("to")}
}

// values are what of the filter is chosen.
func (f auditFilter) values() []kit.Hidden {
	var all []kit.Hidden
	for _, v := range []kit.Hidden{{Name: "person", Value: f.Person}, {Name: "record", Value: f.Record}, {Name: "record_id", Value: f.RecordID},
		{Name: "action", Value: f.Action}, {Name: "from", Value: f.From}, {Name: "to", Value: f.To}} {
		if v.Value != "" {
			all = append(all, v)
		}
	}
	return all
}

// read turns what was chosen into the log's filter. Days are the company's own; the last one is within.
func (f auditFilter) read(zone *time.Location) (audit.Filter, error) {
	var p fault.Problems
	out := audit.Filter{RecordType: f.Record, Action: f.Action}
	for _, v := range []struct {
		text, at string
		dst      *id.ID
	}{{f.Person, "/person", &out.Person}, {f.RecordID, "/record_id", &out.RecordID}} {
		if v.text == "" {
			continue
		}
		parsed, err := id.Parse(v.text)
		if err != nil {
			p.Add(v.at, "This is not an id.")
		}
		*v.dst = parsed
	}
	day := func(text, at string) time.Time {
		if text == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(time.DateOnly, text, zone)
		if err != nil {
			p.Add(at, "Enter a day like 2026-03-03.")
		}
		return t
	}
	out.From = day(f.From, "/from")
	if to := day(f.To, "/to"); !to.IsZero() {
		out.To = to.AddDate(0, 0, 1)
	}
	if !out.From.IsZero() && !out.To.IsZero() && !out.From.Before(out.To) {
		p.Add("/to", "The last day lies before the first.")
	}
	return out, p.Err()
}

// auditPage is the log as it is shown.
type auditPage struct {
	Filter  auditFilter
	People  []kit.Option
	Actions []kit.Option
	List    kit.List
	Proof   kit.Message
	Exports []kit.Action
}

func (h *Handlers) auditLog(w http.ResponseWriter, r *http.Request) error {
	c, q := caller.Of(r), r.URL.Query()
	view, p := auditPage{Filter: filterFrom(q)}, page("Audit log")
	p.Wide = true
	f, err := view.Filter.read(c.Actor.Org.Zone())
	if err != nil {
		view.Filter.Problems, p = kit.ProblemsOf(err), failed(p)
		f = audit.Filter{}
	}
	f.After = q.Get("after")
	found, err := audit.List(r.Context(), h.DB, c.Actor, f)
	if err != nil {
		return err
	}
	view.List = logList(found, c, view.Filter)
	if err := h.choices(r, &view); err != nil {
		return err
	}
	proof, err := audit.Prove(r.Context(), h.DB, c.Actor)
	if err != nil {
		return err
	}
	view.Proof = proofMessage(proof, c.Actor.Org.Zone(), c.Now)
	view.Exports = exportActions(c, view.Filter)
	return h.Pages.Show(w, r, p, auditView(view))
}

// choices are the people and actions to choose from.
func (h *Handlers) choices(r *http.Request, view *auditPage) error {
	a := caller.Of(r).Actor
	view.People = []kit.Option{{Label: "Everybody"}}
	if a.May(tenancy.PeopleRead) {
		people, err := h.Identity.People(r.Context(), a)
		if err != nil {
			return err
		}
		for _, u := range people.Users {
			view.People = append(view.People, kit.Option{Value: u.ID.String(), Label: u.Name})
		}
	}
	actions, err := audit.Actions(r.Context(), h.DB, a)
	view.Actions = []kit.Option{{Label: "Everything"}}
	for _, action := range actions {
		view.Actions = append(view.Actions, kit.Option{Value: action, Label: actionWords(action)})
	}
	return err
}

func proofMessage(p audit.Proof, zone *time.Location, now time.Time) kit.Message {
	if p.Broken != 0 {
		return kit.Message{Tone: kit.Bad, Text: fmt.Sprintf("The chain does not hold: %s. Nothing from entry %d on is proved. Call us, and run fence audit verify.", p.Says, p.Broken)}
	}
	at := p.UpTo.In(zone)
	when := at.Format("3:04 PM")
	if name := shell.DayName(at, now.In(zone)); name != "Today" {
		when = name + ", " + when
	}
	text := "Chain verified up to " + when + "."
	if p.First > 1 {
		text += fmt.Sprintf(" Looked at the newest %s entries; fence audit verify walks all.", kit.Figure(p.Last-p.First+1))
	}
	return kit.Message{Tone: kit.Good, Text: text}
}

func exportActions(c *caller.Caller, f auditFilter) []kit.Action {
	if !c.Actor.May(tenancy.DataExport) {
		return nil
	}
	refused := ""
	if err := c.Actor.RequireFeature(plan.FeatureLogExport, c.Now); err != nil {
		refused = fault.As(err).Message
	}
	var actions []kit.Action
	for _, format := range []struct {
		key   audit.Format
		label string
	}{{audit.CSV, "Export CSV"}, {audit.JSONLines, "Export JSON Lines"}} {
		actions = append(actions, kit.Action{Label: format.label, Icon: "download", Href: auditPath + "/export", Post: true, Refused: refused,
			Hidden: append(f.values(), kit.Hidden{Name: "format", Value: string(format.key)})})
	}
	return actions
}

func logList(found audit.Page, c *caller.Caller, f auditFilter) kit.List {
	zone := c.Actor.Org.Zone()
	l := kit.List{
		Name: "Audit log",
		Columns: []kit.Column{
			{Label: "What", Priority: 1}, {Label: "Who", Priority: 2, Phone: kit.PhoneSecond}, {Label: "When", Priority: 2, Phone: kit.PhoneRight}, {Label: "Record", Priority: 3},
		},
		Empty: kit.Empty{Heading: "Nothing was done like this", Text: "Take a part of the filter away.", Actions: []kit.Action{{Label: "Show everything", Href: auditPath}}},
	}
	for _, e := range found.Entries {
		at := e.At.In(zone)
		l.Rows = append(l.Rows, kit.Row{ID: strconv.FormatInt(e.Seq, 10), Href: auditPath + "/" + strconv.FormatInt(e.Seq, 10), Cells: []kit.Cell{
			{Text: actionWords(e.Action)}, {Text: who(e)}, {Text: shell.DayName(at, c.Now.In(zone)) + ", " + at.Format("3:04 PM"), Title: at.Format("Mon, Jan 2, 2006, 3:04:05 PM MST")},
			{Text: recordName(e), Title: e.RecordType + " " + e.RecordID.String()},
		}})
	}
	if found.Next != "" {
		more := url.Values{"after": {found.Next}}
		for _, v := range f.values() {
			more.Set(v.Name, v.Value)
		}
		l.More = auditPath + "?" + more.Encode()
	}
	return l
}

func (h *Handlers) auditEntry(w http.ResponseWriter, r *http.Request) error {
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil || seq < 1 {
		return fault.Missing()
	}
	c := caller.Of(r)
	e, err := audit.Get(r.Context(), h.DB, c.Actor, seq)
	if err != nil {
		return err
	}
	p := shell.Page{Title: fmt.Sprintf("Entry %d", e.Seq), Area: shell.AreaSettings, Back: &kit.Link{Label: "Audit log", Href: auditPath}}
	return h.Pages.Show(w, r, p, entryView(entryOf(e, c.Actor.Org.Zone())))
}

func (h *Handlers) exportAudit(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	f, err := filterFrom(r.PostForm).read(a.Org.Zone())
	if err != nil {
		return err
	}
	format, begun := audit.Format(r.PostForm.Get("format")), false
	media := map[audit.Format]string{audit.CSV: "text/csv; charset=utf-8", audit.JSONLines: "application/jsonl; charset=utf-8"}
	err = audit.Export(r.Context(), h.DB, a, f, format, func(int64) io.Writer {
		begun = true
		w.Header().Set("Content-Type", media[format])
		w.Header().Set("Content-Disposition", `attachment; filename="audit-`+a.Org.Slug+"-"+caller.Of(r).Now.In(a.Org.Zone()).Format(time.DateOnly)+"."+string(format)+`"`)
		w.Header().Set("Cache-Control", "no-store")
		return w
	})
	if err != nil && begun {
		panic(http.ErrAbortHandler) // half a log must not look like a whole one: the download breaks off
	}
	return err
}

// actionWords reads "api_key.created" as "API key created".
func actionWords(action string) string {
	text := strings.NewReplacer("api_key", "API key", "_", " ", ".", " ").Replace(action)
	if text == "" {
		return action
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// who reads both actors: the one who did it, and for whom.
func who(e audit.Entry) string {
	name := e.ActorName
	switch tenancy.ActorKind(e.ActorKind) {
	case tenancy.Homeowner:
		name += " (customer, by link)"
	case tenancy.Support:
		name += " (Fence support)"
		if e.Behalf != "" {
			return name + ", let in by " + e.Behalf
		}
	case tenancy.Key:
		name += " (API key)"
	case tenancy.Visitor:
		name = "Somebody not logged in"
	}
	if e.Behalf != "" {
		name += " for " + e.Behalf
	}
	if e.ViewsAs != "" {
		name += ", viewing as " + e.ViewsAs
	}
	return name
}
