package app

import (
	"context"

	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
)

// DemoLogin is how to enter the demo company.
type DemoLogin struct{ Slug, Email, Password string }

// The demo's data is public: it runs on a developer's machine only, beside the private database.
var demoLogin = DemoLogin{Slug: "acme", Email: "sam@acmefence.example", Password: "four posts and a gate"}

// Demo makes the demo company, once.
func (a *App) Demo(ctx context.Context) (DemoLogin, error) {
	if !a.settings.Embedded() {
		return DemoLogin{}, fault.New(fault.Forbidden, "no-demo", "The demo company is for the private database only. Leave --demo away.")
	}
	_, err := tenancy.NewHosts(a.db, a.Site.Base()).Find(ctx, demoLogin.Slug)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return demoLogin, err
	}
	_, err = a.Services.SignUps.SignUp(ctx, tenancy.Request{ID: "demo", IP: "127.0.0.1", UserAgent: "fence demo"}, onboarding.SignUpInput{
		Company: "Acme", Email: demoLogin.Email, Password: demoLogin.Password, ZIP: "78701", UTMSource: "demo",
	})
	return demoLogin, err
}
