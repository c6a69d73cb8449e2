package shell

import (
	"context"
	"net/http"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
)

// Where support ends: its own end, and that of the company's people.
const (
	EndSupportPath = "/support/end"
	SupportPath    = "/settings/support"
)

// OperatorSignInPath is where operators of the platform log in.
const OperatorSignInPath = caller.OperatorPath + "/login"

// noteView has it noted in the company's log that support asks for a page, before anything of it is looked up. Over
// says that its access has ended meanwhile.
func (p *Pages) noteView(r *http.Request, route Route) (over bool, err error) {
	if route.WhileViewing {
		return false, nil // going in and leaving: the log has its own entries of both
	}
	if route.Open != "" && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false, fault.New(fault.Forbidden, "not-for-support", "Support does not do this, whoever let it in. Ask the owner of the company to do it.")
	}
	if p.Support == nil {
		return false, fault.New(fault.Unavailable, "support-not-noted", "This view could not be noted in the company's log, so it is not shown. Try again in a moment.")
	}
	page := r.Method + " " + r.URL.Path
	if route.Open != "" {
		page = route.Pattern // the path may be somebody's secret
	}
	err = p.Support.NoteView(r.Context(), caller.Of(r).Actor, page)
	return fault.Is(err, fault.Unauthenticated), err
}

// askOperator leads to the log-in of operators.
func askOperator(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return fault.New(fault.Unauthenticated, "unauthenticated", "Log in to go on.")
	}
	return SeeOther(w, r, OperatorSignInPath)
}

// supportStrips stand on every page while support is let in: to the operator, and to the company's people.
func (p *Pages) supportStrips(ctx context.Context, c *caller.Caller) []kit.Message {
	a := c.Actor
	if a.Kind == tenancy.Support {
		text := "You see " + a.Org.Name + " as support until " + a.Support.Until.In(a.Org.Zone()).Format("3:04 PM")
		if !a.Support.Writes {
			text += ", to read"
		}
		return []kit.Message{{Tone: kit.Watch, Text: text + ". Every page is noted in their log.", Action: &kit.Action{Label: "End access", Href: EndSupportPath, Post: true}}}
	}
	if p.Support == nil || !a.May(tenancy.CompanyRead) {
		return nil
	}
	running, err := p.Support.Running(ctx, a)
	if err != nil {
		return nil // the database is away, and then support sees nothing either: each of its views is noted first
	}
	var strips []kit.Message
	for _, access := range running {
		m := kit.Message{Tone: kit.Watch, Text: "Fence support (" + access.OperatorName + ") can see this account until " +
			access.ExpiresAt.In(a.Org.Zone()).Format("3:04 PM") + ": " + access.Purpose}
		if a.May(tenancy.SupportSee) && a.ViewsAs == "" {
			m.Action = &kit.Action{Label: "End now", Href: SupportPath + "/" + access.ID.String() + "/end", Post: true}
		}
		strips = append(strips, m)
	}
	return strips
}
