package app

import (
	"context"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// DemoLogin is how to enter the demo company.
type DemoLogin struct{ Slug, Email, Password string }

// The demo's data is public: it runs on a developer's machine only, beside the private database.
var demoLogin = DemoLogin{Slug: "acme", Email: "sam@acmefence.example", Password: "four posts and a gate"}

// Demo makes the demo company with a few customers, a draft and a sent quote, once.
func (a *App) Demo(ctx context.Context) (DemoLogin, error) {
	if !a.settings.Embedded() {
		return DemoLogin{}, fault.New(fault.Forbidden, "no-demo", "The demo company is for the private database only. Leave --demo away.")
	}
	_, err := tenancy.NewHosts(a.db, a.Site.Base()).Find(ctx, demoLogin.Slug)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return demoLogin, err
	}
	sam, err := a.demoOwner(ctx)
	if err != nil {
		return demoLogin, err
	}
	return demoLogin, a.demoWork(ctx, sam)
}

// demoOwner signs the demo company up and is its owner.
func (a *App) demoOwner(ctx context.Context) (tenancy.Actor, error) {
	request := tenancy.Request{ID: "demo", IP: "127.0.0.1", UserAgent: "fence demo"}
	done, err := a.Services.SignUps.SignUp(ctx, request, onboarding.SignUpInput{
		Company: "Acme", Email: demoLogin.Email, Password: demoLogin.Password, ZIP: "78701", UTMSource: "demo",
	})
	if err != nil {
		return tenancy.Actor{}, err
	}
	platform, err := tenancy.InTask(ctx, a.db, done.Organization.ID)
	if err != nil {
		return tenancy.Actor{}, err
	}
	who, err := a.Services.Identity.Prove(ctx, platform, demoLogin.Email, demoLogin.Password)
	if err != nil {
		return tenancy.Actor{}, err
	}
	sam := platform.WithRequest(request).As(tenancy.Person, who, "Sam", string(identity.Owner), identity.Owner.Permissions())
	o := sam.Org
	_, err = a.Services.SignUps.EditCompany(ctx, sam, onboarding.CompanyInput{
		Version: o.Version, Name: "Acme Fence", Phone: "512-555-0100", Email: demoLogin.Email, Street: "400 Cedar Ave", City: o.City, State: o.State,
		ZIP: o.ZIP, LicenseNumber: "TX-4471", BrandColor: "#1A6337", TimeZone: o.TimeZone,
	})
	return sam, err
}

func (a *App) demoWork(ctx context.Context, sam tenancy.Actor) error {
	for i, in := range []crm.CreateCustomerInput{
		{Name: "Dana Ruiz", Phone: "512-555-0143", Email: "dana@example.com", Property: &crm.PropertyInput{Street: "12 Oak St", ZIP: "78701", HasDog: true}},
		{Name: "Lee Carter", Phone: "512-555-0177", Email: "lee@example.com", Property: &crm.PropertyInput{Street: "4811 Live Oak Ln", ZIP: "78745", HasPool: true}},
		{Name: "Priya Natarajan", Company: "Natarajan Dental", Phone: "512-555-0119", Email: "office@natarajan.example", Property: &crm.PropertyInput{Street: "900 Barton Springs Rd", ZIP: "78704"}},
	} {
		made, err := a.Services.CRM.CreateCustomer(ctx, sam, in)
		if err != nil {
			return err
		}
		if i == 2 {
			continue
		}
		if err := a.demoQuote(ctx, sam, made, i == 0); err != nil {
			return err
		}
	}
	return nil
}

// demoQuote draws the reference yard on a property and quotes it.
func (a *App) demoQuote(ctx context.Context, sam tenancy.Actor, made crm.Created, send bool) error {
	layout, err := json.Marshal(pricing.ReferenceYard())
	if err != nil {
		return err
	}
	s := a.Services.Quoting
	sketch, err := s.CreateSketch(ctx, sam, quoting.CreateSketchInput{PropertyID: made.Property.ID, Name: "Back yard", Layout: layout, Extras: quoting.Extras{
		Runs: map[string]drawing.RunNote{"AB": {Name: "Left", Measured: true}, "BC": {Name: "Back", Measured: true}, "CD": {Name: "Right", Measured: send}},
	}})
	if err != nil {
		return err
	}
	draft, err := s.CreateFromSketch(ctx, sam, quoting.CreateFromSketchInput{SketchID: sketch.ID})
	if err != nil || !send {
		return err
	}
	answers, err := a.demoAnswers(ctx, sam, sketch.ID)
	if err != nil {
		return err
	}
	_, err = s.Send(ctx, sam, draft.ID, quoting.SendInput{Version: draft.Version, Answers: answers,
		Recipients: []quoting.Recipient{{Name: made.Customer.Name, Email: made.Customer.Email}}})
	return err
}

// demoAnswers says of every open check that it was looked at.
func (a *App) demoAnswers(ctx context.Context, sam tenancy.Actor, sketch id.ID) (map[string]string, error) {
	priced, err := a.Services.Quoting.PriceSketch(ctx, sam, sketch)
	answers := map[string]string{}
	for _, c := range priced.Checks {
		if c.Weight == quoting.WeightAnswer {
			answers[c.Key] = "Looked at on site."
		}
	}
	return answers, err
}
