package lintdb_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/db"
	"fenceplatform.com/fence/internal/platform/lintdb"
	"fenceplatform.com/fence/internal/platform/migrate"
)

// TestFreshDatabaseHasNoFindings is the promise that the rules and the migrations keep together.
func TestFreshDatabaseHasNoFindings(t *testing.T) {
	conn := connect(t, "fence_app")
	began := time.Now()
	found, err := lintdb.Find(t.Context(), conn, lintdb.Rules())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
	t.Logf("%d rules, %d findings, %v", len(lintdb.Rules()), len(found), time.Since(began).Round(time.Millisecond))
}

// Every exception is of a finding that is there; one that is not needed any more is taken out.
func TestEveryExceptionIsInUse(t *testing.T) {
	var found []lintdb.Finding
	for _, form := range []string{migrate.FormVault, migrate.FormToken} {
		found = append(found, inForm(t, form)...)
	}
	for _, e := range lintdb.Exceptions() {
		if !slices.ContainsFunc(found, func(f lintdb.Finding) bool { return f.Rule == e.Rule && f.Object == e.Object }) {
			t.Errorf("no finding of %s on %s: take the exception out", e.Rule, e.Object)
		}
		if e.Why == "" {
			t.Errorf("%s on %s has no reason", e.Rule, e.Object)
		}
	}
}

// inForm asks the rules of a database with this form of the context. None may be found that is no exception.
func inForm(t *testing.T, form string) []lintdb.Finding {
	t.Helper()
	tx, err := connect(t, "postgres").Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if err := migrate.TakeForm(t.Context(), tx, form); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "SET LOCAL ROLE fence_app"); err != nil {
		t.Fatal(err)
	}
	meant, err := lintdb.Find(t.Context(), tx, lintdb.Rules())
	if err != nil || len(meant) > 0 {
		t.Errorf("form %s: %v, %v", form, meant, err)
	}
	all, err := lintdb.FindAll(t.Context(), tx, lintdb.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRulesAreSentencesWithNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := map[string]bool{}
	for _, r := range lintdb.Rules() {
		if !form.MatchString(r.Name) || seen[r.Name] {
			t.Errorf("%s: want a name of its own in small letters", r.Name)
		}
		seen[r.Name] = true
		for _, text := range []string{r.What, r.Why} {
			if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ")") {
				t.Errorf("%s: %q is no sentence", r.Name, text)
			}
		}
	}
	if len(seen) < 30 {
		t.Errorf("%d rules, want at least 30", len(seen))
	}
}

// TestRolesAreThoseOfInit holds the table of roles against the file that makes them.
func TestRolesAreThoseOfInit(t *testing.T) {
	t.Parallel()
	var inFile [][2]string
	for _, m := range regexp.MustCompile(`(?m)^\t\t\('(fence_\w+)',\s*'([A-Z ]+)'\)`).FindAllStringSubmatch(db.Init, -1) {
		inFile = append(inFile, [2]string{m[1], m[2]})
	}
	if known := lintdb.RolesKnown(); !slices.Equal(known, inFile) {
		t.Errorf("the rules know\n%v\ndb/init.sql makes\n%v", known, inFile)
	}
}

func TestFloorOfTheVersion(t *testing.T) {
	t.Parallel()
	for version, old := range map[int]bool{140025: true, 150000: true, 150018: true, 150019: true, 150020: false, 150021: false, 160015: true, 160016: false,
		170011: true, 170012: false, 180006: true, 180007: false, 190000: false} {
		if says := lintdb.Floor(version); (says != "") != old {
			t.Errorf("version %d: %q", version, says)
		}
	}
	if says := lintdb.Floor(150018); !strings.Contains(says, "15.18") || !strings.Contains(says, "15.20") || !strings.Contains(says, "apt-get") {
		t.Errorf("the sentence is %q", says)
	}
}
