package app_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/oldshop"
)

// adoptRows is the size of the old database: FENCE_ADOPT_ROWS=200000 is the long form.
func adoptRows(t *testing.T) int {
	text := os.Getenv("FENCE_ADOPT_ROWS")
	if text == "" {
		return 6000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("FENCE_ADOPT_ROWS: %v", err)
	}
	return n
}

// adopter is an installation beside a database in which A is alpha.
func adopter(t *testing.T) (*installation, *testkit.Database) {
	t.Helper()
	d := testkit.NewDatabase(t)
	return newInstallation(t, "FENCE_DATABASE_URL="+at("fence_app", d.Name), "FENCE_SYSTEM_DATABASE_URL="+at("fence_system", d.Name),
		"FENCE_SEAL_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "FENCE_CONTEXT_KEYS="+testkit.ContextKey), d
}

// TestAdoptionThatIsKilledThreeTimes kills `fence adopt` in the middle of a transaction, each time in another table, and
// wants it to end as if nothing had happened: every row once, both sides' counts and checksums equal.
func TestAdoptionThatIsKilledThreeTimes(t *testing.T) {
	t.Parallel()
	i, d := adopter(t)
	shop := oldshop.New(t, adoptRows(t), 7)
	before := shop.Fingerprint(t)
	report := filepath.Join(i.dir, "report.jsonl")
	args := []string{"adopt", "--org=alpha", "--from=" + shop.Owner(), "--report=" + report, "--batch-rows=" + strconv.Itoa(max(100, adoptRows(t)/200))}
	d.Untouched(t, testkit.B, func() {
		var told string
		d.Untouched(t, testkit.A, func() { told, _ = i.adopts(t, args) })
		if !strings.Contains(told, "dry run: nothing was written") {
			t.Errorf("without --apply it says\n%s", told)
		}
		args = append(args, "--apply")
		for _, table := range []string{"customers", "leads", "quotes"} {
			i.killedAt(t, d, args, table, shop.Rows[table]/2)
			wantWhole(t, d, table)
		}
		out, errs := i.adopts(t, args)
		t.Logf("killed three times, then\n%s%s", errs, out)
		wantAllThere(t, shop, told, out)
		for table, rows := range shop.Rows { // read once, however often it was killed
			if read := testkit.Value[int64](t, d, "SELECT rows_read FROM app.adoption_tables WHERE org_id = $1 AND source_table = $2 AND adoption_id <> $3", testkit.A.ID, table, testkit.A.Adoption()); read != rows {
				t.Errorf("%s: %d rows were read in all, want %d", table, read, rows)
			}
		}
		out, _ = i.adopts(t, args)
		if !strings.Contains(out, "Run 5 wrote 0 rows.") {
			t.Errorf("once more it says\n%s", out)
		}
		// Under another label it is another source, which comes in a second time: so long takes a whole run.
		began := time.Now()
		out, errs = i.adopts(t, append(args, "--label=another", "--batch-rows=1000"))
		t.Logf("%d rows in one run: %s\n%s%s", shop.All(), time.Since(began).Round(time.Millisecond), errs, out)
		if len(equal.FindAllString(out, -1)) != 7 || !strings.Contains(out, "Run 1 wrote ") {
			t.Errorf("under another label it says\n%s", out)
		}
	})
	if shop.Fingerprint(t) != before {
		t.Error("the source changed")
	}
	lines, err := os.ReadFile(report)
	if n := int64(bytes.Count(lines, []byte("\n"))); err != nil || n != shop.All()+1 {
		t.Errorf("the report has %d lines, %v, want a head and one for each of %d rows", n, err, shop.All())
	}
	if info, err := os.Stat(report); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the report is for everybody: %v, %v", info.Mode(), err)
	}
}

// adopts runs `fence adopt` to its end, which has to be good.
func (i *installation) adopts(t *testing.T, args []string) (out, errs string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := i.command(ctx, args...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); err != nil {
		t.Fatalf("fence %v: %v\n%s%s", args, err, &o, &e)
	}
	return o.String(), e.String()
}

var equal = regexp.MustCompile(`(?m)^(\w+) +([\d,]+) +([\d,]+) +([0-9a-f]{32}) +([0-9a-f]{32}) +equal$`)

// wantAllThere holds the screen of the run against that of the dry run, and both sides of the comparison together.
func wantAllThere(t *testing.T, shop *oldshop.Shop, dry, out string) {
	t.Helper()
	found := equal.FindAllStringSubmatch(out, -1)
	if len(found) != 7 {
		t.Errorf("%d tables are equal, want 7", len(found))
	}
	for _, f := range found {
		if f[2] != f[3] || f[4] != f[5] {
			t.Errorf("%s is called equal and is not: %v", f[1], f)
		}
	}
	if !strings.Contains(out, "Run 4 wrote ") {
		t.Errorf("it does not say that it is the fourth run:\n%s", out)
	}
	for table, rows := range shop.Rows {
		line := regexp.MustCompile(`(?m)^` + table + ` +[\d,]+ +[\d,]+ +[\d,]+ +[\d,]+ +[\d,]+$`)
		if one, two := line.FindString(dry), line.FindString(out); one == "" || one != two {
			t.Errorf("%s of %d rows: the dry run says %q, the run %q", table, rows, one, two)
		}
	}
}

// killedAt runs fence adopt until a batch of the table would bring it past so many rows, and kills it there: behind
// its rows, before its commit.
func (i *installation) killedAt(t *testing.T, d *testkit.Database, args []string, table string, rows int64) {
	t.Helper()
	const gate = 4711
	d.Exec(t, `CREATE SCHEMA IF NOT EXISTS gate;
		CREATE OR REPLACE FUNCTION gate.wait() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END';
		DROP TRIGGER IF EXISTS gate ON app.adoption_tables;`)
	d.Exec(t, fmt.Sprintf(`CREATE TRIGGER gate AFTER UPDATE ON app.adoption_tables FOR EACH ROW
		WHEN (NEW.source_table = '%s' AND NEW.rows_read >= %d AND NEW.done_at IS NULL) EXECUTE FUNCTION gate.wait()`, table, rows))
	keeper, err := pgx.Connect(t.Context(), at(cluster.Superuser, d.Name))
	if err != nil {
		t.Fatal(err)
	}
	defer keeper.Close(context.Background())
	if _, err := keeper.Exec(t.Context(), "SELECT pg_advisory_lock($1)", gate); err != nil {
		t.Fatal(err)
	}
	cmd := i.command(t.Context(), args...)
	var says syncBuffer
	cmd.Stdout, cmd.Stderr = &says, &says
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // how it ended is in ProcessState
	}()
	for waiting := 0; waiting == 0; time.Sleep(5 * time.Millisecond) {
		select {
		case <-ended:
			t.Fatalf("it ended before it was killed:\n%s", &says)
		default:
		}
		err := keeper.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`, gate).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-ended
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("it ended by itself: %s\n%s", cmd.ProcessState, &says)
	}
	if _, err := keeper.Exec(t.Context(), "SELECT pg_advisory_unlock($1)", gate); err != nil {
		t.Fatal(err)
	}
	d.Exec(t, "DROP TRIGGER gate ON app.adoption_tables") // waits for the transaction that nobody commits
}

// wantWhole: what a killed run says it wrote is what is there. A batch is in with its progress, or not at all.
func wantWhole(t *testing.T, d *testkit.Database, table string) {
	t.Helper()
	said := testkit.Value[int64](t, d, "SELECT rows_written FROM app.adoption_tables WHERE org_id = $1 AND source_table = $2 AND adoption_id <> $3", testkit.A.ID, table, testkit.A.Adoption())
	ours := map[string]string{"customers": "customers", "leads": "leads", "quotes": "adopted_quotes"}[table]
	here := testkit.Value[int64](t, d, "SELECT count(*) FROM app."+ours+" WHERE org_id = $1 AND adoption_id <> $2", testkit.A.ID, testkit.A.Adoption())
	if said != here || here == 0 {
		t.Errorf("killed in %s: %d rows are there and %d were noted", table, here, said)
	}
}

func TestAdoptionIsRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	i, _ := adopter(t)
	shop := oldshop.Empty(t)
	mapFile := filepath.Join(i.dir, "map.json")
	if err := os.WriteFile(mapFile, []byte(`{"tables": {"fences": {}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		args  []string
		words []string
	}{
		"nobody's company":     {[]string{"--org=nobody", "--from=" + shop.Owner()}, []string{"no company at nobody.", "fence org list"}},
		"no address":           {[]string{"--org=alpha", "--from=mysql://x"}, []string{"not one of PostgreSQL"}},
		"nobody who answers":   {[]string{"--org=alpha", "--from=postgres://reader:topsecret@127.0.0.1:1/shop"}, []string{"127.0.0.1:1/shop", "does not answer"}},
		"a wrong role":         {[]string{"--org=alpha", "--from=" + shop.URL("nobody_at_all")}, []string{"refuses us"}},
		"an empty database":    {[]string{"--org=alpha", "--from=" + shop.Owner()}, []string{"none of the six tables"}},
		"a map of other words": {[]string{"--org=alpha", "--from=" + shop.Owner(), "--map=" + mapFile}, []string{"fences"}},
		"too large a batch":    {[]string{"--org=alpha", "--from=" + shop.Owner(), "--batch-rows=1000000"}, []string{"20,000"}},
		"no source at all":     {[]string{"--org=alpha"}, []string{"FENCE_ADOPT_FROM"}},
		"no place for it":      {[]string{"--org=alpha", "--from=" + shop.Owner(), "--report=/nowhere/report.jsonl"}, []string{"report"}},
	} {
		out, errs, code := i.says(t, append([]string{"adopt"}, c.args...)...)
		wantSentence(t, what, errs, code, c.words...)
		if strings.Contains(out+errs, "topsecret") {
			t.Errorf("%s: the password is on the screen", what)
		}
	}
	if _, errs, code := i.says(t, "adopt", "--org=alpha", "--from=x", "--apply", "--dry-run"); code != 2 || errs == "" {
		t.Errorf("both ways at once: code %d", code)
	}
}
