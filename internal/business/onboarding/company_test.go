package onboarding_test

import (
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/testkit"
)

func (b bundle) owner(t *testing.T, o testkit.Org) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), b.db.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Person, o.Owner(), "Olive Owner", "owner", tenancy.Permissions)
}

func asIs(o tenancy.Organization) onboarding.CompanyInput {
	return onboarding.CompanyInput{Version: o.Version, Name: o.Name, Phone: o.Phone, Email: o.Email, Street: o.Street, City: o.City,
		State: o.State, ZIP: o.ZIP, LicenseNumber: o.LicenseNumber, BrandColor: o.BrandColor, TimeZone: o.TimeZone, NoProductEvents: o.NoProductEvents}
}

func TestCompanyIsEditedOnceAndAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.owner(t, testkit.A)
	b.db.Untouched(t, testkit.B, func() {
		before, err := b.signUps.Company(t.Context(), a)
		if err != nil || before.ID != testkit.A.ID {
			t.Fatalf("read %v, %v", before.ID, err)
		}
		in := asIs(before)
		in.Name, in.BrandColor = "Alpha & Daughters", "#0f4c75"
		after, err := b.signUps.EditCompany(t.Context(), a, in)
		if err != nil || after.Name != in.Name || after.BrandColor != "#0F4C75" || after.Version != before.Version+1 {
			t.Fatalf("edited to %+v, %v", after, err)
		}
		if name := testkit.Value[string](t, b.db, `SELECT name FROM platform.organizations WHERE org_id = $1`, testkit.A.ID); name != in.Name {
			t.Errorf("the operator's summary says %q", name)
		}
		_, err = b.signUps.EditCompany(t.Context(), a, in)
		if f := fault.As(err); f.Code != fault.CodeStale {
			t.Errorf("with the version of before: %v, want stale", err)
		}
	})
}

func TestCompanyRefusesWhatItCannotShow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.owner(t, testkit.A)
	now, err := b.signUps.Company(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	b.db.Untouched(t, testkit.A, func() {
		for pointer, spoil := range map[string]func(*onboarding.CompanyInput){
			"/name":        func(in *onboarding.CompanyInput) { in.Name = " " },
			"/phone":       func(in *onboarding.CompanyInput) { in.Phone = "12" },
			"/email":       func(in *onboarding.CompanyInput) { in.Email = "ask Kim" },
			"/zip":         func(in *onboarding.CompanyInput) { in.ZIP = "7870" },
			"/state":       func(in *onboarding.CompanyInput) { in.State = "Texas" },
			"/brand_color": func(in *onboarding.CompanyInput) { in.BrandColor = "url(x)" },
			"/time_zone":   func(in *onboarding.CompanyInput) { in.TimeZone = "../etc/passwd" },
			"/street":      func(in *onboarding.CompanyInput) { in.Street = "1 \u202eyaW" },
			"/city":        func(in *onboarding.CompanyInput) { in.City = "Aus\x00tin" },
		} {
			in := asIs(now)
			spoil(&in)
			_, err := b.signUps.EditCompany(t.Context(), a, in)
			if f := fault.As(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != pointer {
				t.Errorf("%s: %v, want it alone refused", pointer, err)
			}
		}
		crew := a.As(tenancy.Person, testkit.A.Crew(), "Carl", "crew", []tenancy.Permission{tenancy.JobsRead})
		if _, err := b.signUps.EditCompany(t.Context(), crew, asIs(now)); !fault.Is(err, fault.Forbidden) {
			t.Errorf("crew: %v, want forbidden", err)
		}
		if _, err := b.signUps.Company(t.Context(), crew); !fault.Is(err, fault.Forbidden) {
			t.Errorf("crew reads: %v, want forbidden", err)
		}
	})
}

// A move to another time zone neither cuts the billing period short nor begins it anew.
func TestAMoveKeepsTheBillingPeriod(t *testing.T) {
	t.Parallel()
	b := setup(t)
	move := func(zone string) tenancy.Organization {
		t.Helper()
		a := b.owner(t, testkit.A)
		now, err := b.signUps.Company(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		in := asIs(now)
		in.TimeZone = zone
		after, err := b.signUps.EditCompany(t.Context(), a, in)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := b.signUps.Company(t.Context(), a)
		at := testkit.Value[time.Time](t, b.db, `SELECT transaction_timestamp() + ahead FROM platform.clock`)
		if err != nil || stored.Period(at) != after.Period(at) || stored.Period(stored.Period(at).End) != after.Period(after.Period(at).End) {
			t.Fatalf("stored otherwise than answered: %v", err)
		}
		return stored
	}
	at := testkit.Value[time.Time](t, b.db, `SELECT transaction_timestamp() + ahead FROM platform.clock`)
	was := b.owner(t, testkit.A).Org.Period(at)
	for _, zone := range []string{"Pacific/Honolulu", "America/New_York", "America/Chicago", "America/New_York"} {
		o := move(zone)
		p, next := o.Period(at), o.Period(was.End)
		if p != was || !next.Start.Equal(was.End) || next.End.Sub(next.Start) < 27*24*time.Hour {
			t.Errorf("in %s the period is %v and then %v, want %v to go on", zone, p, next, was)
		}
	}
}
