package quotes

import (
	"net/http"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/shell"
)

// The sample yard: the reference yard on a property of the person who tries it.
const (
	sampleStreet = "Sample yard"
	sampleSketch = "Sample"
	// sampleZIP is used by companies that have not said where they are.
	sampleZIP = "78701"
)

// sample leads to the sketch of the sample yard, which is made once: the person who asks is its customer, so that
// the quote can be sent to oneself.
func (h *Handlers) sample(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	property, err := h.sampleProperty(r, a)
	if err != nil {
		return err
	}
	drawn, err := h.Quotes.ListSketchesOfProperty(r.Context(), a, property)
	if err != nil {
		return err
	}
	for _, s := range drawn {
		if s.Name == sampleSketch {
			return shell.SeeOther(w, r, "/sketches/"+s.ID.String())
		}
	}
	in, err := sampleYard(property)
	if err != nil {
		return err
	}
	made, err := h.Quotes.CreateSketch(r.Context(), step(a, "sketch"), in)
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/sketches/"+made.ID.String())
}

// sampleProperty finds the person's sample yard, or makes it.
func (h *Handlers) sampleProperty(r *http.Request, a tenancy.Actor) (id.ID, error) {
	name, email, err := h.own(r, a)
	if err != nil {
		return id.Nil, err
	}
	page, err := h.Customers.ListCustomers(r.Context(), a, crm.Filter{Search: sampleStreet, Limit: 100})
	if err != nil {
		return id.Nil, err
	}
	for _, c := range page.Customers {
		if c.Name != name || c.Email != email {
			continue
		}
		places, err := h.Customers.ListProperties(r.Context(), a, c.ID)
		if err != nil {
			return id.Nil, err
		}
		for _, p := range places {
			if p.Street == sampleStreet && p.ArchivedAt == nil {
				return p.ID, nil
			}
		}
	}
	zip := a.Org.ZIP
	if zip == "" {
		zip = sampleZIP
	}
	in := crm.CreateCustomerInput{Name: name, Email: email, Notes: "Sample: made to try a quote. Archive it when you are done.",
		Property: &crm.PropertyInput{Street: sampleStreet, ZIP: zip}}
	made, err := h.Customers.CreateCustomer(r.Context(), step(a, "customer"), in)
	if fault.Is(err, fault.Invalid) { // a ZIP that nobody knows
		in.Property.ZIP = sampleZIP
		made, err = h.Customers.CreateCustomer(r.Context(), step(a, "customer-elsewhere"), in)
	}
	if err != nil {
		return id.Nil, err
	}
	return made.Property.ID, nil
}

// own is the name and address of who is signed in. Who may not list people types the address when sending.
func (h *Handlers) own(r *http.Request, a tenancy.Actor) (name, email string, err error) {
	if !a.May(tenancy.PeopleRead) {
		return a.Name, "", nil
	}
	people, err := h.People.People(r.Context(), a)
	for _, u := range people.Users {
		if u.ID == a.ID {
			return u.Name, u.Email, nil
		}
	}
	return a.Name, "", err
}

func sampleYard(property id.ID) (quoting.CreateSketchInput, error) {
	yard := pricing.ReferenceYard()
	layout, err := json.Marshal(yard)
	names := []string{"Left", "Back", "Right"}
	runs := map[string]drawing.RunNote{}
	for i, s := range yard.Segments {
		runs[s.ID] = drawing.RunNote{Name: names[i], Measured: true}
	}
	return quoting.CreateSketchInput{PropertyID: property, Name: sampleSketch, Layout: layout, Extras: quoting.Extras{Runs: runs}}, err
}
