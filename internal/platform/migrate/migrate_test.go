package migrate_test

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/db"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

func address(role, database string) string {
	return fmt.Sprintf("host=%s user=%s dbname=%s", testkit.SocketDir(), role, database)
}

// empty is a database that Init made, gone when the test ends.
func empty(t *testing.T) string {
	t.Helper()
	name := "migrate_" + strings.ReplaceAll(id.New().String(), "-", "")
	initialize(t, name)
	t.Cleanup(func() {
		_ = superuser("postgres", "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") // the server goes with everything in it
	})
	return name
}

func initialize(t *testing.T, database string) {
	t.Helper()
	cfg, err := pgx.ParseConfig(address(cluster.Superuser, "postgres"))
	if err == nil {
		err = migrate.Init(t.Context(), cfg, database)
	}
	if err != nil {
		t.Error(err)
	}
}

func up(t *testing.T, database string) {
	t.Helper()
	if err := migrate.Up(t.Context(), address("fence_migrate", database), testkit.ContextKeys, slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
}

func migrations(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(db.Migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d migrations, %v", len(names), err)
	}
	return names
}

func TestNumbersHaveNoGapAndNoTwin(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^migrations/(\d{5})_[a-z]+(_[a-z]+)*\.sql$`)
	for n, name := range migrations(t) {
		m := form.FindStringSubmatch(name)
		if m == nil {
			t.Errorf("%s: want five digits and words in small letters", name)
		} else if want := fmt.Sprintf("%05d", n+1); m[1] != want {
			t.Errorf("%s: number %s, want %s", name, m[1], want)
		}
	}
}

func TestEveryMigrationSaysTheWayBack(t *testing.T) {
	t.Parallel()
	for _, name := range migrations(t) {
		text, err := fs.ReadFile(db.Migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		_, down, found := strings.Cut(string(text), "-- +goose Down\n")
		if !strings.HasPrefix(string(text), "-- +goose Up\n") || !found || strings.TrimSpace(down) == "" {
			t.Errorf("%s: want Up, and Down with statements or a comment that says why there is no way back", name)
		}
	}
}

func TestInitAndUpTwiceChangeNothing(t *testing.T) {
	t.Parallel()
	name := empty(t)
	up(t, name)
	first := schema(t, name)
	initialize(t, name)
	up(t, name)
	if second := schema(t, name); second != first {
		t.Errorf("the second time changed the schema:\n%s", difference(first, second))
	}
	if err := migrate.Verify(t.Context(), address("fence_app", name)); err != nil {
		t.Error(err)
	}
	files, err := migrate.Status(t.Context(), address("fence_migrate", name))
	if err != nil || len(files) != len(migrations(t)) {
		t.Fatalf("%d migrations have a status, %v, want %d", len(files), err, len(migrations(t)))
	}
	for n, f := range files {
		if f.Version != int64(n+1) || !f.Applied {
			t.Errorf("%s: version %d, applied %v", f.Path, f.Version, f.Applied)
		}
	}
}

// Replicas that start together, or two who press at once, do not trip over each other.
func TestManyInitAndUpAtOnce(t *testing.T) {
	t.Parallel()
	name := empty(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { initialize(t, name) })
	}
	wg.Wait()
	for range 4 {
		wg.Go(func() { up(t, name) })
	}
	wg.Wait()
	if err := migrate.Verify(t.Context(), address("fence_app", name)); err != nil {
		t.Error(err)
	}
}

// What migrations make belongs to the role that never logs in.
func TestMigrationsHandEverythingToTheOwner(t *testing.T) {
	t.Parallel()
	name := empty(t)
	up(t, name)
	owners, err := column(name, `SELECT DISTINCT owner::regrole::text FROM (
		SELECT relowner AS owner FROM pg_class WHERE relnamespace::regnamespace::text IN ('app', 'platform', 'shared', 'tasks', 'migrations')
		UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace::regnamespace::text IN ('app', 'platform', 'shared', 'tasks')
		UNION ALL SELECT nspowner FROM pg_namespace WHERE nspname IN ('app', 'platform', 'shared', 'tasks', 'migrations')) AS made ORDER BY 1`)
	if err != nil || strings.Join(owners, " ") != "fence_owner fence_search fence_vault" {
		t.Errorf("owned by %v, %v, want fence_owner, the search function by fence_search, app.org_id() by fence_vault", owners, err)
	}
}

func TestDefinersAreLockedToTheirPath(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	for _, f := range testkit.Values[string](t, d, `SELECT p.oid::regprocedure::text FROM pg_proc p
		WHERE p.prosecdef AND p.pronamespace::regnamespace::text IN ('app', 'platform', 'shared', 'tasks')
			AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%pg_temp')`) {
		t.Errorf("%s runs with another's rights and does not end its search_path with pg_temp", f)
	}
	for _, f := range testkit.Values[string](t, d, `SELECT p.oid::regprocedure::text FROM pg_proc p
		WHERE p.prosecdef AND p.pronamespace::regnamespace::text IN ('app', 'platform', 'shared') AND has_function_privilege('public', p.oid, 'EXECUTE')`) {
		t.Errorf("everybody may call %s", f)
	}
}

func superuser(database, sql string) error {
	_, err := column(database, sql)
	return err
}

func column(database, sql string) ([]string, error) {
	ctx := testContext
	conn, err := pgx.Connect(ctx, address(cluster.Superuser, database))
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
