package crm

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/testkit"
)

func TestSearchFindsPieces(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, in := range []CreateCustomerInput{
		{Name: "José Ñandú", Company: "Fifty%Off_Fences", Email: "Jose@Example.com", Phone: "737-555-0111",
			Property: &PropertyInput{Street: "400 Barton Springs Rd", Unit: "B", ZIP: "78701"}},
		{Name: `Back\slash`, Phone: "512-555-0166"},
		{Name: "Fifty Offal"},
	} {
		if _, err := b.s.CreateCustomer(t.Context(), b.alpha, in); err != nil {
			t.Fatal(err)
		}
	}
	const dana, jose, back, fifty = "Dana Ruiz", "José Ñandú", `Back\slash`, "Fifty Offal"
	for search, want := range map[string][]string{
		"":                {fifty, back, jose, dana},
		"dana":            {dana},
		"RUIZ dana":       {dana},
		"an":              {jose, dana},
		"jose nandu":      {jose},
		"ＪＯＳÉ":            {jose},
		"jose@example":    {jose},
		"barton 400":      {jose},
		"78701":           {jose, dana},
		"austin tx":       {jose, dana},
		"oak st ruiz":     {dana},
		"oak st nandu":    {},
		"0143":            {dana},
		"512 555":         {back, dana},
		"(512) 555-0143":  {dana},
		"+1 512 555 0143": {dana},
		"512.555.0143":    {dana},
		"512-555":         {back, dana},
		"15125550143":     {dana},
		"fifty%off":       {jose},
		"fifty%":          {jose},
		"%%":              {},
		"__":              {},
		"off_":            {jose},
		`k\s`:             {back},
		"os ñ":            {jose},
		"a- ru":           {},
		"sentinel":        {},
		"'; DROP TABLE":   {},
	} {
		page, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{Search: search, WithTotal: true})
		if err != nil {
			t.Errorf("%q: %v", search, err)
			continue
		}
		got := []string{}
		for _, c := range page.Customers {
			got = append(got, c.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" || page.Total != len(want) {
			t.Errorf("%q finds %d (-want +got):\n%s", search, page.Total, diff)
		}
	}
}

func TestSearchStaysInTheOrganization(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, search := range []string{"dana", "sentinel", "0143"} {
		page, err := b.s.ListCustomers(t.Context(), b.beta, Filter{Search: search, WithAddresses: true})
		if err != nil || len(page.Customers) != 1 || page.Customers[0].ID != testkit.B.Customer() {
			t.Errorf("B's search for %q: %+v, %v, want its own customer", search, page, err)
		}
	}
}

func TestSearchRefusesWhatCannotFind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for search, want := range map[string]string{
		"a":                       "Type at least 2 letters or digits.",
		"\u0301":                  "Type at least 2 letters or digits.",
		"a\x00b":                  "A character in the search cannot be shown. Take it out.",
		"\xff\xfe":                "A character in the search cannot be shown. Take it out.",
		strings.Repeat("ab", 101): "Shorten the search to 200 letters. It has 202.",
	} {
		_, err := b.s.ListCustomers(t.Context(), b.alpha, Filter{Search: search})
		wantField(t, "search for "+search, err, "/search", want)
	}
}

func TestFixturesHaveTheSearchTextThatOperationsWrite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	rec, err := b.s.GetCustomer(t.Context(), b.alpha, testkit.A.Customer())
	if err != nil {
		t.Fatal(err)
	}
	f := folder{Customer: rec.Customer, Properties: rec.Properties}
	if got := testkit.Value[string](t, b.d, `SELECT search_text FROM app.customers WHERE id = $1`, testkit.A.Customer()); got != f.searchText() {
		t.Errorf("fixture has %q, operations write %q", got, f.searchText())
	}
}

// TestEveryPieceOfATextIsFound compares with a plain reading of what a search means.
func TestEveryPieceOfATextIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zA-ZÀ-ÿ%_\\'-]{3,12}( [a-zA-Z%_\\]{3,12}){0,2}`).Draw(t, "name")
		f := folder{Customer: Customer{Name: name}}
		runes := []rune(name)
		from := rapid.IntRange(0, len(runes)-3).Draw(t, "from")
		to := rapid.IntRange(from+2, len(runes)).Draw(t, "to")
		piece := string(runes[from:to])
		ps, err := patterns(piece)
		if err != nil {
			if len([]rune(strings.TrimSpace(piece))) >= 2 {
				t.Fatalf("search for %q: %v", piece, err)
			}
			return
		}
		for _, p := range ps {
			plain := strings.NewReplacer(`\\`, `\`, `\%`, `%`, `\_`, `_`).Replace(p[1 : len(p)-1])
			if !strings.Contains(f.searchText(), plain) {
				t.Fatalf("%q of %q asks for %q, not in %q", piece, name, p, f.searchText())
			}
		}
	})
}

func TestPatternThatNarrowsMostComesFirst(t *testing.T) {
	t.Parallel()
	for search, want := range map[string][]string{
		"st oak 12":        {"%oak%", "%st%", "%12%"},
		"a-b-c-d-e oak":    {"%oak%", "%a-b-c-d-e%"},
		"50% b_c":          {`%50\%%`, `%b\_c%`},
		"oak OAK öak":      {"%oak%"},
		"(512) 555-0143":   {"%5550143%", "%512%"},
		"12-14 Oak Street": {"%street%", "%oak%", "%12-14%"},
	} {
		got, err := patterns(search)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q, %v (-want +got):\n%s", search, err, diff)
		}
	}
}
