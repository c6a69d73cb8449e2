package prices

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// question is a field of a form: its name is the JSON pointer of the operation's input without the first slash.
type question struct{ name, label string }

// form is a form of this area as it is shown: what is typed in it, and what is wrong with that.
type form struct {
	may
	action    string
	cancel    string
	submit    string
	version   int
	questions []question
	values    url.Values
	problems  kit.Problems
}

// field is a question with its label, value and error.
func (f form) field(k kit.Field) kit.Field {
	if k.Label == "" {
		k.Label = label(f.questions, k.Name)
	}
	k.Value, k.Error = f.values.Get(k.Name), f.problems.For(k.Name)
	return k
}

// problem tells whether one of the names has one: what is folded away then stays open.
func (f form) problem(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return f.problems.For(name) != "" })
}

// frame is the kit's form. With script it looks at the sample yard while somebody types.
func (f form) frame(looks bool) kit.Form {
	k := kit.Form{Action: f.action, Version: int64(f.version), Problems: f.problems, Draft: strings.TrimPrefix(f.action, "/")}
	if looks {
		k.Attrs = map[string]any{"hx-post": f.look(), "hx-trigger": "input delay:350ms", "hx-target": "#look", "hx-swap": "outerHTML"}
	}
	return k
}

func (f form) look() string { return f.action + "/look" }

func label(questions []question, name string) string {
	for _, q := range questions {
		if q.name == name {
			return q.label
		}
	}
	return name
}

// asked is a form that was sent.
type asked struct {
	questions []question
	saved     string // the notice
	next      string // where it leads
	again     func(kit.Problems) error
	conflict  func() error
}

// settle answers a form: saved, back with its problems, or both versions side by side.
func (h *Handlers) settle(w http.ResponseWriter, r *http.Request, err error, q asked) error {
	switch {
	case err == nil:
		shell.Notify(w, q.saved, nil)
		return shell.SeeOther(w, r, q.next)
	case fault.Is(err, fault.Invalid):
		return q.again(problemsOf(err, q.questions))
	case q.conflict != nil && fault.As(err).Code == fault.CodeStale:
		return q.conflict()
	}
	return err
}

func failed(p shell.Page) shell.Page {
	p.Problem, p.Status = true, http.StatusUnprocessableEntity
	return p
}

// problemsOf sets the problems in the order of the form and names the field in each: in the summary they stand
// without it.
func problemsOf(err error, questions []question) kit.Problems {
	problems := kit.ProblemsOf(err)
	for i := range problems {
		p := &problems[i]
		name := nearest(questions, strings.TrimPrefix(p.Pointer, "/"))
		if name == "" {
			continue
		}
		p.Pointer, p.Message = "/"+name, named(label(questions, name), p.Message)
	}
	slices.SortStableFunc(problems, func(a, b fault.Field) int { return place(questions, a) - place(questions, b) })
	return slices.CompactFunc(problems, func(a, b fault.Field) bool { return a.Pointer == b.Pointer })
}

// nearest is the question that a pointer leads to: a row of a list is answered in the list's own field.
func nearest(questions []question, name string) string {
	for name != "" {
		if slices.ContainsFunc(questions, func(q question) bool { return q.name == name }) {
			return name
		}
		i := strings.LastIndexByte(name, '/')
		name = name[:max(i, 0)]
	}
	return ""
}

func place(questions []question, p fault.Field) int {
	i := slices.IndexFunc(questions, func(q question) bool { return "/"+q.name == p.Pointer })
	if i < 0 {
		return len(questions)
	}
	return i
}

// named says what a message is about. Messages of the engine go on in small letters ("must lie between ..."),
// those of the forms are sentences; one that begins with Enter, Choose or Give already says what is wanted.
func named(label, message string) string {
	first, _ := utf8.DecodeRuneInString(message)
	switch {
	case unicode.IsLower(first):
		return label + " " + message + "."
	case strings.HasPrefix(message, "Enter a number from"), strings.HasPrefix(message, "At most"), strings.HasPrefix(message, "Take out"):
		return label + ": " + strings.ToLower(message[:1]) + message[1:]
	}
	return message
}

// both sets what was typed beside what somebody else saved meanwhile. Nothing was overwritten.
type both struct {
	noun      string
	parent    kit.Link
	action    string
	keep      string
	questions []question
	mine      url.Values
	hers      url.Values
	began     url.Values // what the form was filled with; nil when that is not known any more
	version   int
	entries   []audit.Entry
}

func (h *Handlers) sideBySide(w http.ResponseWriter, r *http.Request, b both) error {
	c := kit.Conflict{Noun: b.noun, Action: b.action, Theirs: int64(b.version), Keep: b.keep}
	shell.Blame(&c, caller.Of(r).Actor, b.entries)
	var base map[string]string
	if b.began != nil {
		base = map[string]string{}
		for _, q := range b.questions {
			base[q.name] = lines(b.began.Get(q.name))
		}
	}
	for _, q := range b.questions {
		c.Compare(base, kit.Difference{Name: q.name, Label: q.label, Yours: lines(b.mine.Get(q.name)), Hers: lines(b.hers.Get(q.name))})
	}
	p := below("Two people changed this "+b.noun, b.parent.Label, b.parent.Href)
	p.Status = http.StatusPreconditionFailed
	return h.Pages.Show(w, r, p, kit.ConflictPage(c))
}

// began is what a form was filled with: the record as it was at the version, from the entry that changed it.
func began[T any](entries []audit.Entry, r *http.Request, values func(T) url.Values) url.Values {
	version, err := shell.Version(r)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if at, is := e.Before["version"].(float64); !is || int(at) != version {
			continue
		}
		text, err := json.Marshal(e.Before)
		var record T
		if err == nil && json.Unmarshal(text, &record) == nil {
			return values(record)
		}
	}
	return nil
}

// lines makes the line ends of browsers plain.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// history turns audit entries into a timeline: what is nested gets the name of its question, amounts are written
// as people read them.
func history(r *http.Request, entries []audit.Entry, deeds map[string]shell.Deed, questions []question, say func(name string, v any) any) kit.History {
	names := map[string]string{}
	for _, q := range questions {
		names[q.name] = q.label
	}
	flat := make([]audit.Entry, 0, len(entries))
	for _, e := range entries {
		if _, known := deeds[e.Action]; known {
			e.Before, e.After = flatten(e.Before, say), flatten(e.After, say)
			flat = append(flat, e)
		}
	}
	c := caller.Of(r)
	return shell.Timeline(c.Actor, c.Now, flat, deeds, names)
}

func flatten(record map[string]any, say func(string, any) any) map[string]any {
	if record == nil {
		return nil
	}
	flat := map[string]any{}
	for name, v := range record {
		if inner, nested := v.(map[string]any); nested {
			for below, v := range flatten(inner, func(_ string, v any) any { return v }) {
				flat[name+"/"+below] = said(name+"/"+below, v, say)
			}
			continue
		}
		flat[name] = said(name, v, say)
	}
	return flat
}

func said(name string, v any, say func(string, any) any) any {
	cents, number := v.(float64)
	if number && (strings.HasSuffix(name, "_cents") || strings.Contains(name, "cents_per_")) {
		return money.Cents(cents).String()
	}
	list, isList := v.([]any)
	if !isList {
		return say(name, v)
	}
	rows := make([]string, 0, len(list))
	for _, row := range list {
		switch row := row.(type) {
		case string:
			rows = append(rows, row)
		case map[string]any:
			words := make([]string, 0, len(row))
			for _, part := range slices.Sorted(maps.Keys(row)) {
				if s, text := row[part].(string); text {
					words = append(words, s)
				}
			}
			rows = append(rows, strings.Join(words, ": "))
		}
	}
	return strings.Join(rows, " · ")
}

func asIs(_ string, v any) any { return v }

// words is the sentence of a refusal; empty when nothing was refused.
func words(err error) string {
	if err == nil {
		return ""
	}
	return fault.As(err).Message
}
