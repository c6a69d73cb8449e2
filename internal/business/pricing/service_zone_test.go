package pricing

import (
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func TestZonesAreBounded(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Exec(t, `INSERT INTO app.pricing_zones (org_id, id, name, material_factor, labor_factor, equipment_factor, created_at, updated_at)
		SELECT $1, gen_random_uuid(), 'Zone ' || n, 1, 1, 1, now(), now() FROM generate_series(2, 199) n`, testkit.A.ID)
	s, a := NewService(d.App), owner(t, d, testkit.A)
	if _, err := s.CreateZone(t.Context(), a, hills); err != nil {
		t.Errorf("the 200th zone: %v", err)
	}
	if _, err := s.CreateZone(t.Context(), a, hills); !fault.Is(err, fault.Conflict) {
		t.Errorf("the 201st zone: %v, want conflict", err)
	}
}

func TestSmallerPlanHasNoZones(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Exec(t, "UPDATE app.organizations SET plan = 'starter' WHERE org_id = $1", testkit.A.ID)
	s, a := NewService(d.App), owner(t, d, testkit.A)
	_, list := s.Zones(t.Context(), a)
	_, look := s.LookUpZone(t.Context(), a, "78701")
	_, create := s.CreateZone(t.Context(), a, hills)
	_, edit := s.EditZone(t.Context(), a, EditZoneInput{testkit.A.Zone(), 1, hills})
	for name, err := range map[string]error{"list": list, "look up": look, "create": create, "edit": edit} {
		if f := fault.As(err); f.Code != "feature-not-in-plan" {
			t.Errorf("%s: %v, want feature-not-in-plan", name, err)
		}
	}
	if _, err := s.DeleteZone(t.Context(), a, DeleteZoneInput{testkit.A.Zone(), 1}); err != nil {
		t.Errorf("delete: %v", err)
	}
}

func TestZoneLookUpAnswersForAZIP(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	s, a := NewService(d.App), owner(t, d, testkit.A)
	for zip, want := range map[string]string{
		"78701": "Downtown, because of ZIP 78701: material 1.02, labor 1.10.",
		"78702": "Austin core (Sample), because of ZIPs 78701 to 78705: material 1.02, labor 1.10.",
		"99501": "Alaska (Sample), because of state AK: material 1.25, labor 1.35, equipment 1.25.",
		"67202": "United States (Sample), because no closer zone holds: material 1.00, labor 1.00.",
	} {
		got, err := s.LookUpZone(t.Context(), a, zip)
		if err != nil || got.Why != want {
			t.Errorf("%s: %q, %v; want %q", zip, got.Why, err, want)
		}
	}
	_, err := s.LookUpZone(t.Context(), a, "7870")
	wantField(t, err, "/zip")
	d.Advance(t, 8*365*24*time.Hour)
	if got, err := s.LookUpZone(t.Context(), a, "99501"); err != nil || got.ZoneID != id.Nil {
		t.Errorf("after the samples' end: %+v, %v; want none", got, err)
	}
}
