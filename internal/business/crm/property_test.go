package crm

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func (b *bundle) add(t testing.TB, in PropertyInput) Property {
	t.Helper()
	p, err := b.s.AddProperty(t.Context(), b.alpha, AddPropertyInput{CustomerID: testkit.A.Customer(), PropertyInput: in})
	if err != nil {
		t.Fatalf("add %+v: %v", in, err)
	}
	return p
}

func TestPlaceComesFromTheZIPUnlessTyped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range []struct {
		in   PropertyInput
		want string
	}{
		{PropertyInput{ZIP: "78701"}, "Austin TX 78701 Travis America/Chicago"},
		{PropertyInput{ZIP: "79901 0001"}, "El Paso TX 79901 El Paso America/Denver"},
		{PropertyInput{ZIP: "78701", City: "West Lake Hills", State: "texas"}, "West Lake Hills TX 78701 Travis America/Chicago"},
		{PropertyInput{ZIP: "99999", City: "Nowhere", State: "az"}, "Nowhere AZ 99999  America/Phoenix"},
		// A military post is in no state's time zone: the company's own is used.
		{PropertyInput{ZIP: "09999", City: "APO", State: "AE"}, "APO AE 09999  America/Chicago"},
	} {
		c.in.Street = "1 Test St"
		p := b.add(t, c.in)
		if got := p.City + " " + p.State + " " + p.ZIP + " " + p.County + " " + p.TimeZone; got != c.want {
			t.Errorf("%+v lies in %q, want %q", c.in, got, c.want)
		}
	}
}

func TestUnknownZIPAsksForCityAndState(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want := []fault.Field{
		{Pointer: "/city", Message: "We do not know the ZIP 99999. Type the city."},
		{Pointer: "/state", Message: "We do not know the ZIP 99999. Type the state, like TX."},
	}
	in := PropertyInput{Street: "1 X St", ZIP: "99999"}
	b.d.Untouched(t, testkit.A, func() {
		_, err := b.s.AddProperty(t.Context(), b.alpha, AddPropertyInput{CustomerID: testkit.A.Customer(), PropertyInput: in})
		if diff := cmp.Diff(want, wantFault(t, "add", err, fault.Invalid, "invalid-input").Fields); diff != "" {
			t.Errorf("add (-want +got):\n%s", diff)
		}
		_, err = b.s.CreateCustomer(t.Context(), b.alpha, CreateCustomerInput{Name: "X", Property: &in})
		fields := wantFault(t, "create", err, fault.Invalid, "invalid-input").Fields
		if len(fields) != 2 || fields[0].Pointer != "/property/city" || fields[1].Pointer != "/property/state" {
			t.Errorf("create names %+v", fields)
		}
	})
}

func TestNewZIPMovesThePlaceThatNobodyTyped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.add(t, PropertyInput{Street: "1 Move St", ZIP: "78701"})
	p, err := b.s.EditProperty(t.Context(), b.alpha, EditPropertyInput{ID: p.ID, Version: p.Version, ZIP: ptr("10001")})
	if err != nil || p.Address() != "1 Move St, New York, NY 10001" || p.TimeZone != "America/New_York" || p.County != "New York" {
		t.Errorf("moved to %s, %s, %v", p.Address(), p.TimeZone, err)
	}
	typed := b.add(t, PropertyInput{Street: "2 Move St", City: "Rollingwood", ZIP: "78701"})
	typed, err = b.s.EditProperty(t.Context(), b.alpha, EditPropertyInput{ID: typed.ID, Version: 1, ZIP: ptr("79901")})
	if err != nil || typed.City != "Rollingwood" || typed.TimeZone != "America/Denver" {
		t.Errorf("a typed city became %q, %v", typed.City, err)
	}
}

func TestEditOfAPropertyKeepsThePlaceItHad(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.add(t, PropertyInput{Street: "1 Keep St", ZIP: "78701"})
	s := New(b.d.App, nil) // a table that no longer knows the ZIP
	got, err := s.EditProperty(t.Context(), b.alpha, EditPropertyInput{ID: p.ID, Version: 1, GateCode: ptr("77"), HasPool: ptr(true)})
	if err != nil || got.County != "Travis" || got.TimeZone != "America/Chicago" || got.GateCode != "77" || !got.HasPool || got.HasDog || got.Version != 2 {
		t.Errorf("after the edit: %+v, %v", got, err)
	}
	rec, err := b.s.GetProperty(t.Context(), b.alpha, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, rec.Property); diff != "" {
		t.Errorf("what is kept differs from the answer (-answer +kept):\n%s", diff)
	}
	if rec.Customer.Name != "Dana Ruiz" || len(rec.Timeline) != 2 || rec.Timeline[0].Action != "property.updated" {
		t.Errorf("record of %q with %+v", rec.Customer.Name, rec.Timeline)
	}
	if diff := cmp.Diff(map[string]any{"gate_code": "77", "has_pool": true}, rec.Timeline[0].After); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
}

func TestStaleEditOfAPropertyGivesTheCurrentOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	hers, err := b.s.EditProperty(t.Context(), b.alpha, EditPropertyInput{ID: testkit.A.Property(), Version: 1, Unit: ptr("4")})
	if err != nil {
		t.Fatal(err)
	}
	current, err := b.s.EditProperty(t.Context(), b.alpha, EditPropertyInput{ID: testkit.A.Property(), Version: 1, Unit: ptr("5")})
	wantFault(t, "second editor", err, fault.Conflict, fault.CodeStale)
	if diff := cmp.Diff(hers, current); diff != "" {
		t.Errorf("beside the fault (-want +got):\n%s", diff)
	}
}

func TestArchivedPropertyIsOutOfSearchUntilRestored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.add(t, PropertyInput{Street: "77 Hidden Hollow", ZIP: "78701"})
	found := func(want int) {
		t.Helper()
		page, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{Search: "hidden hollow"})
		if err != nil || len(page.Customers) != want {
			t.Errorf("%d found, %v, want %d", len(page.Customers), err, want)
		}
	}
	found(1)
	b.d.Untouched(t, testkit.B, func() {
		archived, err := b.s.ArchiveProperty(t.Context(), b.alpha, p.ID)
		if err != nil || archived.ArchivedAt == nil {
			t.Fatalf("archived: %+v, %v", archived, err)
		}
		found(0)
		if again, err := b.s.ArchiveProperty(t.Context(), b.alpha, p.ID); err != nil || again.Version != archived.Version {
			t.Errorf("archived twice: version %d, %v, want %d", again.Version, err, archived.Version)
		}
		_, err = b.s.EditProperty(t.Context(), b.alpha, EditPropertyInput{ID: p.ID, Version: archived.Version, Unit: ptr("4")})
		wantFault(t, "edit of an archived property", err, fault.Conflict, "property-archived")
		restored, err := b.s.RestoreProperty(t.Context(), b.alpha, p.ID)
		if err != nil || restored.ArchivedAt != nil {
			t.Errorf("restored: %+v, %v", restored, err)
		}
	})
	found(1)
	all, err := b.s.ListProperties(t.Context(), b.alpha, testkit.A.Customer())
	if err != nil || len(all) != 2 || all[0].ID != testkit.A.Property() || all[1].ID != p.ID {
		t.Errorf("properties: %+v, %v", all, err)
	}
}

func TestWritersOfOneFolderAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	streets := []string{"1 Ash St", "2 Birch St", "3 Cedar St", "4 Douglas St", "5 Elder St", "6 Fir St"}
	var wg sync.WaitGroup
	for _, street := range streets {
		wg.Go(func() {
			_, err := b.s.AddProperty(t.Context(), b.alpha, AddPropertyInput{CustomerID: testkit.A.Customer(), PropertyInput: PropertyInput{Street: street, ZIP: "78701"}})
			if err != nil {
				t.Errorf("add %s: %v", street, err)
			}
		})
	}
	wg.Go(func() {
		if _, err := b.s.EditCustomer(t.Context(), b.alpha, EditCustomerInput{ID: testkit.A.Customer(), Version: 1, Name: ptr("Renamed")}); err != nil {
			t.Errorf("rename: %v", err)
		}
	})
	wg.Wait()
	for _, wanted := range append(streets, "renamed") {
		page, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{Search: wanted})
		if err != nil || len(page.Customers) != 1 {
			t.Errorf("search for %q finds %d, %v, want 1", wanted, len(page.Customers), err)
		}
	}
}

func TestPropertiesOfOneCustomerHaveAnEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.d.Exec(t, `INSERT INTO app.properties (org_id, id, customer_id, street, city, state, zip, time_zone, created_at, updated_at)
		SELECT $1, gen_random_uuid(), $2, n || ' Row St', 'Austin', 'TX', '78701', 'America/Chicago', now(), now() FROM generate_series(2, $3) n`,
		testkit.A.ID, testkit.A.Customer(), maxProperties)
	_, err := b.s.AddProperty(t.Context(), b.alpha, AddPropertyInput{CustomerID: testkit.A.Customer(), PropertyInput: PropertyInput{Street: "1 X St", ZIP: "78701"}})
	wantFault(t, "one more", err, fault.Conflict, "too-many-properties")
}

func TestPropertyAddedFiveTimesIsOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := AddPropertyInput{CustomerID: testkit.A.Customer(), PropertyInput: PropertyInput{Street: "1 Once St", ZIP: "78701"}}
	var first id.ID
	for n := range 5 {
		p, err := b.s.AddProperty(t.Context(), keyed(b.alpha, "once"), in)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			first = p.ID
		}
		if p.ID != first {
			t.Errorf("answer %d is another property", n+1)
		}
	}
	in.Street = "2 Once St"
	_, err := b.s.AddProperty(t.Context(), keyed(b.alpha, "once"), in)
	wantFault(t, "the same key with another body", err, fault.Invalid, "idempotency-key-reused")
}
