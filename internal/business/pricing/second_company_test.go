package pricing

import (
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// TestReadsShowNothingOfTheOtherCompany reads everything as A: B's texts carry a word that must not be in it.
func TestReadsShowNothingOfTheOtherCompany(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	s, a, ctx := NewService(d.App), owner(t, d, testkit.A), t.Context()
	d.Untouched(t, testkit.B, func() {
		for what, read := range map[string]func() (any, error){
			"book":      func() (any, error) { return s.Book(ctx, a) },
			"materials": func() (any, error) { return s.Materials(ctx, a) },
			"material":  func() (any, error) { return s.Material(ctx, a, testkit.A.Material()) },
			"styles":    func() (any, error) { return s.Styles(ctx, a) },
			"style":     func() (any, error) { return s.Style(ctx, a, testkit.A.Style()) },
			"tiers":     func() (any, error) { return s.Tiers(ctx, a) },
			"tier":      func() (any, error) { return s.Tier(ctx, a, testkit.A.Tier()) },
			"settings":  func() (any, error) { return s.Settings(ctx, a) },
			"zones":     func() (any, error) { return s.Zones(ctx, a) },
			"zone":      func() (any, error) { return s.Zone(ctx, a, testkit.A.Zone()) },
			"look-up":   func() (any, error) { return s.LookUpZone(ctx, a, "10001") },
		} {
			got, err := read()
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if text := asJSON(t, got); strings.Contains(text, testkit.Sentinel) {
				t.Errorf("%s shows something of B: %s", what, text)
			}
		}
		wantNothing(t, s, a)
	})
}

// wantNothing reads B's records as A: the answer is that of a random id.
func wantNothing(t *testing.T, s *Service, a tenancy.Actor) {
	t.Helper()
	for what, read := range map[string]func(id.ID) error{
		"material": func(of id.ID) error { _, err := s.Material(t.Context(), a, of); return err },
		"style":    func(of id.ID) error { _, err := s.Style(t.Context(), a, of); return err },
		"tier":     func(of id.ID) error { _, err := s.Tier(t.Context(), a, of); return err },
		"zone":     func(of id.ID) error { _, err := s.Zone(t.Context(), a, of); return err },
	} {
		random := read(id.New())
		for _, of := range []id.ID{testkit.B.Material(), testkit.B.Style(), testkit.B.Tier(), testkit.B.Zone()} {
			if err := read(of); !fault.Is(err, fault.NotFound) || err.Error() != random.Error() {
				t.Errorf("%s of B: %v, want what a random id gets: %v", what, err, random)
			}
		}
	}
}
