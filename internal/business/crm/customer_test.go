package crm

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func TestCreateKeepsCustomerAndFirstPropertyAsTyped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := CreateCustomerInput{
		Name: "  Zoë <b>O'Hara</b> ", Company: "O’Hara & Søns", Email: "Zoe.OHara@Example.COM", Phone: "(512) 555-0199",
		Notes:    "Call after six.\r\nDog.",
		Property: &PropertyInput{Street: "9 Elm St", ZIP: "79901-1234", GateCode: "#12*", HasDog: true, HasHOA: true},
	}
	var made Created
	b.d.Untouched(t, testkit.B, func() {
		var err error
		if made, err = b.s.CreateCustomer(t.Context(), b.alpha, in); err != nil {
			t.Fatal(err)
		}
	})
	rec, err := b.s.GetCustomer(t.Context(), b.alpha, made.Customer.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := made.Customer
	want.Name, want.Company, want.Email, want.Phone = "Zoë <b>O'Hara</b>", "O’Hara & Søns", "Zoe.OHara@example.com", "+15125550199"
	want.Notes, want.Status, want.CreatedBy, want.Version = "Call after six.\nDog.", Active, testkit.A.Owner(), 1
	if diff := cmp.Diff(want, rec.Customer); diff != "" {
		t.Errorf("customer (-want +got):\n%s", diff)
	}
	site := *made.Property
	site.Street, site.City, site.State, site.ZIP, site.County, site.TimeZone = "9 Elm St", "El Paso", "TX", "79901", "El Paso", "America/Denver"
	site.CustomerID, site.GateCode, site.HasDog, site.HasHOA, site.Version = want.ID, "#12*", true, true, 1
	if diff := cmp.Diff([]Property{site}, rec.Properties); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	if len(rec.Timeline) != 1 || rec.Timeline[0].Action != "customer.created" || rec.Timeline[0].ActorName != "Owner alpha" {
		t.Errorf("timeline is %+v, want the creation by Owner alpha", rec.Timeline)
	}
	if _, err := audit.Verify(t.Context(), b.d.App, b.alpha); err != nil {
		t.Error(err)
	}
}

func TestCreateSentFiveTimesKeepsOneCustomer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := CreateCustomerInput{Name: "Once Only", Property: &PropertyInput{Street: "1 Once St", ZIP: "78701"}}
	a := keyed(b.alpha, "five times")
	var first Created
	for n := range 5 {
		made, err := b.s.CreateCustomer(t.Context(), a, in)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			first = made
		}
		if diff := cmp.Diff(first, made); diff != "" {
			t.Errorf("answer %d differs (-first +this):\n%s", n+1, diff)
		}
	}
	if n := testkit.Value[int](t, b.d, `SELECT count(*)::int FROM app.customers WHERE name = 'Once Only'`); n != 1 {
		t.Errorf("%d customers, want 1", n)
	}
	in.Name = "Other"
	_, err := b.s.CreateCustomer(t.Context(), a, in)
	wantFault(t, "the same key with another body", err, fault.Invalid, "idempotency-key-reused")
}

func TestEditChangesOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var got Customer
	b.d.Untouched(t, testkit.B, func() {
		var err error
		got, err = b.s.EditCustomer(t.Context(), b.alpha, EditCustomerInput{
			ID: testkit.A.Customer(), Version: 1, Company: ptr("Ruiz Ranch"), Notes: ptr(""),
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	if got.Name != "Dana Ruiz" || got.Company != "Ruiz Ranch" || got.Notes != "" || got.Phone != "+15125550143" || got.Version != 2 {
		t.Errorf("after the edit: %+v", got)
	}
	rec, err := b.s.GetCustomer(t.Context(), b.alpha, got.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, rec.Customer); diff != "" {
		t.Errorf("what is kept differs from the answer (-answer +kept):\n%s", diff)
	}
	e := rec.Timeline[0]
	if diff := cmp.Diff(map[string]any{"company": "", "notes": "Call after six"}, e.Before); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"company": "Ruiz Ranch", "notes": ""}, e.After); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
}

func TestEditThatChangesNothingMakesNoVersion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.d.Untouched(t, testkit.A, func() {
		got, err := b.s.EditCustomer(t.Context(), b.alpha, EditCustomerInput{ID: testkit.A.Customer(), Version: 1, Name: ptr(" Dana Ruiz ")})
		if err != nil || got.Version != 1 {
			t.Errorf("version %d, %v, want 1", got.Version, err)
		}
	})
}

func TestEditOfAStaleVersionGivesTheCurrentCustomer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	hers, err := b.s.EditCustomer(t.Context(), b.alpha, EditCustomerInput{ID: testkit.A.Customer(), Version: 1, Name: ptr("Hers")})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []tenancy.Actor{b.alpha, keyed(b.alpha, "stale")} {
		current, err := b.s.EditCustomer(t.Context(), a, EditCustomerInput{ID: testkit.A.Customer(), Version: 1, Name: ptr("Mine")})
		wantFault(t, "second editor", err, fault.Conflict, fault.CodeStale)
		if diff := cmp.Diff(hers, current); diff != "" {
			t.Errorf("beside the fault (-want +got):\n%s", diff)
		}
	}
	// The key of a refused edit is free for the choice that follows.
	mine, err := b.s.EditCustomer(t.Context(), keyed(b.alpha, "stale"), EditCustomerInput{ID: testkit.A.Customer(), Version: 2, Name: ptr("Mine")})
	if err != nil || mine.Name != "Mine" || mine.Version != 3 {
		t.Errorf("after choosing: %+v, %v", mine, err)
	}
}

func TestOfTwoEditsAtOnceOneWins(t *testing.T) {
	t.Parallel()
	b := setup(t)
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = b.s.EditCustomer(t.Context(), b.alpha, EditCustomerInput{ID: testkit.A.Customer(), Version: 1, Name: ptr(string(rune('a' + i)))})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantFault(t, "an edit that lost", err, fault.Conflict, fault.CodeStale)
	}
	if won != 1 {
		t.Errorf("%d edits won, want 1", won)
	}
}

func TestArchiveAndUndo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := testkit.A.Customer()
	b.d.Untouched(t, testkit.B, func() {
		archived, err := b.s.ArchiveCustomer(t.Context(), b.alpha, c)
		if err != nil || archived.Status != Archived || archived.ArchivedAt == nil {
			t.Fatalf("archived: %+v, %v", archived, err)
		}
		again, err := b.s.ArchiveCustomer(t.Context(), b.alpha, c)
		if err != nil || again.Version != archived.Version {
			t.Errorf("archived twice: version %d, %v, want %d", again.Version, err, archived.Version)
		}
		_, err = b.s.EditCustomer(t.Context(), b.alpha, EditCustomerInput{ID: c, Version: archived.Version, Name: ptr("X")})
		wantFault(t, "edit of an archived customer", err, fault.Conflict, "customer-archived")
		_, err = b.s.AddProperty(t.Context(), b.alpha, AddPropertyInput{CustomerID: c, PropertyInput: PropertyInput{Street: "1 X St", ZIP: "78701"}})
		wantFault(t, "property of an archived customer", err, fault.Conflict, "customer-archived")
		_, err = b.s.EditProperty(t.Context(), b.alpha, EditPropertyInput{ID: testkit.A.Property(), Version: 1, Unit: ptr("4")})
		wantFault(t, "edit of an archived customer's property", err, fault.Conflict, "customer-archived")
		for status, want := range map[Status]int{Active: 0, Archived: 1} {
			page, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{Status: status, WithTotal: true})
			if err != nil || len(page.Customers) != want || page.Total != want {
				t.Errorf("%s: %d of %d customers, %v, want %d", status, len(page.Customers), page.Total, err, want)
			}
		}
		restored, err := b.s.RestoreCustomer(t.Context(), b.alpha, c)
		if err != nil || restored.Status != Active || restored.ArchivedAt != nil || restored.Version != archived.Version+1 {
			t.Errorf("restored: %+v, %v", restored, err)
		}
	})
	rec, err := b.s.GetCustomer(t.Context(), b.alpha, c)
	if err != nil {
		t.Fatal(err)
	}
	var deeds []string
	for _, e := range rec.Timeline {
		deeds = append(deeds, e.Action)
	}
	if diff := cmp.Diff([]string{"customer.restored", "customer.archived"}, deeds); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
}

// operations is every operation on a customer or property, so that what holds for all is tested on all.
func (b *bundle) operations(t *testing.T, a tenancy.Actor, customer, property id.ID) map[string]func() error {
	ctx := t.Context()
	site := PropertyInput{Street: "1 X St", ZIP: "78701"}
	return map[string]func() error{
		"edit customer": func() error {
			_, err := b.s.EditCustomer(ctx, a, EditCustomerInput{ID: customer, Version: 1, Name: ptr("X")})
			return err
		},
		"archive customer": func() error { _, err := b.s.ArchiveCustomer(ctx, a, customer); return err },
		"restore customer": func() error { _, err := b.s.RestoreCustomer(ctx, a, customer); return err },
		"add property": func() error {
			_, err := b.s.AddProperty(ctx, a, AddPropertyInput{CustomerID: customer, PropertyInput: site})
			return err
		},
		"edit property": func() error {
			_, err := b.s.EditProperty(ctx, a, EditPropertyInput{ID: property, Version: 1, Street: ptr("X")})
			return err
		},
		"archive property": func() error { _, err := b.s.ArchiveProperty(ctx, a, property); return err },
		"restore property": func() error { _, err := b.s.RestoreProperty(ctx, a, property); return err },
		"get customer":     func() error { _, err := b.s.GetCustomer(ctx, a, customer); return err },
		"find customer":    func() error { _, err := b.s.FindCustomer(ctx, a, customer); return err },
		"get property":     func() error { _, err := b.s.GetProperty(ctx, a, property); return err },
		"list properties":  func() error { _, err := b.s.ListProperties(ctx, a, customer); return err },
	}
}

var reads = map[string]bool{"get customer": true, "find customer": true, "get property": true, "list properties": true, "list customers": true}

func TestAnotherOrganizationsRecordIsAnsweredLikeNone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.d.Untouched(t, testkit.B, func() {
		b.d.Untouched(t, testkit.A, func() {
			for whose, customer := range strangers(testkit.B.Customer()) {
				property := id.New()
				if whose == "foreign" {
					property = testkit.B.Property()
				}
				for name, op := range b.operations(t, b.alpha, customer, property) {
					err := op()
					if diff := cmp.Diff(fault.Missing().Error(), fault.As(err).Message); err == nil || diff != "" || !fault.Is(err, fault.NotFound) {
						t.Errorf("%s of a %s id: %v, want %v", name, whose, err, fault.Missing())
					}
				}
			}
		})
	})
}

func TestEveryOperationAsksForTheRight(t *testing.T) {
	t.Parallel()
	b := setup(t)
	reader := b.alpha.As(tenancy.Person, testkit.A.Crew(), "Crew", "crew", []tenancy.Permission{tenancy.CustomersRead})
	nobody := b.alpha.As(tenancy.Visitor, id.Nil, "Visitor", "", nil)
	all := func(a tenancy.Actor) map[string]func() error {
		ops := b.operations(t, a, testkit.A.Customer(), testkit.A.Property())
		ops["create customer"] = func() error {
			_, err := b.s.CreateCustomer(t.Context(), a, CreateCustomerInput{Name: "X"})
			return err
		}
		ops["list customers"] = func() error { _, err := b.s.ListCustomers(t.Context(), a, Filter{}); return err }
		return ops
	}
	b.d.Untouched(t, testkit.A, func() {
		for name, op := range all(nobody) {
			wantFault(t, name+" by a visitor", op(), fault.Unauthenticated, "unauthenticated")
		}
		for name, op := range all(reader) {
			err := op()
			if reads[name] {
				if err != nil {
					t.Errorf("%s by a reader: %v", name, err)
				}
				continue
			}
			wantFault(t, name+" by a reader", err, fault.Forbidden, "forbidden")
		}
	})
}

func TestReadOnlyCompanyOpensEverythingAndChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.d.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = '2026-01-06T00:00:00Z' WHERE org_id = $1`, testkit.A.ID)
	a := owner(t, b.d, testkit.A)
	ops := b.operations(t, a, testkit.A.Customer(), testkit.A.Property())
	ops["create customer"] = func() error {
		_, err := b.s.CreateCustomer(t.Context(), a, CreateCustomerInput{Name: "X"})
		return err
	}
	b.d.Untouched(t, testkit.A, func() {
		for name, op := range ops {
			err := op()
			if reads[name] {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			wantFault(t, name, err, fault.LimitReached, "subscription-required")
		}
	})
}
