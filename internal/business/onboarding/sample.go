package onboarding

import (
	"context"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// What a company has to look at before it has anything of its own. The name says in every list what it is.
const (
	sampleName   = "Sample: Dana Reyes"
	sampleStreet = "12 Sample Street"
	sampleNotes  = "Sample data: counted nowhere, mailed to nobody. Remove it on the first page."
	sampleZIP    = "78701" // of a company that has not said where it works
)

// AddSample puts a customer, a drawn yard and a draft of a quote there, or brings back those that were removed. What is
// missing after an interruption is made when it is asked for again.
func (s *Service) AddSample(ctx context.Context, a tenancy.Actor) error {
	if err := a.Require(tenancy.SettingsWrite); err != nil {
		return err
	}
	customer, err := s.sampleCustomer(ctx, a)
	if err != nil {
		return err
	}
	places, err := s.Customers.ListProperties(ctx, a, customer)
	if err != nil || len(places) == 0 {
		return err
	}
	sketch, err := s.sampleSketch(ctx, a, places[0].ID)
	if err != nil {
		return err
	}
	quotes, err := s.Quotes.ListQuotes(ctx, a, quoting.QuoteFilter{CustomerID: customer, Limit: 1})
	if err != nil || len(quotes.Quotes) > 0 {
		return err
	}
	_, err = s.Quotes.CreateFromSketch(ctx, part(a, "quote"), quoting.CreateFromSketchInput{SketchID: sketch})
	return err
}

// RemoveSample takes the sample out of sight. AddSample undoes it.
func (s *Service) RemoveSample(ctx context.Context, a tenancy.Actor) error {
	if err := a.Require(tenancy.SettingsWrite); err != nil {
		return err
	}
	customer, _, err := s.findSample(ctx, a)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.Customers.ArchiveCustomer(ctx, a, customer)
	return err
}

func (s *Service) findSample(ctx context.Context, a tenancy.Actor) (customer id.ID, removed bool, err error) {
	_, err = s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&customer, &removed}, `SELECT id, archived_at IS NOT NULL FROM app.customers WHERE org_id = $1 AND is_sample`, a.Tenant().Org())
	})
	return customer, removed, err
}

// sampleCustomer is the one that is there, brought back, or made.
func (s *Service) sampleCustomer(ctx context.Context, a tenancy.Actor) (id.ID, error) {
	customer, removed, err := s.findSample(ctx, a)
	switch {
	case err == nil && removed:
		_, err = s.Customers.RestoreCustomer(ctx, part(a, "restore"), customer)
		return customer, err
	case !fault.Is(err, fault.NotFound):
		return customer, err
	}
	in := crm.CreateCustomerInput{Name: sampleName, Notes: sampleNotes, Sample: true, Property: &crm.PropertyInput{Street: sampleStreet, ZIP: a.Org.ZIP}}
	if in.Property.ZIP == "" {
		in.Property.ZIP = sampleZIP
	}
	made, err := s.Customers.CreateCustomer(ctx, part(a, "customer"), in)
	if fault.Is(err, fault.Invalid) { // a ZIP that nobody knows
		in.Property.ZIP = sampleZIP
		made, err = s.Customers.CreateCustomer(ctx, part(a, "customer-elsewhere"), in)
	}
	if pg.Violates(err, "customers_one_sample") { // somebody else pressed at the same moment
		customer, _, err = s.findSample(ctx, a)
		return customer, err
	}
	return made.Customer.ID, err
}

func (s *Service) sampleSketch(ctx context.Context, a tenancy.Actor, property id.ID) (id.ID, error) {
	drawn, err := s.Quotes.ListSketchesOfProperty(ctx, a, property)
	if err != nil {
		return id.Nil, err
	}
	if len(drawn) > 0 {
		return drawn[0].ID, nil
	}
	yard := pricing.ReferenceYard()
	layout, err := json.Marshal(yard)
	if err != nil {
		return id.Nil, err
	}
	names, runs := []string{"Left", "Back", "Right"}, map[string]drawing.RunNote{}
	for i, segment := range yard.Segments {
		runs[segment.ID] = drawing.RunNote{Name: names[i], Measured: true}
	}
	made, err := s.Quotes.CreateSketch(ctx, part(a, "sketch"), quoting.CreateSketchInput{PropertyID: property, Name: "Sample", Layout: layout, Extras: quoting.Extras{Runs: runs}})
	return made.ID, err
}

// part is the actor with a key of its own for one of several operations of one request.
func part(a tenancy.Actor, name string) tenancy.Actor {
	if a.Request.IdempotencyKey == "" {
		return a
	}
	request := a.Request
	request.IdempotencyKey += ":" + name
	return a.WithRequest(request)
}
