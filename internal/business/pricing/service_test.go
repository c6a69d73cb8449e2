package pricing

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// owner acts for an organization of the fixtures with every right.
func owner(t testing.TB, d *testkit.Database, o testkit.Org) tenancy.Actor {
	t.Helper()
	return acting(t, d, o, tenancy.Permissions...)
}

func acting(t testing.TB, d *testkit.Database, o testkit.Org, allowed ...tenancy.Permission) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), d.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Person, o.Owner(), "Owner A", "owner", allowed)
}

// deed is an operation that changes the price list, on a record that is the organization's in the fixtures.
type deed struct {
	name      string
	record    func(testkit.Org) id.ID // nil: on no record that is named
	versioned bool
	costs     bool // needs to see costs
	do        func(s *Service, t testing.TB, a tenancy.Actor, record id.ID, version int) (any, error)
}

var deeds = []deed{
	{"add a material", nil, false, true, func(s *Service, t testing.TB, a tenancy.Actor, _ id.ID, _ int) (any, error) {
		return s.AddMaterial(t.Context(), a, AddMaterialInput{MaterialInput: MaterialInput{"Cedar post 6×6", "each", 4100, 1}})
	}},
	{"edit a material", testkit.Org.Material, true, true, func(s *Service, t testing.TB, a tenancy.Actor, record id.ID, version int) (any, error) {
		return s.EditMaterial(t.Context(), a, EditMaterialInput{record, version, MaterialInput{"Cedar picket", "each", 320, 1}})
	}},
	{"copy a style", testkit.Org.Style, false, false, func(s *Service, t testing.TB, a tenancy.Actor, record id.ID, _ int) (any, error) {
		return s.CopyStyle(t.Context(), a, CopyStyleInput{record, "Cedar privacy, 2 rails"})
	}},
	{"edit a style", testkit.Org.Style, true, false, func(s *Service, t testing.TB, a tenancy.Actor, record id.ID, version int) (any, error) {
		return s.EditStyle(t.Context(), a, EditStyleInput{record, version, "Cedar privacy, 4 rails",
			takeoff.Style{Kind: takeoff.KindWood, Rails: new(4)}, bought()})
	}},
	{"edit a tier", testkit.Org.Tier, true, false, func(s *Service, t testing.TB, a tenancy.Actor, record id.ID, version int) (any, error) {
		return s.EditTier(t.Context(), a, EditTierInput{record, version, "Better", testkit.A.Style(), 50_000, 2.5, "Cedar",
			[]Difference{{"Posts", "6×6"}}, 5})
	}},
	{"edit rates", nil, true, true, func(s *Service, t testing.TB, a tenancy.Actor, _ id.ID, version int) (any, error) {
		r := *seedSettings().Rates
		r.Method = Method{Kind: MethodMarkup, Pct: 50, Cents: 7, CentsPerFt: 7}
		return s.EditRates(t.Context(), a, EditRatesInput{version, r})
	}},
	{"edit the offer", nil, true, false, func(s *Service, t testing.TB, a tenancy.Actor, _ id.ID, version int) (any, error) {
		o := seedSettings().Offer
		o.Included = append(o.Included, "  ", "A  broom")
		return s.EditOffer(t.Context(), a, EditOfferInput{version, o})
	}},
	{"create a zone", nil, false, false, func(s *Service, t testing.TB, a tenancy.Actor, _ id.ID, _ int) (any, error) {
		return s.CreateZone(t.Context(), a, hills)
	}},
	{"edit a zone", testkit.Org.Zone, true, false, func(s *Service, t testing.TB, a tenancy.Actor, record id.ID, version int) (any, error) {
		return s.EditZone(t.Context(), a, EditZoneInput{record, version, hills})
	}},
	{"delete a zone", testkit.Org.Zone, true, false, func(s *Service, t testing.TB, a tenancy.Actor, record id.ID, version int) (any, error) {
		return s.DeleteZone(t.Context(), a, DeleteZoneInput{record, version})
	}},
}

var hills = ZoneInput{"Hill country", 3, Zone{1.05, 1.2, 1.1}, []ZoneMember{by(ByZIP3, "786"), by(ByZIP3, "786")}, "Rock"}

// bought is what A's style buys, as the fixtures have it.
func bought() map[string]id.ID {
	m := map[string]id.ID{}
	for _, item := range Items(takeoff.KindWood) {
		m[item] = testkit.A.Material()
	}
	return m
}

func (d deed) on(o testkit.Org) id.ID {
	if d.record == nil {
		return id.Nil
	}
	return d.record(o)
}

func TestDeedsAreDoneOnceAndTouchNothingOfOthers(t *testing.T) {
	t.Parallel()
	for _, deed := range deeds {
		t.Run(deed.name, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDatabase(t)
			s, a := NewService(d.App), owner(t, d, testkit.A)
			keyed := a.WithRequest(tenancy.Request{IdempotencyKey: "once"})
			entries := testkit.Value[int](t, d, "SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1", testkit.A.ID)
			var first any
			var err error
			d.Untouched(t, testkit.B, func() { first, err = deed.do(s, t, keyed, deed.on(testkit.A), 1) })
			if err != nil {
				t.Fatal(err)
			}
			if got := testkit.Value[int](t, d, "SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1", testkit.A.ID); got != entries+1 {
				t.Errorf("%d audit entries, want %d", got, entries+1)
			}
			d.Untouched(t, testkit.A, func() {
				again, err := deed.do(s, t, keyed, deed.on(testkit.A), 1)
				if diff := cmp.Diff(asJSON(t, first), asJSON(t, again)); err != nil || diff != "" {
					t.Errorf("the same request again: %v, differs (-first +again):\n%s", err, diff)
				}
			})
			if deed.versioned {
				deed.refusesVersionBefore(t, s, a)
			}
		})
	}
}

// refusesVersionBefore does the deed again on the version that it has changed.
func (d deed) refusesVersionBefore(t *testing.T, s *Service, a tenancy.Actor) {
	t.Helper()
	_, err := d.do(s, t, a, d.on(testkit.A), 1)
	if d.name == "delete a zone" {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a second time: %v, want not found", err)
		}
	} else if f := fault.As(err); f.Code != fault.CodeStale {
		t.Errorf("with the version before: %v, want stale", err)
	}
}

func TestForeignRecordsLookLikeUnknownOnes(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	s, a := NewService(d.App), owner(t, d, testkit.A)
	d.Untouched(t, testkit.B, func() {
		for _, deed := range deeds {
			if deed.record == nil {
				continue
			}
			_, foreign := deed.do(s, t, a, deed.record(testkit.B), 1)
			_, unknown := deed.do(s, t, a, id.New(), 1)
			if !fault.Is(foreign, fault.NotFound) || foreign.Error() != unknown.Error() {
				t.Errorf("%s of B: %v; of nobody: %v; want the same not found", deed.name, foreign, unknown)
			}
		}
	})
	reads := map[string]func(id.ID) error{
		"material": func(r id.ID) error { _, err := s.Material(t.Context(), a, r); return err },
		"style":    func(r id.ID) error { _, err := s.Style(t.Context(), a, r); return err },
		"tier":     func(r id.ID) error { _, err := s.Tier(t.Context(), a, r); return err },
		"zone":     func(r id.ID) error { _, err := s.Zone(t.Context(), a, r); return err },
	}
	for name, record := range map[string]func(testkit.Org) id.ID{
		"material": testkit.Org.Material, "style": testkit.Org.Style, "tier": testkit.Org.Tier, "zone": testkit.Org.Zone,
	} {
		if err := reads[name](record(testkit.A)); err != nil {
			t.Errorf("own %s: %v", name, err)
		}
		foreign, unknown := reads[name](record(testkit.B)), reads[name](id.New())
		if !fault.Is(foreign, fault.NotFound) || foreign.Error() != unknown.Error() {
			t.Errorf("%s of B: %v; of nobody: %v; want the same not found", name, foreign, unknown)
		}
	}
}

func TestRefersToNothingOfOthers(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	s, a := NewService(d.App), owner(t, d, testkit.A)
	tier := EditTierInput{ID: testkit.A.Tier(), Version: 1, Name: "Premium"}
	style := EditStyleInput{ID: testkit.A.Style(), Version: 1, Name: "Cedar", Document: takeoff.Style{Kind: takeoff.KindWood}, Materials: bought()}
	for _, foreign := range []id.ID{testkit.B.Style(), testkit.B.Material(), id.New()} {
		tier.StyleID = foreign
		_, err := s.EditTier(t.Context(), a, tier)
		wantField(t, err, "/style_id")
		style.Materials["rail"] = foreign
		_, err = s.EditStyle(t.Context(), a, style)
		wantField(t, err, "/materials/rail")
	}
}

func wantField(t testing.TB, err error, pointer string) {
	t.Helper()
	f := fault.As(err)
	if f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != pointer {
		t.Errorf("refused with %v, want invalid %s alone", err, pointer)
	}
}

func TestDeedsAskForRights(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	s := NewService(d.App)
	reader := acting(t, d, testkit.A, tenancy.PricesRead, tenancy.CostsSee)
	blind := acting(t, d, testkit.A, tenancy.PricesRead, tenancy.PricesWrite)
	d.Untouched(t, testkit.A, func() {
		for _, deed := range deeds {
			if _, err := deed.do(s, t, reader, deed.on(testkit.A), 1); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s without prices.write: %v, want forbidden", deed.name, err)
			}
			if !deed.costs {
				continue
			}
			if _, err := deed.do(s, t, blind, deed.on(testkit.A), 1); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s without costs.see: %v, want forbidden", deed.name, err)
			}
		}
	})
}

func TestReadOnlyCompanyChangesNothing(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Exec(t, "UPDATE app.organizations SET plan = 'trial', trial_ends_at = '2026-01-20T00:00:00Z' WHERE org_id = $1", testkit.A.ID)
	s, a := NewService(d.App), owner(t, d, testkit.A)
	d.Untouched(t, testkit.A, func() {
		for _, deed := range deeds {
			if _, err := deed.do(s, t, a, deed.on(testkit.A), 1); !fault.Is(err, fault.LimitReached) {
				t.Errorf("%s: %v, want limit reached", deed.name, err)
			}
		}
	})
	if _, err := s.Materials(t.Context(), a); err != nil {
		t.Errorf("reading: %v", err)
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCostsAreForWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	s := NewService(d.App)
	estimator := acting(t, d, testkit.A, tenancy.PricesRead)
	list, err := s.Materials(t.Context(), estimator)
	if err != nil || len(list) != 7 {
		t.Fatalf("%d materials, %v; want 7", len(list), err)
	}
	for _, m := range list {
		if m.CostCents != nil {
			t.Errorf("%s shows its cost", m.Key)
		}
	}
	settings, err := s.Settings(t.Context(), estimator)
	if err != nil || settings.Rates != nil || settings.Offer.DepositPct != 30 {
		t.Errorf("settings %+v, %v; want the offer without rates", settings, err)
	}
	m, err := s.Material(t.Context(), owner(t, d, testkit.A), testkit.A.Material())
	if err != nil || m.CostCents == nil || *m.CostCents != 285 {
		t.Errorf("the owner sees %+v, %v; want a cost of $2.85", m, err)
	}
}

func TestReadingAsksForRights(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	s, a := NewService(d.App), acting(t, d, testkit.A, tenancy.PricesWrite, tenancy.CostsSee)
	_, book := s.Book(t.Context(), a)
	_, materials := s.Materials(t.Context(), a)
	_, material := s.Material(t.Context(), a, testkit.A.Material())
	_, style := s.Style(t.Context(), a, testkit.A.Style())
	_, tier := s.Tier(t.Context(), a, testkit.A.Tier())
	_, settings := s.Settings(t.Context(), a)
	_, zone := s.Zone(t.Context(), a, testkit.A.Zone())
	_, look := s.LookUpZone(t.Context(), a, "78701")
	for name, err := range map[string]error{"book": book, "materials": materials, "material": material, "style": style,
		"tier": tier, "settings": settings, "zone": zone, "look up": look} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s without prices.read: %v, want forbidden", name, err)
		}
	}
}

func TestEditsAreReadBack(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	s, a := NewService(d.App), owner(t, d, testkit.A)
	for _, deed := range deeds {
		if deed.name == "edit rates" || deed.name == "delete a zone" {
			continue // the offer's version follows the rates'; what is deleted is not read
		}
		if _, err := deed.do(s, t, a, deed.on(testkit.A), 1); err != nil {
			t.Fatalf("%s: %v", deed.name, err)
		}
	}
	b := mustBook(t, d, a)
	if m := b.material[testkit.A.Material()]; *m.CostCents != 320 || m.Version != 2 {
		t.Errorf("material is %+v", m)
	}
	if st := b.style[testkit.A.Style()]; *st.Document.Rails != 4 || st.Materials["screw"] != testkit.A.Material() {
		t.Errorf("style is %+v", st)
	}
	if c := b.styleByKey("cedar-privacy-2-rails"); c == nil || len(c.Materials) != 11 || c.Version != 1 {
		t.Errorf("copy is %+v", c)
	}
	if tier := b.Tiers[1]; tier.Name != "Better" || tier.AdjustmentPct != 2.5 || tier.Differences[0] != (Difference{"Posts", "6×6"}) {
		t.Errorf("tier is %+v", tier)
	}
	if o := b.Settings.Offer; o.Included[len(o.Included)-1] != "A broom" || o.CancellationNotice != seedCancellation {
		t.Errorf("offer is %+v", o)
	}
	if z := b.Zone("78613", today); z.Name != "Hill country" || z.Factors != hills.Factors || len(b.Zones[0].Members) != 1 {
		t.Errorf("zone is %+v", z)
	}
	rates, err := deeds[5].do(s, t, a, id.Nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got := rates.(Settings); got.Version != 3 || got.Rates.Method != (Method{Kind: MethodMarkup, Pct: 50}) {
		t.Errorf("rates are %+v", got)
	}
}

func TestNamesThatAreTakenAreRefused(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	s, a := NewService(d.App), owner(t, d, testkit.A)
	_, err := s.AddMaterial(t.Context(), a, AddMaterialInput{"picket", MaterialInput{"Another picket", "each", 1, 1}})
	wantField(t, err, "/key")
	_, err = s.AddMaterial(t.Context(), a, AddMaterialInput{MaterialInput: MaterialInput{"Picket", "each", 1, 1}})
	wantField(t, err, "/name")
	_, err = s.CopyStyle(t.Context(), a, CopyStyleInput{testkit.A.Style(), "Cedar privacy"})
	wantField(t, err, "/name")
	for range 2 { // a name that makes no key twice
		m, err := s.AddMaterial(t.Context(), a, AddMaterialInput{MaterialInput: MaterialInput{"عمود خشب", "each", 1, 1}})
		if err != nil || !materialKey.MatchString(m.Key) {
			t.Errorf("key %q, %v", m.Key, err)
		}
	}
}
