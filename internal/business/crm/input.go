package crm

import (
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/postal"
)

// CreateCustomerInput is a new customer as typed, with the first property when the form had one.
type CreateCustomerInput struct {
	Name     string         `json:"name"`
	Company  string         `json:"company"`
	Email    string         `json:"email"`
	Phone    string         `json:"phone"`
	Notes    string         `json:"notes"`
	Property *PropertyInput `json:"property,omitzero"`
	Sample   bool           `json:"-"` // to be looked at: counted nowhere, mailed to nobody; a company has one
}

// Validate says everything that is wrong with the input.
func (in CreateCustomerInput) Validate() error {
	_, _, err := in.read()
	return err
}

func (in CreateCustomerInput) read() (customerContent, propertyContent, error) {
	var r reader
	c := customerContent{
		Name:    r.required("/name", "name", in.Name, maxName, "Enter the customer's name."),
		Company: r.line("/company", "company", in.Company, maxCompany),
		Email:   r.email("/email", in.Email),
		Phone:   r.phone("/phone", in.Phone),
		Notes:   r.paragraphs("/notes", "notes", in.Notes, maxNotes),
	}
	var p propertyContent
	if in.Property != nil {
		var err error
		p, err = in.Property.read()
		r.problems.Under("/property", err)
	}
	return c, p, r.problems.Err()
}

// PropertyInput is a property as typed. City and state may stay empty when the ZIP is known.
type PropertyInput struct {
	Street   string `json:"street"`
	Unit     string `json:"unit"`
	City     string `json:"city"`
	State    string `json:"state"`
	ZIP      string `json:"zip"`
	GateCode string `json:"gate_code"`
	HasDog   bool   `json:"has_dog"`
	HasPool  bool   `json:"has_pool"`
	HasHOA   bool   `json:"has_hoa"`
	Notes    string `json:"notes"`
}

// Validate says everything that is wrong with the input by itself. Whether the ZIP fills city and state is
// said by the operation.
func (in PropertyInput) Validate() error {
	_, err := in.read()
	return err
}

func (in PropertyInput) read() (propertyContent, error) {
	var r reader
	w := propertyContent{
		Street:   r.required("/street", "street", in.Street, maxStreet, "Enter the street and number, like 12 Oak St."),
		Unit:     r.line("/unit", "unit", in.Unit, maxUnit),
		City:     r.line("/city", "city", in.City, maxCity),
		GateCode: r.line("/gate_code", "gate code", in.GateCode, maxGateCode),
		Notes:    r.paragraphs("/notes", "notes", in.Notes, maxNotes),
		HasDog:   in.HasDog, HasPool: in.HasPool, HasHOA: in.HasHOA,
	}
	var err error
	if in.State != "" {
		if w.State, err = postal.ParseState(in.State); err != nil {
			r.problems.Add("/state", "%s", fault.As(err).Message)
		}
	}
	if w.ZIP, err = postal.ParseZIP(in.ZIP); err != nil {
		r.problems.Add("/zip", "%s", fault.As(err).Message)
	}
	return w, r.problems.Err()
}

// locate fills from the ZIP what was not typed, and finds county and time zone: the ZIP's, else the state's,
// else homeZone.
func (w *propertyContent) locate(zips *postal.Table, homeZone string) error {
	place, err := zips.Find(w.ZIP)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if w.City == "" {
		w.City = place.City
	}
	if w.State == "" {
		w.State = place.State
	}
	var problems fault.Problems
	if w.City == "" {
		problems.Add("/city", "We do not know the ZIP %s. Type the city.", w.ZIP)
	}
	if w.State == "" {
		problems.Add("/state", "We do not know the ZIP %s. Type the state, like TX.", w.ZIP)
	}
	w.County, w.TimeZone = place.County, place.TimeZone
	if w.TimeZone == "" {
		w.TimeZone = postal.StateZone(w.State)
	}
	if w.TimeZone == "" {
		w.TimeZone = homeZone
	}
	return problems.Err()
}

// AddPropertyInput is one more property of a customer.
type AddPropertyInput struct {
	CustomerID    id.ID `json:"customer_id"`
	PropertyInput `json:",inline"`
}
