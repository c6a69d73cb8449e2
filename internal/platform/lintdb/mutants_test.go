package lintdb_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/lintdb"
)

// mutant breaks what its rule guards, as a superuser; the rule has to say so.
type mutant struct {
	rule, sql, says string
}

// mutants are of every rule; those of roles and of the server's logs are undone by the same rollback as the others.
func mutants() []mutant {
	var all []mutant
	for _, some := range [][]mutant{wallMutants, shapeMutants, keyMutants, functionMutants, grantMutants, roleMutants, serverMutants} {
		all = append(all, some...)
	}
	return all
}

// apart are the rules whose mutant cannot be rolled back, and the test that has it.
var apart = map[string]string{
	"no-logical-slots": "TestSlotThatDecodesIsFound",
	"version-floor":    "TestOldServerIsFound",
}

func TestEveryRuleHasAMutant(t *testing.T) {
	t.Parallel()
	has, known := map[string]bool{}, map[string]bool{}
	for _, m := range mutants() {
		has[m.rule] = true
	}
	for _, r := range lintdb.Rules() {
		known[r.Name] = true
		if !has[r.Name] && apart[r.Name] == "" {
			t.Errorf("%s has no mutant: who says that it finds anything?", r.Name)
		}
	}
	for rule := range has {
		if !known[rule] {
			t.Errorf("there is a mutant of %s, and no such rule", rule)
		}
	}
}

// TestEveryMutantIsFound plants one after the other in a transaction that is rolled back, and asks the rule that
// guards it as the serving role.
func TestEveryMutantIsFound(t *testing.T) {
	conn := connect(t, "postgres")
	for _, m := range mutants() {
		found, err := planted(t.Context(), conn, m)
		if err != nil {
			t.Errorf("%s: %v\n%s", m.rule, err, m.sql)
			continue
		}
		hit := false
		for _, f := range found {
			hit = hit || strings.Contains(f.Says, m.says)
		}
		if !hit {
			t.Errorf("%s does not find its mutant: want %q, got %v\n%s", m.rule, m.says, found, m.sql)
		}
	}
	t.Logf("%d mutants of %d rules", len(mutants()), len(lintdb.Rules())-len(apart))
}

func planted(ctx context.Context, conn *pgx.Conn, m mutant) ([]lintdb.Finding, error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	for _, s := range []string{m.sql, "SET LOCAL ROLE fence_app"} {
		if _, err := tx.Exec(ctx, s); err != nil {
			return nil, err
		}
	}
	return lintdb.Find(ctx, tx, []lintdb.Rule{rule(m.rule)})
}

func rule(name string) lintdb.Rule {
	for _, r := range lintdb.Rules() {
		if r.Name == name {
			return r
		}
	}
	return lintdb.Rule{}
}

// A slot is made outside of every transaction.
func TestSlotThatDecodesIsFound(t *testing.T) {
	conn := connect(t, "postgres")
	if _, err := conn.Exec(t.Context(), "SELECT pg_create_logical_replication_slot('leak', 'pgoutput')"); err != nil {
		t.Fatal(err)
	}
	found, err := lintdb.Find(t.Context(), connect(t, "fence_app"), []lintdb.Rule{rule("no-logical-slots")})
	if err != nil || len(found) != 1 || !strings.Contains(found[0].Says, "leak") {
		t.Errorf("got %v, %v", found, err)
	}
	if _, err := conn.Exec(t.Context(), "SELECT pg_drop_replication_slot('leak')"); err != nil {
		t.Error(err)
	}
}

// No server says another version than its own: the rule is asked of a version that is made up.
func TestOldServerIsFound(t *testing.T) {
	for version, old := range map[string]bool{"140030": true, "150019": true, "150020": false, "160015": true, "170012": false, "180006": true, "190001": false} {
		asked, had := lintdb.Rewritten(rule("version-floor"), "current_setting('server_version_num')::int", version)
		if !had {
			t.Fatal("the rule asks for the version in another way")
		}
		found, err := lintdb.Find(t.Context(), connect(t, "fence_app"), []lintdb.Rule{asked})
		if err != nil || (len(found) == 1) != old {
			t.Errorf("version %s: %v, %v", version, found, err)
		}
	}
}
