package migrate_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/testkit"
)

// testContext is for what runs after a test's own context has ended.
var testContext = context.Background()

const schemaFile = "../../../db/schema.sql"

// TestSchemaIsTheOneUnderReview holds the migrated database against db/schema.sql, which reviewers read.
// FENCE_UPDATE=1 go test -run SchemaIs ./internal/platform/migrate writes it.
func TestSchemaIsTheOneUnderReview(t *testing.T) {
	t.Parallel()
	name := empty(t)
	up(t, name)
	got := "-- The database after all migrations, as pg_dump writes it. For reading: migrations make it.\n" + schema(t, name)
	if os.Getenv("FENCE_UPDATE") != "" {
		if err := os.WriteFile(schemaFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(schemaFile)
	if err != nil || got != string(want) {
		t.Errorf("the migrated database is not db/schema.sql (%v). Intended? FENCE_UPDATE=1 go test -run SchemaIs ./internal/platform/migrate\n%s", err, difference(string(want), got))
	}
}

// Lines of a dump that differ between machines and versions, and say nothing of our schema.
var noise = regexp.MustCompile(`(?m)^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)\n`)

var blank = regexp.MustCompile(`\n{2,}`)

// schema dumps our schemas. The queue's own tables are its migrations' business; our policies and grants on
// them are among ours.
func schema(t *testing.T, database string) string {
	t.Helper()
	var out, errs strings.Builder
	cmd := exec.CommandContext(t.Context(), pgDump(t), "--schema-only", "--schema=app", "--schema=platform", "--schema=shared", "--schema=vault",
		"-h", testkit.SocketDir(), "-U", cluster.Superuser, database)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, &errs)
	}
	text := blank.ReplaceAllString(noise.ReplaceAllString(out.String(), ""), "\n\n")
	tasks, err := column(database, `SELECT format('CREATE POLICY %s ON tasks.river_job TO %s USING %s WITH CHECK %s;', polname,
			(SELECT string_agg(r::regrole::text, ', ' ORDER BY r::regrole::text) FROM unnest(polroles) r), pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
		FROM pg_policy WHERE polrelid = 'tasks.river_job'::regclass ORDER BY polname`)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(text) + "\n\n" + strings.Join(tasks, "\n") + "\n"
}

// pgDump is the program of the server that runs, whose dumps read alike.
func pgDump(t *testing.T) string {
	t.Helper()
	versions, err := column("postgres", "SHOW server_version_num")
	if err != nil {
		t.Fatal(err)
	}
	debian := fmt.Sprintf("/usr/lib/postgresql/%s/bin/pg_dump", versions[0][:2])
	if _, err := os.Stat(debian); err == nil {
		return debian
	}
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Fatalf("pg_dump is missing: %v", err)
	}
	return filepath.Clean(program)
}

// difference shows the first lines in which two texts differ.
func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for n := range min(len(x), len(y)) {
		if x[n] != y[n] {
			return fmt.Sprintf("line %d\n- %s\n+ %s", n+1, x[n], y[n])
		}
	}
	return fmt.Sprintf("%d lines and %d lines", len(x), len(y))
}
