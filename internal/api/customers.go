package api

import (
	"context"
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
)

type customers struct{ Services }

func (s customers) register(a *API) {
	register(a, route{pattern: "GET /v1/customers", name: "list-customers", summary: "List customers, newest first."},
		needs(tenancy.CustomersRead), s.list)
	register(a, route{pattern: "POST /v1/customers", name: "create-customer", summary: "Create a customer, with the first property if there is one.", status: http.StatusCreated},
		needs(tenancy.CustomersWrite), s.create)
	register(a, route{pattern: "GET /v1/customers/{id}", name: "get-customer", summary: "Get a customer."},
		needs(tenancy.CustomersRead), s.get)
	register(a, route{pattern: "PATCH /v1/customers/{id}", name: "edit-customer", summary: "Change a customer by merge patch."},
		needs(tenancy.CustomersWrite), s.edit)
	register(a, route{pattern: "POST /v1/customers/{id}/archive", name: "archive-customer", summary: "Move a customer out of sight."},
		needs(tenancy.CustomersWrite), s.archive)
	register(a, route{pattern: "POST /v1/customers/{id}/restore", name: "restore-customer", summary: "Bring an archived customer back."},
		needs(tenancy.CustomersWrite), s.restore)
}

// Customer is exported for being a part of another document.
type Customer struct {
	ID         id.ID      `json:"id"`
	Name       string     `json:"name"`
	Company    string     `json:"company"`
	Email      string     `json:"email"`
	Phone      string     `json:"phone" doc:"E.164, like +15125550143, or empty."`
	Notes      string     `json:"notes"`
	Status     string     `json:"status" enum:"active,archived"`
	ArchivedAt *time.Time `json:"archived_at"`
	CreatedBy  *id.ID     `json:"created_by" doc:"The person or key; null for the platform itself."`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	Version    int        `json:"version"`
}

func newCustomer(c crm.Customer) Customer {
	return Customer{
		ID: c.ID, Name: c.Name, Company: c.Company, Email: c.Email, Phone: c.Phone, Notes: c.Notes, Status: string(c.Status),
		ArchivedAt: c.ArchivedAt, CreatedBy: optionalID(c.CreatedBy), CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Version: c.Version,
	}
}

// oneCustomer is a customer that writes itself. The method is not Customer's own, or every document with a
// customer in it would write the customer alone.
type oneCustomer Customer

func (c oneCustomer) appendJSON(b []byte) []byte { return appendCustomer(b, (*Customer)(&c)) }

func appendCustomer(b []byte, c *Customer) []byte {
	b = appendID(append(b, `{"id":`...), c.ID)
	b = appendText(append(b, `,"name":`...), c.Name)
	b = appendText(append(b, `,"company":`...), c.Company)
	b = appendText(append(b, `,"email":`...), c.Email)
	b = appendText(append(b, `,"phone":`...), c.Phone)
	b = appendText(append(b, `,"notes":`...), c.Notes)
	b = appendText(append(b, `,"status":`...), c.Status)
	b = appendOptionalTime(append(b, `,"archived_at":`...), c.ArchivedAt)
	b = append(b, `,"created_by":`...)
	if c.CreatedBy == nil {
		b = append(b, "null"...)
	} else {
		b = appendID(b, *c.CreatedBy)
	}
	b = appendTime(append(b, `,"created_at":`...), c.CreatedAt)
	b = appendTime(append(b, `,"updated_at":`...), c.UpdatedAt)
	b = appendInt(append(b, `,"version":`...), c.Version)
	return append(b, '}')
}

// customerPage is pageOf[Customer], which writes itself.
type customerPage pageOf[Customer]

func (p customerPage) appendJSON(b []byte) []byte {
	b = append(b, `{"items":[`...)
	for i := range p.Items {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCustomer(b, &p.Items[i])
	}
	b = append(b, `],"next_cursor":`...)
	if p.NextCursor == nil {
		return append(b, "null}"...)
	}
	return append(appendText(b, *p.NextCursor), '}')
}

type listCustomers struct {
	Paging
	Status string `query:"status" enum:"active,archived" doc:"active when it is left out."`
	Q      string `query:"q" doc:"Pieces of name, company, e-mail, phone or address; all have to occur."`
}

func (s customers) list(ctx context.Context, a tenancy.Actor, in *listCustomers) (*answer[customerPage], error) {
	page, err := s.CRM.ListCustomers(ctx, a, crm.Filter{Status: crm.Status(in.Status), Search: in.Q, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, renamed(err, "/search", "/q")
	}
	return &answer[customerPage]{customerPage{Items: each(page.Customers, newCustomer), NextCursor: cursorOf(page.Next)}}, nil
}

type newCustomerBody struct {
	Name     string         `json:"name"`
	Company  string         `json:"company,omitempty"`
	Email    string         `json:"email,omitempty"`
	Phone    string         `json:"phone,omitempty" doc:"As people write it: (512) 555-0143."`
	Notes    string         `json:"notes,omitempty"`
	Property *propertyInput `json:"property,omitempty" doc:"The first property."`
}

// createdCustomer is a new customer with its first property, if one came with it.
type createdCustomer struct {
	Customer
	Property *property `json:"property,omitempty"`
}

func (s customers) create(ctx context.Context, a tenancy.Actor, in *body[newCustomerBody]) (*createdAnswer[createdCustomer], error) {
	b := in.Body
	made, err := s.CRM.CreateCustomer(ctx, a, crm.CreateCustomerInput{
		Name: b.Name, Company: b.Company, Email: b.Email, Phone: b.Phone, Notes: b.Notes, Property: b.Property.input(),
	})
	if err != nil {
		return nil, err
	}
	out := createdCustomer{Customer: newCustomer(made.Customer)}
	if made.Property != nil {
		p := newProperty(*made.Property)
		out.Property = &p
	}
	return &createdAnswer[createdCustomer]{Location: "/v1/customers/" + out.ID.String(), ETag: etag(out.Version), Body: out}, nil
}

func (s customers) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[oneCustomer], error) {
	return customerAnswer(s.CRM.FindCustomer(ctx, a, id.ID(in.ID)))
}

func customerAnswer(c crm.Customer, err error) (*recordAnswer[oneCustomer], error) {
	if err != nil {
		return nil, err
	}
	return &recordAnswer[oneCustomer]{ETag: etag(c.Version), Body: oneCustomer(newCustomer(c))}, nil
}

type customerPatch struct {
	Name    patch[string] `json:"name,omitzero"`
	Company patch[string] `json:"company,omitzero"`
	Email   patch[string] `json:"email,omitzero"`
	Phone   patch[string] `json:"phone,omitzero"`
	Notes   patch[string] `json:"notes,omitzero"`
}

func (s customers) edit(ctx context.Context, a tenancy.Actor, in *changeOf[customerPatch]) (*recordAnswer[oneCustomer], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	c, err := s.CRM.EditCustomer(ctx, a, crm.EditCustomerInput{
		ID: id.ID(in.ID), Version: version,
		Name: b.Name.change(), Company: b.Company.change(), Email: b.Email.change(), Phone: b.Phone.change(), Notes: b.Notes.change(),
	})
	return customerAnswer(c, behind(err, func() (int, error) { return c.Version, nil }))
}

func (s customers) archive(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[oneCustomer], error) {
	return customerAnswer(s.CRM.ArchiveCustomer(ctx, a, id.ID(in.ID)))
}

func (s customers) restore(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[oneCustomer], error) {
	return customerAnswer(s.CRM.RestoreCustomer(ctx, a, id.ID(in.ID)))
}
