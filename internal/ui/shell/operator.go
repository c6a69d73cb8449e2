package shell

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/ui/kit"
)

// OperatorHome is where operators begin.
const OperatorHome = caller.OperatorPath + "/organizations"

// operatorEntries are the pages of operators, at the apex.
var operatorEntries = []kit.NavItem{
	{Label: "Organizations", Href: OperatorHome, Icon: "building-2", Phone: true, Key: "g o"},
	{Label: "Sign-ups", Href: caller.OperatorPath + "/sign-ups", Icon: "user-round", Phone: true, Key: "g u"},
	{Label: "Stuck work", Href: caller.OperatorPath + "/work", Icon: "list-checks", Phone: true, Key: "g w"},
	{Label: "Payments inbox", Href: caller.OperatorPath + "/payments", Icon: "webhook", Key: "g p"},
	{Label: "Findings", Href: caller.OperatorPath + "/findings", Icon: "triangle-alert", Key: "g f"},
	{Label: "Health", Href: caller.OperatorPath + "/health", Icon: "activity", Key: "g h"},
	{Label: "Notice", Href: caller.OperatorPath + "/notice", Icon: "bell", Key: "g n"},
	{Label: "Support", Href: caller.OperatorPath, Icon: "lock-open", Key: "g s"},
	{Label: "Audit", Href: caller.OperatorPath + "/log", Icon: "scroll-text", Key: "g a"},
}

// OperatorPage renders a page for an operator who is logged in.
func (p *Pages) OperatorPage(w http.ResponseWriter, r *http.Request, page Page, body templ.Component) error {
	c := caller.Of(r)
	frame := kit.ShellFrame{
		Page: kit.Page{Title: page.Title, Place: "Operators", Problem: page.Problem, Look: kit.LookOf(r), Path: r.URL.RequestURI(), Islands: page.Islands},
		Home: OperatorHome, Nav: operatorNavigation(r.URL.Path), Back: page.Back, Wide: page.Wide, Strips: takeNotice(w, r),
		Person: kit.Person{Name: c.Operator.Name, Role: "Operator", Menu: []kit.Action{{Label: "Log out", Icon: "log-out", Href: caller.OperatorPath + "/logout", Post: true}}},
	}
	return write(w, r, page.Status, kit.Shell(frame), body)
}

// noticeStrip is the sentence that operators show to everybody who works in a company.
func (p *Pages) noticeStrip(ctx context.Context) []kit.Message {
	if p.Notice == nil {
		return nil
	}
	if text := p.Notice.Text(ctx); text != "" {
		return []kit.Message{{Tone: kit.Info, Text: text}}
	}
	return nil
}

func operatorNavigation(path string) []kit.NavItem {
	nav := make([]kit.NavItem, len(operatorEntries))
	for i, n := range operatorEntries {
		n.Current = path == n.Href || n.Href != caller.OperatorPath && strings.HasPrefix(path, n.Href+"/")
		nav[i] = n
	}
	return nav
}
