package shell

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
)

// What is refused because its time is over is refused with a page, and with the status of what was too slow.
func TestARequestThatTookTooLongIsToldSo(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	(&Pages{}).Refuse(w, httptest.NewRequestWithContext(over, "POST", "/signup", nil), fault.New(fault.Unavailable, "unavailable", "The database does not answer."))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "A part we need does not answer") {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
}

// A refusal by the state of the plan names it, and gives who can do something about it the way there.
func TestRefusalsByThePlanLeadOn(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 3, 14, 17, 0, 0, 0, time.UTC)
	long, lately := now.AddDate(0, 0, -40), now.AddDate(0, 0, -2)
	org := func(ended *time.Time, o ...tenancy.Override) tenancy.Organization {
		return tenancy.Organization{Name: "Alpha Fence", TimeZone: "UTC", Plan: plan.Trial, PlanVersion: 1, TrialEndsAt: ended, Standing: tenancy.PlanStanding{Overrides: o}}
	}
	stopped := org(&lately, tenancy.Override{Kind: tenancy.OverrideHold, Reason: "sends spam", Since: lately})
	p := &Pages{WriteTo: "help@platform.example"}
	for _, c := range []struct {
		org           tenancy.Organization
		role          identity.Role
		heading, href string
	}{
		{stopped, identity.Owner, "This company is stopped", "mailto:help@platform.example?subject=Our%20company%20is%20stopped:%20Alpha%20Fence"},
		{stopped, identity.Admin, "This company is stopped", ""},
		{org(&lately), identity.Owner, "Nothing can be changed now", tenancy.BillingPath},
		{org(&lately), identity.Admin, "Nothing can be changed now", tenancy.BillingPath},
		{org(&lately), identity.Crew, "Nothing can be changed now", ""},
		{org(&long), identity.Crew, "Closed to all but owners", ""},
	} {
		a := tenancy.Actor{Org: c.org}.As(tenancy.Person, id.New(), "Sam", string(c.role), c.role.Permissions())
		f := fault.As(a.RequirePlan(now))
		r := kit.RefusalOf(f, "7F3K2")
		p.leadOn(&caller.Caller{Actor: a, Now: now}, "/jobs", f, &r)
		href := ""
		if len(r.Actions) > 0 {
			href = r.Actions[0].Href
		}
		if r.Heading != c.heading || href != c.href || r.Text == "" {
			t.Errorf("%s: %q %q leads to %q, want %q to %q", c.role, r.Heading, r.Text, href, c.heading, c.href)
		}
	}
}

// What a homeowner cannot be shown now says whom to call.
func TestRefusalsOfHomeownersSayWhomToCall(t *testing.T) {
	t.Parallel()
	contractor := tenancy.Organization{Name: "Alpha Fence", Phone: "+15125550100"}
	for _, kind := range []fault.Kind{fault.Internal, fault.Unavailable, fault.RateLimited} {
		f := fault.New(kind, "unavailable", "x")
		r := kit.RefusalOf(f, "7F3K2")
		toHomeowner(contractor, f, &r)
		if got := r.Company + " " + r.Phone; got != "Alpha Fence 512-555-0100" || strings.Contains(r.Text, "tell us") {
			t.Errorf("kind %d: %q leads to %q", kind, r.Text, got)
		}
	}
}
