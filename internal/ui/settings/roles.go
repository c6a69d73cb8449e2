package settings

import (
	"net/http"
	"strconv"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const rolesPath = "/settings/roles"

func (h *Handlers) roleRoutes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET " + rolesPath, Needs: tenancy.SettingsRead, Serve: h.roles},
		{Pattern: "POST " + rolesPath + "/view-as", Needs: tenancy.ViewAs, Serve: h.viewAs},
		{Pattern: "POST " + shell.EndViewPath, Needs: tenancy.OwnAccount, WhileViewing: true, Serve: h.endViewAs},
	}
}

// rightRow is a row of the matrix: what, and how far for each role.
type rightRow struct {
	Words string
	Cells []rightCell
}

type rightCell struct {
	Role, Word string
	None       bool
}

type rolesPage struct {
	Pages, Money []rightRow
	MayView      bool
	Chosen       string
	Problems     kit.Problems
}

func (h *Handlers) roles(w http.ResponseWriter, r *http.Request) error {
	return h.showRoles(w, r, page("Roles"), rolesPage{})
}

func (h *Handlers) showRoles(w http.ResponseWriter, r *http.Request, p shell.Page, view rolesPage) error {
	view.MayView = caller.Of(r).Actor.May(tenancy.ViewAs)
	for _, right := range identity.Rights() {
		row := rightRow{Words: right.Words}
		for _, role := range identity.Roles {
			row.Cells = append(row.Cells, cellOf(role, right.Permission))
		}
		if right.Money {
			view.Money = append(view.Money, row)
		} else {
			view.Pages = append(view.Pages, row)
		}
	}
	return h.Pages.Show(w, r, p, rolesView(view))
}

func cellOf(role identity.Role, p tenancy.Permission) rightCell {
	reach := role.Reach(p)
	c := rightCell{Role: role.Label(), Word: reach.String(), None: reach == tenancy.None}
	switch {
	case c.None:
		c.Word = "–"
	case p == tenancy.QuotesApprove:
		c.Word = "up to " + strconv.Itoa(role.ApprovesUpToBP()/100) + " %"
	}
	return c
}

func viewOptions() []kit.Option { return roleOptions() }

func (h *Handlers) viewAs(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	role := identity.Role(r.PostForm.Get("role"))
	err := h.Identity.ViewAs(r.Context(), a, role)
	if fault.Is(err, fault.Invalid) {
		return h.showRoles(w, r, failed(page("Roles")), rolesPage{Chosen: string(role), Problems: kit.ProblemsOf(err)})
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, shell.FirstPage(a.As(tenancy.Person, a.ID, a.Name, string(role), role.Permissions())))
}

func (h *Handlers) endViewAs(w http.ResponseWriter, r *http.Request) error {
	if err := h.Identity.EndViewAs(r.Context(), caller.Of(r).Actor); err != nil {
		return err
	}
	return shell.SeeOther(w, r, rolesPath)
}
