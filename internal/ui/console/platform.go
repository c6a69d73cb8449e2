package console

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// listedPage is a page that is figures and a list.
type listedPage struct {
	Heading kit.Heading
	Facts   []kit.Fact
	Strip   *kit.Message
	List    kit.List
	Second  *secondList
	Funnel  []kit.Fact
}

type secondList struct {
	Title string
	List  kit.List
}

func (h *Handlers) signUps(w http.ResponseWriter, r *http.Request) error {
	found, err := h.Console.SignUps(r.Context(), r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	taken := h.Console.Payments != nil
	l := kit.List{
		Name: "Sign-ups",
		Columns: []kit.Column{{Label: "Company", Priority: 1}, {Label: "How far", Priority: 1, Phone: kit.PhoneRight}, {Label: "Waits for", Priority: 2, Phone: kit.PhoneSecond},
			{Label: "Signed up", Priority: 2}, {Label: "From", Priority: 3}},
		Empty: kit.Empty{Heading: "Nobody has signed up yet", Text: "Who does stands here, with the step at which it is stuck."},
	}
	stuck := 0
	for _, u := range found.Lines {
		chip, waits := kit.Chip{Word: "Done", Tone: kit.Good}, ""
		if step, is := u.StuckStep(taken, found.Now); is {
			stuck++
			chip, waits = kit.Chip{Word: "Stuck", Tone: kit.Bad}, step.Name+": "+step.Say
		} else if step, is := nextStep(u.SignUp, taken, found.Now); is {
			chip, waits = stepChip(step.State), step.Name+": "+step.Say
		}
		l.Rows = append(l.Rows, kit.Row{ID: u.OrgID.String(), Href: pathOf(u.OrgID, ""), Cells: []kit.Cell{{Text: u.Name, Title: u.Host}, {Chip: chip}, {Text: waits}, {Text: ago(u.CreatedAt, found.Now), Title: moment(u.CreatedAt)}, {Text: u.Source}}})
	}
	if found.Next != "" {
		l.More = signUps + "?after=" + url.QueryEscape(found.Next)
	}
	view := listedPage{Heading: kit.Heading{Title: "Sign-ups"}, List: l}
	if stuck > 0 {
		view.Strip = &kit.Message{Tone: kit.Watch, Text: "Of those below, " + kit.Count(stuck, "sign-up is", "sign-ups are") + " stuck."}
	}
	if r.URL.Query().Get("after") == "" {
		steps, err := h.Console.Funnel(r.Context())
		if err != nil {
			return err
		}
		view.Funnel = funnelFacts(steps)
	}
	return h.Pages.OperatorPage(w, r, shell.Page{Title: "Sign-ups", Wide: true}, listedView(view))
}

// funnel are the steps in the order in which companies come to them, with their words.
var funnel = []struct{ event, detail, words string }{
	{"signup_submitted", "", "Signed up"}, {"first_login", "", "Came in"}, {"email_verified", "", "Confirmed the address"},
	{"checklist_step_done", "company", "Said phone and license"}, {"checklist_step_done", "color", "Chose a color"}, {"checklist_step_done", "area", "Said where they work"},
	{"checklist_step_done", "tiers", "Checked the tiers"}, {"checklist_step_done", "customer", "Added a customer"}, {"checklist_step_done", "sketch", "Drew a sketch"},
	{"first_quote_sent", "", "Sent a quote"}, {"first_quote_viewed", "", "Had a quote read"}, {"first_quote_accepted", "", "Had a quote accepted"},
	{"teammate_invited", "", "Invited somebody"}, {"limit_warned", "", "Came near a limit"}, {"limit_hit", "", "Came to a limit"},
	{"checkout_started", "", "Began to buy"}, {"subscription_started", "", "Have a subscription"}, {"plan_changed", "", "Changed the plan"}, {"churned", "", "Left"},
}

func funnelFacts(found []console.FunnelStep) []kit.Fact {
	count := map[[2]string]int64{}
	for _, s := range found {
		count[[2]string{s.Event, s.Detail}] = s.Companies
	}
	var facts []kit.Fact
	all := count[[2]string{"signup_submitted", ""}]
	for _, step := range funnel {
		n := count[[2]string{step.event, step.detail}]
		f := kit.Fact{Label: step.words, Value: kit.Figure(n), Figure: true}
		if all > 0 {
			f.Note = kit.Figure(100*n/all) + " %"
		}
		facts = append(facts, f)
	}
	return facts
}

// nextStep is the first one that is not done.
func nextStep(u console.SignUp, taken bool, now time.Time) (console.Step, bool) {
	for _, s := range u.Steps(taken, now) {
		if s.State != console.Done {
			return s, true
		}
	}
	return console.Step{}, false
}

// workPage is what is stuck, by kind and one by one.
type workPage struct {
	Kinds  []kindLine
	Kind   string
	List   kit.List
	Within kit.Heading
}

type kindLine struct {
	Kind   string
	Words  string
	Href   string
	Action kit.Action
}

func (h *Handlers) work(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	kinds, err := h.Console.TroubleByKind(r.Context())
	if err != nil {
		return err
	}
	before := int64(0)
	if text := q.Get("after"); text != "" {
		if before, err = strconv.ParseInt(text, 10, 64); err != nil || before < 1 {
			return fault.InvalidField("/after", "This is not a cursor of this list.")
		}
	}
	found, err := h.Console.Trouble(r.Context(), console.TroubleFilter{Kind: q.Get("kind"), Before: before})
	if err != nil {
		return err
	}
	now, view := time.Now(), workPage{Kind: q.Get("kind"), Within: kit.Heading{Title: "Stuck work"}}
	for _, k := range kinds {
		words := kit.Count(int(k.Count), "task", "tasks") + ", the oldest from " + ago(k.Oldest, now)
		if k.GivenUp > 0 {
			words += "; " + kit.Figure(k.GivenUp) + " given up"
		}
		view.Kinds = append(view.Kinds, kindLine{Kind: k.Kind, Words: words, Href: work + "?kind=" + url.QueryEscape(k.Kind),
			Action: kit.Action{Label: "Try all again", Href: work + "/again", Post: true, Hidden: []kit.Hidden{{Name: "kind", Value: k.Kind}}}})
	}
	more := ""
	if len(found) > tasksShown {
		found = found[:tasksShown]
		more = work + "?after=" + strconv.FormatInt(found[tasksShown-1].ID, 10) + "&kind=" + url.QueryEscape(view.Kind)
	}
	view.List = taskList(found, now, more, kit.Empty{Heading: "Nothing is stuck", Text: "Tasks that fail or are late stand here."})
	return h.Pages.OperatorPage(w, r, shell.Page{Title: "Stuck work", Wide: true}, workView(view))
}

// tasksShown is a page of tasks.
const tasksShown = 50

func taskList(tasks []console.Task, now time.Time, more string, empty kit.Empty) kit.List {
	l := kit.List{Name: "Stuck work", More: more, Empty: empty,
		Columns: []kit.Column{{Label: "Task", Priority: 1}, {Label: "State", Priority: 1, Phone: kit.PhoneRight}, {Label: "What went wrong", Priority: 2, Phone: kit.PhoneSecond}, {Label: "Company", Priority: 2}, {Label: "Since", Priority: 3}, {Label: "Attempts", Priority: 3, Figure: true}}}
	for _, t := range tasks {
		number := strconv.FormatInt(t.ID, 10)
		row := kit.Row{ID: number, Cells: []kit.Cell{{Text: t.Kind, Title: number}, {Chip: taskChip(t)}, {Text: t.LastError}, {Text: t.Company}, {Text: ago(t.CreatedAt, now), Title: moment(t.CreatedAt)}, {Text: strconv.Itoa(t.Attempt) + " of " + strconv.Itoa(t.MaxAttempts)}}}
		if t.State != "running" {
			row.Menu = append(row.Menu, kit.Action{Label: "Try again now", Icon: "rotate-cw", Href: work + "/" + number + "/again", Post: true})
		}
		if t.OrgID != nil {
			row.Menu = append(row.Menu, kit.Action{Label: "The company", Icon: "building-2", Href: pathOf(*t.OrgID, "")})
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

func taskChip(t console.Task) kit.Chip {
	switch {
	case t.GivenUp():
		return kit.Chip{Word: "Given up", Tone: kit.Bad}
	case t.State == "retryable":
		return kit.Chip{Word: "Fails", Tone: kit.Watch}
	}
	return kit.Chip{Word: "Late", Tone: kit.Watch, Icon: "clock"}
}

func (h *Handlers) again(w http.ResponseWriter, r *http.Request) error {
	task, err := strconv.ParseInt(r.PathValue("task"), 10, 64)
	if err != nil {
		return fault.Missing()
	}
	if err := h.Console.TryAgain(r.Context(), by(r), task); err != nil {
		return err
	}
	return done(w, r, work, "It is tried again now.")
}

func (h *Handlers) allAgain(w http.ResponseWriter, r *http.Request) error {
	n, err := h.Console.TryAllAgain(r.Context(), by(r), r.PostForm.Get("kind"))
	if err != nil {
		return err
	}
	return done(w, r, work, "Tried again now: "+kit.Count(int(n), "task", "tasks")+".")
}

func (h *Handlers) inbox(w http.ResponseWriter, r *http.Request) error {
	box, err := h.Console.Inbox(r.Context(), r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	now := time.Now()
	newest := "None yet"
	if box.Newest != nil {
		newest = ago(*box.Newest, now)
	}
	view := listedPage{Heading: kit.Heading{Title: "Payments inbox"}, Facts: []kit.Fact{
		{Label: "Received in 24 hours", Value: kit.Figure(box.Day), Figure: true}, {Label: "Last one", Value: newest},
		{Label: "To be read", Value: kit.Figure(box.Dirty), Figure: true}, {Label: "Given up", Value: kit.Figure(box.Dead), Figure: true}, {Label: "Not believed", Value: refused(box.Refused), Note: "since this process began"},
	}}
	switch {
	case !box.AskedFor:
		view.Strip = &kit.Message{Tone: kit.Info, Text: "This installation takes no payments: FENCE_STRIPE_SECRET_KEY is not set."}
	case box.Dirty == 0 && box.Dead == 0 && box.Newest != nil:
		view.Strip = &kit.Message{Tone: kit.Good, Text: "All events handled. Last one " + newest + "."}
	}
	view.List = hintList(box, now)
	if len(box.Unknown) > 0 {
		view.Second = &secondList{"Customers of nobody", unknownList(box.Unknown, now)}
	}
	return h.Pages.OperatorPage(w, r, shell.Page{Title: "Payments inbox", Wide: true}, listedView(view))
}

// refused are webhooks that were not believed, by reason.
func refused(by map[string]int64) string {
	if len(by) == 0 {
		return "None"
	}
	text := ""
	for _, reason := range slices.Sorted(maps.Keys(by)) {
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", by[reason], reason)
	}
	return text
}

func hintList(box console.Inbox, now time.Time) kit.List {
	l := kit.List{Name: "Webhooks", Empty: kit.Empty{Heading: "No webhook yet", Text: "What Stripe sends stands here for 90 days."},
		Columns: []kit.Column{{Label: "Event", Priority: 1}, {Label: "Company", Priority: 1, Phone: kit.PhoneSecond}, {Label: "About", Priority: 3}, {Label: "Received", Priority: 2, Phone: kit.PhoneRight}}}
	if box.Next != "" {
		l.More = inbox + "?after=" + url.QueryEscape(box.Next)
	}
	for _, hint := range box.Hints {
		whose := hint.Company
		switch {
		case hint.CustomerID == nil:
			whose = "No customer"
		case hint.OrgID == nil:
			whose = "Nobody's: " + *hint.CustomerID
		}
		row := kit.Row{ID: hint.ID, Cells: []kit.Cell{{Text: hint.Type, Title: hint.ID}, {Text: whose}, {Text: hint.ObjectID}, {Text: ago(hint.ReceivedAt, now), Title: moment(hint.ReceivedAt)}}}
		if hint.CustomerID != nil {
			row.Menu = []kit.Action{{Label: "Replay", Icon: "rotate-cw", Href: inbox + "/" + url.PathEscape(hint.ID) + "/replay", Post: true}}
		}
		if hint.OrgID != nil {
			row.Href = pathOf(*hint.OrgID, "")
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

func unknownList(all []console.Customer, now time.Time) kit.List {
	l := kit.List{Name: "Customers of nobody", Columns: []kit.Column{{Label: "Customer", Priority: 1}, {Label: "Known since", Priority: 1, Phone: kit.PhoneRight}, {Label: "Trouble", Priority: 2, Phone: kit.PhoneSecond}}}
	for _, c := range all {
		l.Rows = append(l.Rows, kit.Row{ID: c.ID, Cells: []kit.Cell{{Text: c.ID}, {Text: ago(c.KnownSince, now), Title: moment(c.KnownSince)}, {Text: c.LastError}}})
	}
	return l
}

func (h *Handlers) replay(w http.ResponseWriter, r *http.Request) error {
	if err := h.Console.Replay(r.Context(), by(r), r.PathValue("hint")); err != nil {
		return err
	}
	return done(w, r, inbox, "Its customer is read again now.")
}

// healthPage are the figures, with what is wrong first.
type healthPage struct {
	Heading kit.Heading
	Strip   kit.Message
	Parts   []healthPart
}

type healthPart struct {
	Title string
	Facts []kit.Fact
}

func (h *Handlers) health(w http.ResponseWriter, r *http.Request) error {
	began := time.Now()
	f, err := h.Console.Health(r.Context())
	if err != nil {
		return err
	}
	took := time.Since(began)
	figure := func(label string, n int64, note string) kit.Fact {
		return kit.Fact{Label: label, Value: kit.Figure(n), Figure: true, Note: note}
	}
	oldest := "nothing waits"
	if f.TasksOldest != nil {
		oldest = ago(*f.TasksOldest, time.Now())
	}
	view := healthPage{Heading: kit.Heading{Title: "Health"}, Strip: kit.Message{Tone: kit.Good, Text: "The platform keeps up."}, Parts: []healthPart{
		{"Companies", []kit.Fact{figure("In all", f.Companies, ""), figure("Signed up in 24 hours", f.SignUpsDay, ""), figure("Active in 24 hours", f.ActiveDay, "")}},
		{"Work", []kit.Fact{figure("Due", f.TasksWaiting, "the oldest: "+oldest), figure("Running", f.TasksRunning, ""), figure("Failing", f.TasksFailing, ""), figure("Given up", f.TasksGivenUp, "")}},
		{"Mail", []kit.Fact{figure("Sent in 24 hours", f.MailsDay, ""), figure("Waiting over 10 min", f.MailsWaiting, "held ones are among them")}},
		{"Payments", []kit.Fact{figure("Read late", f.CustomersLate, ""), figure("Given up", f.CustomersDead, ""), figure("Open findings", f.FindingsOpen, "")}},
		{"Database", []kit.Fact{{Label: "PostgreSQL", Value: f.Version}, {Label: "Size", Value: fmt.Sprintf("%.1f MB", float64(f.Size)/1e6), Figure: true},
			{Label: "Connections", Value: kit.Figure(f.Connections) + " of " + kit.Figure(f.MostConns), Figure: true}, {Label: "These figures took", Value: strconv.FormatInt(took.Milliseconds(), 10) + " ms", Figure: true}}},
	}}
	late := f.TasksOldest != nil && time.Since(*f.TasksOldest) > time.Minute
	if late || f.TasksGivenUp > 0 || f.CustomersDead > 0 || f.CustomersLate > 0 {
		view.Strip = kit.Message{Tone: kit.Watch, Text: "Something waits or was given up.", Action: &kit.Action{Label: "See stuck work", Href: work}}
	} else if f.FindingsOpen > 0 {
		view.Strip = kit.Message{Tone: kit.Watch, Text: "Payments wait for somebody: " + kit.Count(int(f.FindingsOpen), "finding is", "findings are") + " open.", Action: &kit.Action{Label: "See findings", Href: findings}}
	}
	return h.Pages.OperatorPage(w, r, shell.Page{Title: "Health"}, healthView(view))
}

// noticePage is the sentence that all companies read.
type noticePage struct {
	Stands   *console.Notice
	Words    string
	End      kit.Action
	Text     string
	Until    string
	Problems kit.Problems
}

func (h *Handlers) noticeForm(w http.ResponseWriter, r *http.Request) error {
	return h.showNotice(w, r, noticePage{}, nil)
}

func (h *Handlers) showNotice(w http.ResponseWriter, r *http.Request, view noticePage, wrong error) error {
	stands, there, err := h.Console.Shown(r.Context())
	if err != nil {
		return err
	}
	if there {
		view.Stands, view.Words = &stands, "Until "+moment(stands.Until)+", by "+stands.MadeBy+"."
		view.End = kit.Action{Label: "Take it away", Href: notice + "/end", Post: true, Icon: "x"}
	}
	page := shell.Page{Title: "Notice to all"}
	if wrong != nil {
		page, view.Problems = failed(w, page, wrong), problemsOf(wrong, "text")
	}
	return h.Pages.OperatorPage(w, r, page, noticeView(view))
}

func (h *Handlers) announce(w http.ResponseWriter, r *http.Request) error {
	view := noticePage{Text: r.PostForm.Get("text"), Until: r.PostForm.Get("until")}
	until, err := lastDay(view.Until, time.UTC)
	if err != nil || until == nil {
		err = fault.InvalidField("/until", "Choose the last day on which it stands.")
	} else {
		err = h.Console.Announce(r.Context(), console.NoticeInput{Text: view.Text, Until: *until, By: by(r)})
	}
	if comesBack(err) {
		return h.showNotice(w, r, view, err)
	}
	if err != nil {
		return err
	}
	return done(w, r, notice, "Every company reads it within seconds.")
}

func (h *Handlers) endNotice(w http.ResponseWriter, r *http.Request) error {
	if err := h.Console.EndNotice(r.Context(), by(r)); err != nil {
		return err
	}
	return done(w, r, notice, "It is gone within seconds.")
}

func (h *Handlers) log(w http.ResponseWriter, r *http.Request) error {
	found, err := h.Console.OperatorLog(r.Context(), r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	l := kit.List{Name: "What operators did", Empty: kit.Empty{Heading: "Nothing yet", Text: "What operators do stands here, and about a company in its own log too."},
		Columns: []kit.Column{{Label: "What", Priority: 1}, {Label: "Company", Priority: 1, Phone: kit.PhoneSecond}, {Label: "By", Priority: 2}, {Label: "Reason", Priority: 3}, {Label: "When", Priority: 2, Phone: kit.PhoneRight}}}
	for _, a := range found.Acts {
		row := kit.Row{ID: a.ID.String()}
		company := ""
		if a.OrgID != nil {
			company, row.Href = found.Names[*a.OrgID], pathOf(*a.OrgID, "")
		}
		row.Cells = []kit.Cell{{Text: sentence(console.Did(a))}, {Text: company}, {Text: a.ByName}, {Text: a.Reason}, {Text: moment(a.At)}}
		l.Rows = append(l.Rows, row)
	}
	if found.Next != "" {
		l.More = operators + "?after=" + url.QueryEscape(found.Next)
	}
	return h.Pages.OperatorPage(w, r, shell.Page{Title: "Audit", Wide: true}, listedView(listedPage{Heading: kit.Heading{Title: "Audit"}, List: l}))
}

// sentence begins with a capital letter.
func sentence(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
