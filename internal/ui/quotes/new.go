package quotes

import (
	"net/http"
	"net/url"
	"strings"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// beginning is the page on which a quote begins: for whom, and where.
type beginning struct {
	Search   string
	Found    []found
	Searched bool
	Customer *crm.Customer // chosen
	Places   []crm.Property
	Fields   url.Values
	Problems kit.Problems
}

// found is a customer that a search came upon.
type found struct{ Name, Address, Href string }

// mostFound is as many as a phone shows without scrolling far.
const mostFound = 8

func (h *Handlers) newPage(w http.ResponseWriter, r *http.Request) error {
	b := beginning{Search: strings.TrimSpace(r.URL.Query().Get("q")), Fields: url.Values{}}
	if chosen := r.URL.Query().Get("customer"); chosen != "" {
		if err := h.choose(r, chosen, &b); err != nil {
			return err
		}
	}
	if b.Search != "" {
		if err := h.search(r, &b); err != nil {
			return err
		}
		b.Fields.Set("name", b.Search)
	}
	return h.Pages.Show(w, r, below("New quote", "Quotes", "/quotes"), beginPage(b))
}

func (h *Handlers) choose(r *http.Request, chosen string, b *beginning) error {
	customer, err := id.Parse(chosen)
	if err != nil {
		return err
	}
	rec, err := h.Customers.GetCustomer(r.Context(), caller.Of(r).Actor, customer)
	if err != nil {
		return err
	}
	b.Customer = &rec.Customer
	for _, p := range rec.Properties {
		if p.ArchivedAt == nil {
			b.Places = append(b.Places, p)
		}
	}
	return nil
}

func (h *Handlers) search(r *http.Request, b *beginning) error {
	b.Searched = true
	p, err := h.Customers.ListCustomers(r.Context(), caller.Of(r).Actor, crm.Filter{Search: b.Search, Limit: mostFound, WithAddresses: true})
	if fault.Is(err, fault.Invalid) {
		return nil // nothing is found by such words
	}
	for i, c := range p.Customers {
		b.Found = append(b.Found, found{Name: c.Name, Address: p.Addresses[i], Href: "/quotes/new?customer=" + c.ID.String()})
	}
	return err
}

// begin keeps customer and property when they are new, and leads to an empty sketch.
func (h *Handlers) begin(w http.ResponseWriter, r *http.Request) error {
	property, err := h.site(r)
	if fault.Is(err, fault.Invalid) {
		b := beginning{Fields: r.PostForm, Problems: kit.ProblemsOf(err)}
		if chosen := r.PostForm.Get("customer"); chosen != "" {
			if err := h.choose(r, chosen, &b); err != nil {
				return err
			}
		}
		return h.Pages.Show(w, r, failed(below("New quote", "Quotes", "/quotes")), beginPage(b))
	}
	if err != nil {
		return err
	}
	made, err := h.Quotes.CreateSketch(r.Context(), step(caller.Of(r).Actor, "sketch"), quoting.CreateSketchInput{PropertyID: property})
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/sketches/"+made.ID.String())
}

// site is the property to draw: the chosen one, a new one of the chosen customer, or one of a new customer.
func (h *Handlers) site(r *http.Request) (id.ID, error) {
	f, a := r.PostForm, caller.Of(r).Actor
	if chosen := f.Get("place"); chosen != "" {
		return id.Parse(chosen)
	}
	place := crm.PropertyInput{Street: f.Get("property/street"), ZIP: f.Get("property/zip"), City: f.Get("property/city"), State: f.Get("property/state")}
	if chosen := f.Get("customer"); chosen != "" {
		customer, err := id.Parse(chosen)
		if err != nil {
			return id.Nil, err
		}
		p, err := h.Customers.AddProperty(r.Context(), step(a, "property"), crm.AddPropertyInput{CustomerID: customer, PropertyInput: place})
		if fault.Is(err, fault.Invalid) {
			var problems fault.Problems
			problems.Under("/property", err)
			err = problems.Err()
		}
		return p.ID, err
	}
	made, err := h.Customers.CreateCustomer(r.Context(), step(a, "customer"), crm.CreateCustomerInput{
		Name: f.Get("name"), Phone: f.Get("phone"), Email: f.Get("email"), Property: &place,
	})
	if err != nil {
		return id.Nil, err
	}
	return made.Property.ID, nil
}
