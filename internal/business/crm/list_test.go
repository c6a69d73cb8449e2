package crm

import (
	"encoding/base64"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func names(cs []Customer) (all []string) {
	for _, c := range cs {
		all = append(all, c.Name)
	}
	return all
}

// plant makes n customers of A past the operations, several at each time so that the id decides.
func (b *bundle) plant(t testing.TB, n int) {
	t.Helper()
	b.d.Exec(t, `INSERT INTO app.customers (org_id, id, name, status, archived_at, created_by, created_at, updated_at, search_text)
		SELECT $1, gen_random_uuid(), 'Planted ' || n, CASE WHEN n % 5 = 0 THEN 'archived' ELSE 'active' END, CASE WHEN n % 5 = 0 THEN now() END,
			$2, '2026-02-01T00:00:00Z'::timestamptz + (n / 3) * interval '1 second', now(), 'planted ' || n || CASE WHEN n % 2 = 0 THEN ' even' ELSE ' odd' END
		FROM generate_series(1, $3) n`, testkit.A.ID, testkit.A.Owner(), n)
}

func TestPagesPutTogetherAreTheList(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plant(t, 90)
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		f := Filter{
			Status: rapid.SampledFrom([]Status{Active, Archived}).Draw(t, "status"), Limit: rapid.IntRange(1, 100).Draw(t, "limit"),
			Search:    rapid.SampledFrom([]string{"", "even", "planted 1"}).Draw(t, "search"),
			WithTotal: true, WithAddresses: rapid.Bool().Draw(t, "addresses"),
		}
		var got []string
		total := 0
		for first := true; first || f.Cursor != ""; first = false {
			page, err := b.s.ListCustomers(ctx, b.alpha, f)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Customers) > f.Limit || page.Next != "" && len(page.Customers) != f.Limit {
				t.Fatalf("a page of %d with limit %d, next %q", len(page.Customers), f.Limit, page.Next)
			}
			if f.WithAddresses && len(page.Addresses) != len(page.Customers) {
				t.Fatalf("%d addresses for %d customers", len(page.Addresses), len(page.Customers))
			}
			for i := 1; i < len(page.Customers); i++ {
				if page.Customers[i].CreatedAt.After(page.Customers[i-1].CreatedAt) {
					t.Fatalf("%s is newer than %s before it", page.Customers[i].Name, page.Customers[i-1].Name)
				}
			}
			got, total, f.Cursor = append(got, names(page.Customers)...), page.Total, page.Next
		}
		want := planted(f, 90)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || total != len(want) {
			t.Fatalf("%+v: %d names of a total of %d, want %d", f, len(got), total, len(want))
		}
	})
}

// planted is which of the n planted customers, and of A's own one, a filter is about.
func planted(f Filter, n int) (all []string) {
	if f.Search == "" && f.Status == Active {
		all = append(all, "Dana Ruiz")
	}
	for i := 1; i <= n; i++ {
		digits := fmt.Sprint(i)
		fits := f.Search == "" || f.Search == "even" && i%2 == 0 || f.Search == "planted 1" && slices.Contains([]byte(digits), '1')
		if fits && (i%5 == 0) == (f.Status == Archived) {
			all = append(all, "Planted "+digits)
		}
	}
	return all
}

func TestPagesSurviveInserts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plant(t, 30)
	want, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var got []Customer
	f := Filter{Limit: 4}
	for first := true; first || f.Cursor != ""; first = false {
		page, err := b.s.ListCustomers(t.Context(), b.alpha, f)
		if err != nil {
			t.Fatal(err)
		}
		got, f.Cursor = append(got, page.Customers...), page.Next
		b.create(t, "Inserted meanwhile")
	}
	if !slices.Equal(names(got), names(want.Customers)) {
		t.Errorf("pages under inserts give %v, want %v", names(got), names(want.Customers))
	}
}

func TestListSaysWhereTheOldestPropertyIs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.add(t, PropertyInput{Street: "2 Later St", ZIP: "78701"})
	b.create(t, "Without property")
	for _, search := range []string{"", "dana"} {
		page, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{WithAddresses: true, Search: search})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"", "12 Oak St, Austin, TX 78701"}
		if search != "" {
			want = want[1:]
		}
		if !slices.Equal(page.Addresses, want) {
			t.Errorf("search %q: addresses %q, want %q", search, page.Addresses, want)
		}
	}
}

func TestCursorIsBoundToItsList(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plant(t, 30)
	page, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{Limit: 2})
	if err != nil || page.Next == "" {
		t.Fatalf("first page: %+v, %v", page, err)
	}
	const refusal = "This cursor belongs to another list. Begin with the first page."
	for what, f := range map[string]Filter{
		"another status": {Status: Archived, Cursor: page.Next},
		"a search":       {Search: "even", Cursor: page.Next},
		"half a cursor":  {Cursor: page.Next[:20]},
		"a word":         {Cursor: "next"},
		"NUL":            {Cursor: "\x00"},
		"a longer one":   {Cursor: page.Next + "AA"},
	} {
		_, err := b.s.ListCustomers(t.Context(), b.alpha, f)
		wantField(t, what, err, "/cursor", refusal)
	}
	_, err = b.s.ListCustomers(t.Context(), b.beta, Filter{Cursor: page.Next})
	wantField(t, "another organization", err, "/cursor", refusal)
	if _, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{Cursor: page.Next, Limit: 7}); err != nil {
		t.Errorf("another limit: %v", err)
	}
}

func TestCursorReadsItselfBackAndNothingElse(t *testing.T) {
	t.Parallel()
	mark := markOf(testkit.A.ID, Active, nil)
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), cursorSize, cursorSize).Draw(t, "raw")
		copy(raw, mark[:])
		p, err := parseCursor(base64.RawURLEncoding.EncodeToString(raw), mark)
		if err != nil {
			return
		}
		if p.createdAt.Year() > 9999 || p.cursor(mark) != base64.RawURLEncoding.EncodeToString(raw) {
			t.Fatalf("%x became %+v", raw, p)
		}
	})
	if markOf(testkit.A.ID, Active, []string{"%a%", "%b%"}) == markOf(testkit.A.ID, Active, []string{"%a%b%"}) {
		t.Error("two searches share a mark")
	}
	if markOf(testkit.A.ID, Active, nil) == markOf(id.New(), Active, nil) {
		t.Error("two organizations share a mark")
	}
}

func TestListRefusesFiltersThatDoNotExist(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{Status: "gone"})
	wantField(t, "status", err, "/status", "Choose active or archived.")
	for _, limit := range []int{-1, 101} {
		_, err = b.s.ListCustomers(t.Context(), b.alpha, Filter{Limit: limit})
		wantField(t, "limit", err, "/limit", "Choose a limit from 1 to 100.")
	}
}

func TestListHasFiftyUnlessAsked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plant(t, 90)
	page, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{})
	if err != nil || len(page.Customers) != 50 || page.Next == "" || page.Addresses != nil || page.Total != 0 {
		t.Errorf("%d customers, next %q, %v, want 50 and a next page", len(page.Customers), page.Next, err)
	}
}
