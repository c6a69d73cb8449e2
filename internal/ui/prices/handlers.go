package prices

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the pages of prices.
type Handlers struct {
	Pages  *shell.Pages
	DB     *pg.DB // for the timelines
	Prices *pricing.Service
}

// Routes lists the pages. A route that ends in /look prices the sample yard with what stands in a form.
func (h *Handlers) Routes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET /materials", Needs: tenancy.PricesRead, Serve: h.materials},
		{Pattern: "GET /materials/new", Needs: tenancy.CostsSee, Serve: h.newMaterial},
		{Pattern: "POST /materials", Needs: tenancy.PricesWrite, Serve: h.addMaterial},
		{Pattern: "GET /materials/{id}", Needs: tenancy.CostsSee, Serve: h.material},
		{Pattern: "POST /materials/{id}", Needs: tenancy.PricesWrite, Serve: h.editMaterial},
		{Pattern: "POST /materials/{id}/look", Needs: tenancy.CostsSee, Serve: h.lookAtMaterial},
		{Pattern: "GET /styles", Needs: tenancy.PricesRead, Serve: h.styles},
		{Pattern: "GET /styles/{id}", Needs: tenancy.PricesWrite, Serve: h.style},
		{Pattern: "POST /styles/{id}", Needs: tenancy.PricesWrite, Serve: h.editStyle},
		{Pattern: "POST /styles/{id}/look", Needs: tenancy.PricesWrite, Serve: h.lookAtStyle},
		{Pattern: "GET /styles/{id}/copy", Needs: tenancy.PricesWrite, Serve: h.copyStyleForm},
		{Pattern: "POST /styles/{id}/copy", Needs: tenancy.PricesWrite, Serve: h.copyStyle},
		{Pattern: "GET /tiers", Needs: tenancy.PricesRead, Serve: h.tiers},
		{Pattern: "GET /tiers/{id}", Needs: tenancy.PricesWrite, Serve: h.tier},
		{Pattern: "POST /tiers/{id}", Needs: tenancy.PricesWrite, Serve: h.editTier},
		{Pattern: "POST /tiers/{id}/look", Needs: tenancy.PricesWrite, Serve: h.lookAtTier},
		{Pattern: "GET /zones", Needs: tenancy.PricesRead, Serve: h.zones},
		{Pattern: "GET /zones/new", Needs: tenancy.PricesWrite, Serve: h.newZone},
		{Pattern: "POST /zones", Needs: tenancy.PricesWrite, Serve: h.createZone},
		{Pattern: "GET /zones/{id}", Needs: tenancy.PricesWrite, Serve: h.zone},
		{Pattern: "POST /zones/{id}", Needs: tenancy.PricesWrite, Serve: h.editZone},
		{Pattern: "GET /zones/{id}/delete", Needs: tenancy.PricesWrite, Serve: h.askToDeleteZone},
		{Pattern: "POST /zones/{id}/delete", Needs: tenancy.PricesWrite, Serve: h.deleteZone},
		{Pattern: "GET /rates", Needs: tenancy.CostsSee, Serve: h.rates},
		{Pattern: "POST /rates", Needs: tenancy.CostsSee, Serve: h.editRates},
		{Pattern: "POST /rates/look", Needs: tenancy.CostsSee, Serve: h.lookAtRates},
		{Pattern: "GET /offer", Needs: tenancy.PricesRead, Serve: h.offer},
		{Pattern: "POST /offer", Needs: tenancy.PricesWrite, Serve: h.editOffer},
	}
}

// Addresses of the pages.
const (
	materialsPath = "/materials"
	stylesPath    = "/styles"
	tiersPath     = "/tiers"
	zonesPath     = "/zones"
	ratesPath     = "/rates"
	offerPath     = "/offer"
)

func under(parent string, record id.ID) string { return parent + "/" + record.String() }

// tabs connect the pages of prices.
func tabs(a tenancy.Actor, current string) []kit.Tab {
	all := []kit.Tab{
		{Label: "Materials", Href: materialsPath}, {Label: "Styles", Href: stylesPath}, {Label: "Tiers", Href: tiersPath},
		{Label: "Zones", Href: zonesPath},
	}
	if a.May(tenancy.CostsSee) {
		all = append(all, kit.Tab{Label: "Rates", Href: ratesPath})
	}
	all = append(all, kit.Tab{Label: "Offer", Href: offerPath})
	for i := range all {
		all[i].Current = all[i].Href == current
	}
	return all
}

func page(title string) shell.Page { return shell.Page{Title: title, Area: shell.AreaMaterials} }

func below(title, parent, href string) shell.Page {
	p := page(title)
	p.Back = &kit.Link{Label: parent, Href: href}
	return p
}

// may tells what the page of a person shows.
type may struct {
	write   bool
	costs   bool
	margins bool
	refused string // why nothing can be saved now
}

func mayOf(r *http.Request) may {
	c := caller.Of(r)
	m := may{write: c.Actor.May(tenancy.PricesWrite), costs: c.Actor.May(tenancy.CostsSee)}
	m.margins = m.costs && c.Actor.May(tenancy.MarginsSee)
	m.refused = words(c.Actor.RequireWritable(c.Now))
	return m
}

// action is a deed of somebody who may write: nil for all others, locked while nothing can be saved.
func (m may) action(a kit.Action) *kit.Action {
	if !m.write {
		return nil
	}
	a.Refused = m.refused
	return &a
}

// entries reads a record's audit entries. They hold costs.
func (h *Handlers) entries(r *http.Request, recordType string, record id.ID) ([]audit.Entry, error) {
	a := caller.Of(r).Actor
	if !a.May(tenancy.CostsSee) {
		return nil, nil
	}
	var entries []audit.Entry
	_, err := h.DB.Read(r.Context(), a.Tenant(), func(rd *pg.Reading) { audit.QueueTimeline(rd, a.Tenant(), recordType, record, &entries) })
	return entries, err
}
