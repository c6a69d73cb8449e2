package pricing

import (
	"slices"
	"testing"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// founded is a company that signed up a moment ago: its owner, and when.
func founded(t testing.TB, d *testkit.Database) tenancy.Actor {
	t.Helper()
	a := tenancy.Founding(id.New())
	err := d.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error {
		ends := tx.Now().Add(plan.TrialLength)
		org := tenancy.Organization{Name: "Gamma Fence", TimeZone: "America/Chicago", Plan: plan.Trial, PlanVersion: 1, TrialEndsAt: &ends}
		if _, err := tenancy.Found(tx, org, func(int) string { return "gamma" }); err != nil {
			return err
		}
		return Seed(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err = tenancy.InTask(t.Context(), d.App, a.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Person, id.New(), "Owner", "owner", tenancy.Permissions)
}

func mustBook(t testing.TB, d *testkit.Database, a tenancy.Actor) *Book {
	t.Helper()
	b, err := NewService(d.App).Book(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSeedPricesTheReferenceYardWithoutSetUp(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := founded(t, d)
	b := mustBook(t, d, a)
	got, err := b.Price(ReferenceYard(), "67202", a.Org.CreatedAt)
	if err != nil {
		t.Fatal(err)
	}
	var keys []TierKey
	var totals []money.Cents
	for _, p := range got {
		keys, totals = append(keys, p.Tier.Key), append(totals, p.Price.TotalCents)
		t.Logf("%s: %s, %s / ft, cost %s", p.Tier.Name, p.Price.TotalCents, p.Price.PricePerFtCents, p.Price.CostCents)
		if p.TakeOff.Posts.Total != 20 || p.Zone.Name != "United States" {
			t.Errorf("%s: %d posts in zone %q, want 20 in United States", p.Tier.Key, p.TakeOff.Posts.Total, p.Zone.Name)
		}
	}
	if !slices.Equal(keys, TierKeys) {
		t.Errorf("tiers %v, want %v", keys, TierKeys)
	}
	if !slices.IsSorted(totals) || totals[2]-totals[0] < 200_000 {
		t.Errorf("totals %v: the tiers do not differ enough", totals)
	}
}

func TestSeededPremiumCostsWhatTheReferenceListSays(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := founded(t, d)
	b := mustBook(t, d, a)
	yard := ReferenceYard()
	yard.Segments[0].RemovalFt, yard.Segments[1].RemovalFt = 40, 50
	got, err := b.PriceDeal(yard, Deal{ZIP: "78701", Miles: 38}, a.Org.CreatedAt)
	if err != nil {
		t.Fatal(err)
	}
	p := got[1]
	want := mustCalculate(t, goldD(t))
	if p.Price.CostCents != want.CostCents || p.Price.PriceCents != want.PriceCents+59_900 {
		t.Errorf("cost %s, price %s; want %s and %s + $599.00", p.Price.CostCents, p.Price.PriceCents, want.CostCents, want.PriceCents)
	}
	if want := "Austin core (Sample), because of ZIPs 78701 to 78705: material 1.02, labor 1.10."; p.Zone.Why != want {
		t.Errorf("zone because %q, want %q", p.Zone.Why, want)
	}
}

func TestEverySeededStyleIsWhole(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := founded(t, d)
	b := mustBook(t, d, a)
	for _, s := range b.Styles {
		in := EditStyleInput{ID: s.ID, Version: s.Version, Name: s.Name, Document: s.Document, Materials: s.Materials}
		if err := in.Validate(); err != nil {
			t.Errorf("style %s: %v", s.Key, err)
		}
		tier := b.Tiers[0]
		tier.StyleID = s.ID
		for _, yard := range []takeoff.Layout{ReferenceYard(), crossing()} {
			only := *b
			only.Tiers = []Tier{tier}
			if got, err := only.Price(yard, "", a.Org.CreatedAt); err != nil || len(got[0].Price.Warnings) > 0 {
				t.Errorf("style %s: %v", s.Key, err)
			}
		}
	}
}

// crossing is three lines that meet, with tee posts.
func crossing() takeoff.Layout {
	return takeoff.Layout{
		Nodes:    []takeoff.Node{{ID: "M"}, {ID: "N", Y: 30}, {ID: "E", X: 30}, {ID: "S", Y: -30}},
		Segments: []takeoff.Segment{{ID: "1", From: "M", To: "N"}, {ID: "2", From: "M", To: "E"}, {ID: "3", From: "M", To: "S"}},
	}
}
