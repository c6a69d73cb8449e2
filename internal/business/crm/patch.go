package crm

import (
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/postal"
)

// EditCustomerInput changes the fields that are not nil; an empty text clears. Version is the one that the
// writer read.
type EditCustomerInput struct {
	ID      id.ID   `json:"id"`
	Version int     `json:"version"`
	Name    *string `json:"name"`
	Company *string `json:"company"`
	Email   *string `json:"email"`
	Phone   *string `json:"phone"`
	Notes   *string `json:"notes"`
}

// Validate says everything that is wrong with the fields that are to change.
func (in EditCustomerInput) Validate() error {
	probe := CreateCustomerInput{Name: "-"} // a name is only asked for when it is to change
	in.onto(&probe)
	problems := versionProblem(in.Version)
	problems.Under("", probe.Validate())
	return problems.Err()
}

func (in EditCustomerInput) onto(c *CreateCustomerInput) {
	replace(&c.Name, in.Name)
	replace(&c.Company, in.Company)
	replace(&c.Email, in.Email)
	replace(&c.Phone, in.Phone)
	replace(&c.Notes, in.Notes)
}

// apply is the customer's content after the edit.
func (in EditCustomerInput) apply(now customerContent) (customerContent, error) {
	whole := CreateCustomerInput{Name: now.Name, Company: now.Company, Email: now.Email, Phone: now.Phone, Notes: now.Notes}
	in.onto(&whole)
	after, _, err := whole.read()
	return after, err
}

// EditPropertyInput changes the fields that are not nil; an empty text clears. Version is the one that the
// writer read.
type EditPropertyInput struct {
	ID       id.ID   `json:"id"`
	Version  int     `json:"version"`
	Street   *string `json:"street"`
	Unit     *string `json:"unit"`
	City     *string `json:"city"`
	State    *string `json:"state"`
	ZIP      *string `json:"zip"`
	GateCode *string `json:"gate_code"`
	HasDog   *bool   `json:"has_dog"`
	HasPool  *bool   `json:"has_pool"`
	HasHOA   *bool   `json:"has_hoa"`
	Notes    *string `json:"notes"`
}

// Validate says everything that is wrong with the fields that are to change.
func (in EditPropertyInput) Validate() error {
	probe := PropertyInput{Street: "-", ZIP: "00000"} // both are only asked for when they are to change
	in.onto(&probe)
	problems := versionProblem(in.Version)
	problems.Under("", probe.Validate())
	return problems.Err()
}

func (in EditPropertyInput) onto(p *PropertyInput) {
	replace(&p.Street, in.Street)
	replace(&p.Unit, in.Unit)
	replace(&p.City, in.City)
	replace(&p.State, in.State)
	replace(&p.ZIP, in.ZIP)
	replace(&p.GateCode, in.GateCode)
	replace(&p.HasDog, in.HasDog)
	replace(&p.HasPool, in.HasPool)
	replace(&p.HasHOA, in.HasHOA)
	replace(&p.Notes, in.Notes)
}

// apply is the property's content after the edit. A new ZIP moves city and state along when the writer named
// none and they were what the old ZIP says.
func (in EditPropertyInput) apply(now propertyContent, zips *postal.Table, homeZone string) (propertyContent, error) {
	whole := PropertyInput{
		Street: now.Street, Unit: now.Unit, City: now.City, State: now.State, ZIP: now.ZIP, GateCode: now.GateCode,
		HasDog: now.HasDog, HasPool: now.HasPool, HasHOA: now.HasHOA, Notes: now.Notes,
	}
	in.onto(&whole)
	after, err := whole.read()
	if err != nil {
		return propertyContent{}, err
	}
	if after.ZIP != now.ZIP {
		if old, err := zips.Find(now.ZIP); err == nil && strings.EqualFold(old.City, now.City) && old.State == now.State {
			if in.City == nil {
				after.City = ""
			}
			if in.State == nil {
				after.State = ""
			}
		}
	}
	if after.ZIP == now.ZIP && after.City == now.City && after.State == now.State {
		// The place is the same; a newer table must not change what nobody touched.
		after.County, after.TimeZone = now.County, now.TimeZone
		return after, nil
	}
	return after, after.locate(zips, homeZone)
}

func replace[T any](field *T, with *T) {
	if with != nil {
		*field = *with
	}
}

func versionProblem(version int) (problems fault.Problems) {
	if version < 1 {
		problems.Add("/version", "Say which version you changed.")
	}
	return problems
}
