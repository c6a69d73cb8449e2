package customers

import (
	"context"
	"net/http"
	"net/url"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/phone"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the pages of customers.
type Handlers struct {
	Pages     *shell.Pages
	Customers *crm.Service
	// Work lists what stands on a property or hangs on a customer; other areas fill it in.
	Work func(ctx context.Context, a tenancy.Actor, customer, property id.ID) ([]Work, error)
}

// Work is a sketch, quote or job of a customer, one line on the record.
type Work struct {
	Kind, Label, Href string
	State             kit.Chip
	Figure            string
	When              string
}

// Routes lists the pages.
func (h *Handlers) Routes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET /customers", Needs: tenancy.CustomersRead, Serve: h.list},
		{Pattern: "GET /customers/new", Needs: tenancy.CustomersWrite, Serve: h.newForm},
		{Pattern: "POST /customers", Needs: tenancy.CustomersWrite, Serve: h.create},
		{Pattern: "GET /customers/{id}", Needs: tenancy.CustomersRead, Serve: h.show},
		{Pattern: "GET /customers/{id}/edit", Needs: tenancy.CustomersWrite, Serve: h.editForm},
		{Pattern: "POST /customers/{id}", Needs: tenancy.CustomersWrite, Serve: h.edit},
		{Pattern: "POST /customers/{id}/archive", Needs: tenancy.CustomersWrite, Serve: h.archive},
		{Pattern: "POST /customers/{id}/restore", Needs: tenancy.CustomersWrite, Serve: h.restore},
		{Pattern: "GET /customers/{id}/properties/new", Needs: tenancy.CustomersWrite, Serve: h.newProperty},
		{Pattern: "POST /customers/{id}/properties", Needs: tenancy.CustomersWrite, Serve: h.addProperty},
		{Pattern: "GET /properties/{id}", Needs: tenancy.CustomersRead, Serve: h.showProperty},
		{Pattern: "GET /properties/{id}/edit", Needs: tenancy.CustomersWrite, Serve: h.editPropertyForm},
		{Pattern: "POST /properties/{id}", Needs: tenancy.CustomersWrite, Serve: h.editProperty},
		{Pattern: "POST /properties/{id}/archive", Needs: tenancy.CustomersWrite, Serve: h.archiveProperty},
		{Pattern: "POST /properties/{id}/restore", Needs: tenancy.CustomersWrite, Serve: h.restoreProperty},
	}
}

func page(title string) shell.Page { return shell.Page{Title: title, Area: shell.AreaCustomers} }

func below(title, parent, href string) shell.Page {
	p := page(title)
	p.Back = &kit.Link{Label: parent, Href: href}
	return p
}

func failed(p shell.Page) shell.Page {
	p.Problem, p.Status = true, http.StatusUnprocessableEntity
	return p
}

func path(c id.ID) string         { return "/customers/" + c.String() }
func propertyPath(p id.ID) string { return "/properties/" + p.String() }

func (h *Handlers) list(w http.ResponseWriter, r *http.Request) error {
	c, q := caller.Of(r), r.URL.Query()
	a := c.Actor
	f := crm.Filter{Status: crm.Status(q.Get("status")), Search: q.Get("q"), Cursor: q.Get("cursor"), WithTotal: true, WithAddresses: true}
	p, err := h.Customers.ListCustomers(r.Context(), a, f)
	problem := ""
	if fault.Is(err, fault.Invalid) {
		problem = fault.As(err).Fields[0].Message
	} else if err != nil {
		return err
	}
	var add *kit.Action
	if a.May(tenancy.CustomersWrite) {
		add = new(shell.Writes(c, kit.Action{Label: "New customer", Icon: "plus", Href: "/customers/new"}))
	}
	view := page("Customers")
	view.Wide = true
	return h.Pages.Show(w, r, view, listPage(h.listOf(f, p, emptyList(f, problem, add)), kit.Total(p.Total), add))
}

func (h *Handlers) listOf(f crm.Filter, p crm.Page, empty kit.Empty) kit.List {
	l := kit.List{
		Name: "Customers",
		Views: []kit.Tab{
			{Label: "In use", Href: "/customers", Current: f.Status != crm.Archived},
			{Label: "Archived", Href: "/customers?status=archived", Current: f.Status == crm.Archived},
		},
		Filter:  &kit.Filter{Action: "/customers", Query: f.Search, Label: "Name, phone, e-mail or street"},
		Columns: []kit.Column{{Label: "Name", Priority: 1}, {Label: "Phone", Priority: 2, Phone: kit.PhoneRight}, {Label: "Property", Priority: 3, Phone: kit.PhoneSecond}, {Label: "E-mail", Priority: 4}},
	}
	if f.Status == crm.Archived {
		l.Filter.Keep = []kit.Hidden{{Name: "status", Value: "archived"}}
	}
	for i, c := range p.Customers {
		l.Rows = append(l.Rows, kit.Row{ID: c.ID.String(), Href: path(c.ID), Cells: []kit.Cell{
			{Text: nameOf(c)}, {Text: phone.Format(c.Phone)}, {Text: p.Addresses[i]}, {Text: c.Email},
		}})
	}
	if p.Next != "" {
		next := url.Values{"cursor": {p.Next}}
		if f.Search != "" {
			next.Set("q", f.Search)
		}
		if f.Status == crm.Archived {
			next.Set("status", "archived")
		}
		l.More = "/customers?" + next.Encode()
	}
	l.Empty = empty
	return l
}

// emptyList is what stands where no customer does. add is the way to the first one; nil for who may not add any.
func emptyList(f crm.Filter, problem string, add *kit.Action) kit.Empty {
	switch {
	case problem != "":
		return kit.Empty{Heading: "This search found nothing", Text: problem, Actions: []kit.Action{{Label: "Show all customers", Href: "/customers"}}}
	case f.Search != "":
		e := kit.Empty{Heading: "Nothing matches '" + f.Search + "'", Text: "Search for a piece of the name, phone, e-mail or street."}
		if add != nil {
			e.Actions = []kit.Action{{Label: "Add a customer named '" + f.Search + "'", Href: "/customers/new?name=" + url.QueryEscape(f.Search), Refused: add.Refused}}
		}
		return e
	case f.Status == crm.Archived:
		return kit.Empty{Heading: "Nothing archived", Text: "Customers that you archive wait here."}
	}
	e := kit.Empty{Heading: "No customers yet", Text: "Add the person whose yard you measure next."}
	if add != nil {
		e.Actions = []kit.Action{*add}
	}
	return e
}

func nameOf(c crm.Customer) string {
	if c.Company != "" {
		return c.Name + " · " + c.Company
	}
	return c.Name
}

// form is the form of a customer, with the first property when it is new.
type form struct {
	crm.CreateCustomerInput
	ID       id.ID
	Version  int
	Problems kit.Problems
}

func (h *Handlers) newForm(w http.ResponseWriter, r *http.Request) error {
	f := form{CreateCustomerInput: crm.CreateCustomerInput{Name: r.URL.Query().Get("name"), Property: &crm.PropertyInput{}}}
	return h.Pages.Show(w, r, below("New customer", "Customers", "/customers"), newPage(f))
}

func customerInput(f url.Values) crm.CreateCustomerInput {
	return crm.CreateCustomerInput{Name: f.Get("name"), Company: f.Get("company"), Email: f.Get("email"), Phone: f.Get("phone"), Notes: f.Get("notes")}
}

func propertyInput(f url.Values, prefix string) crm.PropertyInput {
	return crm.PropertyInput{
		Street: f.Get(prefix + "street"), Unit: f.Get(prefix + "unit"), City: f.Get(prefix + "city"), State: f.Get(prefix + "state"), ZIP: f.Get(prefix + "zip"),
		GateCode: f.Get(prefix + "gate_code"), Notes: f.Get(prefix + "notes"),
		HasDog: f.Get(prefix+"has_dog") != "", HasPool: f.Get(prefix+"has_pool") != "", HasHOA: f.Get(prefix+"has_hoa") != "",
	}
}

func (h *Handlers) create(w http.ResponseWriter, r *http.Request) error {
	in := customerInput(r.PostForm)
	site := propertyInput(r.PostForm, "property/")
	if site != (crm.PropertyInput{}) {
		in.Property = &site
	}
	made, err := h.Customers.CreateCustomer(r.Context(), caller.Of(r).Actor, in)
	if fault.Is(err, fault.Invalid) {
		in.Property = &site
		return h.Pages.Show(w, r, failed(below("New customer", "Customers", "/customers")), newPage(form{CreateCustomerInput: in, Problems: kit.ProblemsOf(err)}))
	}
	if err != nil {
		return err
	}
	shell.Notify(w, made.Customer.Name+" is saved.", nil)
	return shell.SeeOther(w, r, path(made.Customer.ID))
}

// record is what a customer's page shows.
type record struct {
	crm.Record
	Work     []Work
	History  kit.History
	MayWrite bool
	MayQuote bool
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	customer, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	a := caller.Of(r).Actor
	rec, err := h.Customers.GetCustomer(r.Context(), a, customer)
	if err != nil {
		return err
	}
	work, err := h.Work(r.Context(), a, customer, id.Nil)
	if err != nil {
		return err
	}
	view := record{Record: rec, Work: work, MayWrite: a.May(tenancy.CustomersWrite), MayQuote: a.May(tenancy.QuotesWrite),
		History: shell.Timeline(a, caller.Of(r).Now, rec.Timeline, deeds, labels)}
	return h.Pages.Show(w, r, below(rec.Customer.Name, "Customers", "/customers"), recordPage(view))
}

func (h *Handlers) editForm(w http.ResponseWriter, r *http.Request) error {
	c, err := h.find(r)
	if err != nil {
		return err
	}
	f := form{ID: c.ID, Version: c.Version, CreateCustomerInput: crm.CreateCustomerInput{Name: c.Name, Company: c.Company, Email: c.Email, Phone: phone.Format(c.Phone), Notes: c.Notes}}
	return h.Pages.Show(w, r, below("Edit "+c.Name, c.Name, path(c.ID)), editPage(f))
}

func (h *Handlers) find(r *http.Request) (crm.Customer, error) {
	customer, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return crm.Customer{}, err
	}
	return h.Customers.FindCustomer(r.Context(), caller.Of(r).Actor, customer)
}

func (h *Handlers) edit(w http.ResponseWriter, r *http.Request) error {
	customer, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	in := customerInput(r.PostForm)
	_, err = h.Customers.EditCustomer(r.Context(), caller.Of(r).Actor, crm.EditCustomerInput{
		ID: customer, Version: version, Name: &in.Name, Company: &in.Company, Email: &in.Email, Phone: &in.Phone, Notes: &in.Notes,
	})
	switch {
	case fault.Is(err, fault.Invalid):
		f := form{CreateCustomerInput: in, ID: customer, Version: version, Problems: kit.ProblemsOf(err)}
		return h.Pages.Show(w, r, failed(below("Edit customer", "Customer", path(customer))), editPage(f))
	case err != nil && fault.As(err).Code == fault.CodeStale:
		return h.conflict(w, r, customer, version, in)
	case err != nil:
		return err
	}
	shell.Notify(w, in.Name+" is saved.", nil)
	return shell.SeeOther(w, r, path(customer))
}

// conflict sets both versions of a customer side by side. Nothing was overwritten.
func (h *Handlers) conflict(w http.ResponseWriter, r *http.Request, customer id.ID, version int, mine crm.CreateCustomerInput) error {
	rec, err := h.Customers.GetCustomer(r.Context(), caller.Of(r).Actor, customer)
	if err != nil {
		return err
	}
	c := kit.Conflict{Noun: "customer", Action: path(customer), Theirs: int64(rec.Customer.Version), Keep: path(customer)}
	shell.Blame(&c, caller.Of(r).Actor, rec.Timeline)
	base := shell.Base(rec.Timeline, rec.Customer.Version-version)
	if base != nil {
		base["phone"] = phone.Format(base["phone"])
	}
	c.Compare(base,
		kit.Difference{Name: "name", Label: "Name", Yours: mine.Name, Hers: rec.Customer.Name},
		kit.Difference{Name: "company", Label: "Company", Yours: mine.Company, Hers: rec.Customer.Company},
		kit.Difference{Name: "email", Label: "E-mail", Yours: mine.Email, Hers: rec.Customer.Email},
		kit.Difference{Name: "phone", Label: "Phone", Yours: mine.Phone, Hers: phone.Format(rec.Customer.Phone)},
		kit.Difference{Name: "notes", Label: "Notes", Yours: mine.Notes, Hers: rec.Customer.Notes},
	)
	p := below("Two people changed this customer", rec.Customer.Name, path(customer))
	p.Status = http.StatusPreconditionFailed
	return h.Pages.Show(w, r, p, kit.ConflictPage(c))
}

func (h *Handlers) archive(w http.ResponseWriter, r *http.Request) error {
	customer, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	c, err := h.Customers.ArchiveCustomer(r.Context(), caller.Of(r).Actor, customer)
	if err != nil {
		return err
	}
	shell.Notify(w, c.Name+" is archived.", &kit.Action{Label: "Undo", Href: path(c.ID) + "/restore", Post: true})
	return shell.SeeOther(w, r, "/customers")
}

func (h *Handlers) restore(w http.ResponseWriter, r *http.Request) error {
	customer, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	c, err := h.Customers.RestoreCustomer(r.Context(), caller.Of(r).Actor, customer)
	if err != nil {
		return err
	}
	shell.Notify(w, c.Name+" is back.", nil)
	return shell.SeeOther(w, r, path(c.ID))
}
