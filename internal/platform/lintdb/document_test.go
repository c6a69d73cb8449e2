package lintdb_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/platform/lintdb"
)

const document = "../../../docs/lint-db.md"

// TestDocumentIsTheRules holds docs/lint-db.md against the rules. FENCE_UPDATE=1 writes it.
func TestDocumentIsTheRules(t *testing.T) {
	t.Parallel()
	if os.Getenv("FENCE_UPDATE") != "" {
		if err := os.WriteFile(document, []byte(made()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(document)
	if err != nil || string(text) != made() {
		t.Errorf("docs/lint-db.md is not made of these rules (%v): FENCE_UPDATE=1 go test -run Document ./internal/platform/lintdb", err)
	}
}

var also = map[lintdb.When]string{lintdb.AtStart: "start", lintdb.AfterMigrations: "start, migration"}

// made is docs/lint-db.md as the rules make it.
func made() string {
	var b strings.Builder
	start := len(lintdb.Only(lintdb.AtStart))
	fmt.Fprintf(&b, `# What fence lint-db looks for

`+"`fence lint-db`"+` asks the catalogue of the database %d rules, as the role that serves: one line for each finding, a last
line that counts, and the number of findings (at most 100) as exit code. It changes nothing and needs no superuser.
%d of the rules also have to hold before `+"`fence serve`"+` serves (*start*), and those of tables before `+"`fence migrate up`"+` is
content (*migration*), where an event trigger of `+"`fence db init`"+` has not refused them already.

This page is made of the rules (FENCE_UPDATE=1 go test -run Document ./internal/platform/lintdb). Each has a statement
in the tests that breaks what it guards, and that it finds.

| rule | what must hold | why | also at |
|---|---|---|---|
`, len(lintdb.Rules()), start)
	for _, r := range lintdb.Rules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.Name, r.What, r.Why, also[r.When])
	}
	b.WriteString("\n## Exceptions\n\nFindings that were looked at and are meant to be so.\n\n| rule | what | why |\n|---|---|---|\n")
	for _, e := range lintdb.Exceptions() {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", e.Rule, e.Object, e.Why)
	}
	return b.String()
}
