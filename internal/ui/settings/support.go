package settings

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"fenceplatform.com/fence/internal/business/support"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const supportPath = shell.SupportPath

func (h *Handlers) supportRoutes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET " + supportPath, Needs: tenancy.SupportSee, Serve: h.support},
		{Pattern: "POST " + supportPath + "/{id}/grant", Needs: tenancy.SupportGrant, Serve: h.grantSupport},
		{Pattern: "POST " + supportPath + "/{id}/refuse", Needs: tenancy.SupportGrant, Serve: h.refuseSupport},
		{Pattern: "POST " + supportPath + "/{id}/end", Needs: tenancy.SupportSee, Serve: h.endSupport},
	}
}

// supportPage is what is open and what was.
type supportPage struct {
	Open     []openAccess
	MayGrant bool
	History  kit.List
	Problems kit.Problems
}

// openAccess is a question, or access that runs.
type openAccess struct {
	support.Access
	Runs    bool
	Facts   []kit.Fact
	Minutes []kit.Option
}

func (o openAccess) path(deed string) string { return supportPath + "/" + o.ID.String() + "/" + deed }

// minutesField is the name of a question's own choice: two questions may stand on one page.
func minutesField(access id.ID) string { return "minutes-" + access.String() }

// asked is how long was asked for, chosen until the owner chooses less.
func (o openAccess) asked() string { return strconv.Itoa(o.Access.Minutes) }

func (h *Handlers) support(w http.ResponseWriter, r *http.Request) error {
	return h.showSupport(w, r, page("Support access"), supportPage{})
}

func (h *Handlers) showSupport(w http.ResponseWriter, r *http.Request, p shell.Page, view supportPage) error {
	a := caller.Of(r).Actor
	found, err := h.Support.List(r.Context(), a, r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	view.MayGrant = a.May(tenancy.SupportGrant)
	for _, one := range found.Open {
		runs := one.Standing(found.Now) == support.Standing(support.Granted)
		view.Open = append(view.Open, openAccess{Access: one, Runs: runs, Facts: accessFacts(one, a.Org.Zone(), found.Now), Minutes: upTo(one.Minutes)})
	}
	view.History = supportHistory(found, a.Org.Zone())
	return h.Pages.Show(w, r, p, supportView(view))
}

func accessFacts(a support.Access, zone *time.Location, now time.Time) []kit.Fact {
	facts := []kit.Fact{{Label: "Who", Value: a.OperatorName, Note: "Fence support"}, {Label: "Purpose", Value: a.Purpose}, {Label: "May", Value: mayWords(a)}}
	if a.ExpiresAt != nil {
		return append(facts, kit.Fact{Label: "Until", Value: a.ExpiresAt.In(zone).Format("3:04 PM"), Note: "let in by " + a.DeciderName})
	}
	at := a.AskedAt.In(zone)
	return append(facts, kit.Fact{Label: "For at most", Value: support.Duration(a.Minutes)}, kit.Fact{Label: "Asked", Value: shell.DayName(at, now.In(zone)), Note: at.Format("3:04 PM")})
}

func mayWords(a support.Access) string {
	if a.Writes {
		return "Read and change"
	}
	return "Read only"
}

// upTo are the durations to choose from: what was asked for, or less.
func upTo(asked int) []kit.Option {
	var options []kit.Option
	for _, m := range []int{15, 30, 60, 120, 240} {
		if m < asked {
			options = append(options, kit.Option{Value: strconv.Itoa(m), Label: support.Duration(m)})
		}
	}
	return append(options, kit.Option{Value: strconv.Itoa(asked), Label: support.Duration(asked)})
}

func supportHistory(p support.Page, zone *time.Location) kit.List {
	l := kit.List{
		Name: "Earlier support access",
		Columns: []kit.Column{
			{Label: "Who", Priority: 1}, {Label: "Purpose", Priority: 2, Phone: kit.PhoneSecond}, {Label: "May", Priority: 3}, {Label: "Asked", Priority: 3},
			{Label: "Answered by", Priority: 4}, {Label: "State", Priority: 1, Phone: kit.PhoneRight},
		},
		Empty: kit.Empty{Heading: "No support access yet", Text: "What support asked for and saw will stand here."},
	}
	for _, a := range p.History {
		at := a.AskedAt.In(zone)
		l.Rows = append(l.Rows, kit.Row{ID: a.ID.String(), Href: auditPath + "?" + url.Values{"record": {"support_access"}, "record_id": {a.ID.String()}}.Encode(), Cells: []kit.Cell{
			{Text: a.OperatorName}, {Text: a.Purpose}, {Text: mayWords(a)}, {Text: shell.DayName(at, p.Now.In(zone)) + ", " + at.Format("3:04 PM")}, {Text: a.DeciderName}, {Chip: overChip(a, p.Now)},
		}})
	}
	if p.Next != "" {
		l.More = supportPath + "?after=" + url.QueryEscape(p.Next)
	}
	return l
}

func overChip(a support.Access, now time.Time) kit.Chip {
	switch a.Standing(now) {
	case support.Standing(support.Refused):
		return kit.Chip{Word: "Refused", Tone: kit.Calm, Icon: "ban"}
	case support.Standing(support.Withdrawn):
		return kit.Chip{Word: "Withdrawn", Tone: kit.Calm}
	case support.Lapsed:
		return kit.Chip{Word: "Not answered", Tone: kit.Calm, Icon: "clock"}
	case support.Expired:
		return kit.Chip{Word: "Time was up", Tone: kit.Calm, Icon: "clock"}
	}
	return kit.Chip{Word: map[string]string{"company": "Ended by you", "operator": "Ended by support"}[a.EndedBy], Tone: kit.Calm, Icon: "check"}
}

// accessOf is the access that an address names.
func accessOf(r *http.Request) (id.ID, error) {
	wanted, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return id.Nil, fault.Missing()
	}
	return wanted, nil
}

func (h *Handlers) grantSupport(w http.ResponseWriter, r *http.Request) error {
	wanted, err := accessOf(r)
	if err != nil {
		return err
	}
	minutes, err := strconv.Atoi(r.PostForm.Get(minutesField(wanted)))
	if err != nil {
		minutes = 0 // refused by the operation
	}
	granted, err := h.Support.Grant(r.Context(), caller.Of(r).Actor, support.GrantInput{ID: wanted, Minutes: minutes})
	if fault.Is(err, fault.Invalid) {
		problems := kit.ProblemsOf(err)
		for i := range problems {
			problems[i].Pointer = "/" + minutesField(wanted)
		}
		return h.showSupport(w, r, failed(page("Support access")), supportPage{Problems: problems})
	}
	if err != nil {
		return err
	}
	shell.Notify(w, granted.OperatorName+" of Fence support can go in now.", nil)
	return shell.SeeOther(w, r, supportPath)
}

func (h *Handlers) refuseSupport(w http.ResponseWriter, r *http.Request) error {
	wanted, err := accessOf(r)
	if err != nil {
		return err
	}
	if err := h.Support.Refuse(r.Context(), caller.Of(r).Actor, wanted); err != nil {
		return err
	}
	shell.Notify(w, "Support was refused.", nil)
	return shell.SeeOther(w, r, supportPath)
}

func (h *Handlers) endSupport(w http.ResponseWriter, r *http.Request) error {
	wanted, err := accessOf(r)
	if err != nil {
		return err
	}
	if err := h.Support.End(r.Context(), caller.Of(r).Actor, wanted); err != nil {
		return err
	}
	shell.Notify(w, "Support no longer sees your company.", nil)
	return shell.SeeOther(w, r, supportPath)
}
