package customers

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// propertyForm is the form of a property, new or not.
type propertyForm struct {
	crm.PropertyInput
	Action   string
	Cancel   string
	Title    string
	Version  int
	Problems kit.Problems
}

func (h *Handlers) newProperty(w http.ResponseWriter, r *http.Request) error {
	c, err := h.find(r)
	if err != nil {
		return err
	}
	f := propertyForm{Action: path(c.ID) + "/properties", Cancel: path(c.ID), Title: "New property"}
	return h.Pages.Show(w, r, below("New property", c.Name, path(c.ID)), propertyFormPage(f))
}

func (h *Handlers) addProperty(w http.ResponseWriter, r *http.Request) error {
	customer, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	in := propertyInput(r.PostForm, "")
	p, err := h.Customers.AddProperty(r.Context(), caller.Of(r).Actor, crm.AddPropertyInput{CustomerID: customer, PropertyInput: in})
	if fault.Is(err, fault.Invalid) {
		f := propertyForm{PropertyInput: in, Action: path(customer) + "/properties", Cancel: path(customer), Title: "New property", Problems: kit.ProblemsOf(err)}
		return h.Pages.Show(w, r, failed(below("New property", "Customer", path(customer))), propertyFormPage(f))
	}
	if err != nil {
		return err
	}
	shell.Notify(w, p.Street+" is saved.", nil)
	return shell.SeeOther(w, r, propertyPath(p.ID))
}

// propertyRecord is what a property's page shows.
type propertyRecord struct {
	crm.PropertyRecord
	Work     []Work
	History  kit.History
	MayWrite bool
	MayDraw  bool
}

func (h *Handlers) showProperty(w http.ResponseWriter, r *http.Request) error {
	rec, err := h.findProperty(r)
	if err != nil {
		return err
	}
	a := caller.Of(r).Actor
	work, err := h.Work(r.Context(), a, rec.Customer.ID, rec.Property.ID)
	if err != nil {
		return err
	}
	view := propertyRecord{PropertyRecord: rec, Work: work, MayWrite: a.May(tenancy.CustomersWrite), MayDraw: a.May(tenancy.SketchesWrite),
		History: shell.Timeline(a, caller.Of(r).Now, rec.Timeline, deeds, labels)}
	return h.Pages.Show(w, r, below(rec.Property.Street, rec.Customer.Name, path(rec.Customer.ID)), propertyPage(view))
}

func (h *Handlers) findProperty(r *http.Request) (crm.PropertyRecord, error) {
	property, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return crm.PropertyRecord{}, err
	}
	return h.Customers.GetProperty(r.Context(), caller.Of(r).Actor, property)
}

func inputOf(p crm.Property) crm.PropertyInput {
	return crm.PropertyInput{Street: p.Street, Unit: p.Unit, City: p.City, State: p.State, ZIP: p.ZIP, GateCode: p.GateCode,
		HasDog: p.HasDog, HasPool: p.HasPool, HasHOA: p.HasHOA, Notes: p.Notes}
}

func (h *Handlers) editPropertyForm(w http.ResponseWriter, r *http.Request) error {
	rec, err := h.findProperty(r)
	if err != nil {
		return err
	}
	p := rec.Property
	f := propertyForm{PropertyInput: inputOf(p), Action: propertyPath(p.ID), Cancel: propertyPath(p.ID), Title: "Edit property", Version: p.Version}
	return h.Pages.Show(w, r, below("Edit "+p.Street, p.Street, propertyPath(p.ID)), propertyFormPage(f))
}

func (h *Handlers) editProperty(w http.ResponseWriter, r *http.Request) error {
	property, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	in := propertyInput(r.PostForm, "")
	_, err = h.Customers.EditProperty(r.Context(), caller.Of(r).Actor, crm.EditPropertyInput{
		ID: property, Version: version, Street: &in.Street, Unit: &in.Unit, City: &in.City, State: &in.State, ZIP: &in.ZIP,
		GateCode: &in.GateCode, HasDog: &in.HasDog, HasPool: &in.HasPool, HasHOA: &in.HasHOA, Notes: &in.Notes,
	})
	switch {
	case fault.Is(err, fault.Invalid):
		f := propertyForm{PropertyInput: in, Action: propertyPath(property), Cancel: propertyPath(property), Title: "Edit property", Version: version, Problems: kit.ProblemsOf(err)}
		return h.Pages.Show(w, r, failed(below("Edit property", "Property", propertyPath(property))), propertyFormPage(f))
	case err != nil && fault.As(err).Code == fault.CodeStale:
		return h.propertyConflict(w, r, version, in)
	case err != nil:
		return err
	}
	shell.Notify(w, in.Street+" is saved.", nil)
	return shell.SeeOther(w, r, propertyPath(property))
}

// propertyConflict sets both versions of a property side by side. Nothing was overwritten.
func (h *Handlers) propertyConflict(w http.ResponseWriter, r *http.Request, version int, mine crm.PropertyInput) error {
	rec, err := h.findProperty(r)
	if err != nil {
		return err
	}
	hers := inputOf(rec.Property)
	at := propertyPath(rec.Property.ID)
	c := kit.Conflict{Noun: "property", Action: at, Theirs: int64(rec.Property.Version), Keep: at}
	shell.Blame(&c, caller.Of(r).Actor, rec.Timeline)
	base := shell.Base(rec.Timeline, rec.Property.Version-version)
	for _, box := range []string{"has_dog", "has_pool", "has_hoa"} {
		if base[box] == "no" {
			base[box] = on(false)
		}
	}
	c.Compare(base,
		kit.Difference{Name: "street", Label: "Street", Yours: mine.Street, Hers: hers.Street},
		kit.Difference{Name: "unit", Label: "Unit", Yours: mine.Unit, Hers: hers.Unit},
		kit.Difference{Name: "city", Label: "City", Yours: mine.City, Hers: hers.City},
		kit.Difference{Name: "state", Label: "State", Yours: mine.State, Hers: hers.State},
		kit.Difference{Name: "zip", Label: "ZIP", Yours: mine.ZIP, Hers: hers.ZIP},
		kit.Difference{Name: "gate_code", Label: "Gate code", Yours: mine.GateCode, Hers: hers.GateCode},
		kit.Difference{Name: "has_dog", Label: "Dog", Yours: on(mine.HasDog), Hers: on(hers.HasDog)},
		kit.Difference{Name: "has_pool", Label: "Pool", Yours: on(mine.HasPool), Hers: on(hers.HasPool)},
		kit.Difference{Name: "has_hoa", Label: "HOA", Yours: on(mine.HasHOA), Hers: on(hers.HasHOA)},
		kit.Difference{Name: "notes", Label: "Notes", Yours: mine.Notes, Hers: hers.Notes},
	)
	p := below("Two people changed this property", rec.Property.Street, at)
	p.Status = http.StatusPreconditionFailed
	return h.Pages.Show(w, r, p, kit.ConflictPage(c))
}

// on is a checkbox's value as its form sends it.
func on(set bool) string {
	if set {
		return "yes"
	}
	return ""
}

func (h *Handlers) archiveProperty(w http.ResponseWriter, r *http.Request) error {
	property, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := h.Customers.ArchiveProperty(r.Context(), caller.Of(r).Actor, property)
	if err != nil {
		return err
	}
	shell.Notify(w, p.Street+" is archived.", &kit.Action{Label: "Undo", Href: propertyPath(p.ID) + "/restore", Post: true})
	return shell.SeeOther(w, r, path(p.CustomerID))
}

func (h *Handlers) restoreProperty(w http.ResponseWriter, r *http.Request) error {
	property, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := h.Customers.RestoreProperty(r.Context(), caller.Of(r).Actor, property)
	if err != nil {
		return err
	}
	shell.Notify(w, p.Street+" is back.", nil)
	return shell.SeeOther(w, r, propertyPath(p.ID))
}
