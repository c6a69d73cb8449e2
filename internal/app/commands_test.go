package app_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/testkit"
)

func TestConfigTellsAllMistakesAtOnceAndNoSecret(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	out, errs, code := i.says(t, "config", "check")
	if code != 0 || !strings.Contains(out, "in order") {
		t.Errorf("good settings: %d %s%s", code, out, errs)
	}
	i.env = append(i.env, "FENCE_LISTEN=nowhere", "FENCE_PUBLIC_URL=http://fence.example", "FENCE_CONNECTIONS=1",
		"FENCE_DATABASE_URL=postgres://fence_app:topsecret@db/fence", "FENCE_SMTP_URL=ftp://x", "FENCE_MAIL_FROM=nobody")
	_, errs, code = i.says(t, "config", "check")
	if code != 1 {
		t.Errorf("eight mistakes: exit code %d", code)
	}
	for _, name := range []string{"FENCE_LISTEN", "FENCE_PUBLIC_URL", "FENCE_CONNECTIONS", "FENCE_SYSTEM_DATABASE_URL", "FENCE_SEAL_KEY", "FENCE_CONTEXT_KEYS", "FENCE_SMTP_URL", "FENCE_MAIL_FROM"} {
		if !strings.Contains(errs, name+":") {
			t.Errorf("%s is not told:\n%s", name, errs)
		}
	}
	out, errs, _ = i.says(t, "config", "dump")
	if strings.Contains(out+errs, "topsecret") || !strings.Contains(out, "FENCE_DATABASE_URL=(set, not shown)") || !strings.Contains(out, "FENCE_DATA_DIR="+i.dir) {
		t.Errorf("the dump:\n%s%s", out, errs)
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	file := filepath.Join(i.dir, "url")
	if err := os.WriteFile(file, []byte("postgres://fence_app:topsecret@db/fence\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	i.env = append(i.env, "FENCE_DATABASE_URL_FILE="+file)
	if out, _, _ := i.says(t, "config", "dump"); !strings.Contains(out, "FENCE_DATABASE_URL=(set, not shown)") {
		t.Errorf("the dump:\n%s", out)
	}
	i.env = append(i.env, "FENCE_SEAL_KEY_FILE="+filepath.Join(i.dir, "none"))
	if _, errs, code := i.says(t, "config", "check"); code != 1 || !strings.Contains(errs, "FENCE_SEAL_KEY_FILE") {
		t.Errorf("a file that is not there: %d %s", code, errs)
	}
}

func TestUsedWronglyIsCodeTwo(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	for _, args := range [][]string{{"nonsense"}, {"serve", "--nonsense"}, {"takeoff", "a", "b"}, {}} {
		if _, errs, code := i.says(t, args...); code != 2 || errs == "" {
			t.Errorf("fence %v: code %d, %q, want 2 and a word", args, code, errs)
		}
	}
}

// outside is a database that somebody else runs, made as a DBA makes it.
func outside(t *testing.T) (*installation, string) {
	t.Helper()
	i := newInstallation(t)
	name := "outside_" + strings.ReplaceAll(id.New().String(), "-", "")
	superuser, err := pgx.ParseConfig(at(cluster.Superuser, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate.Init(t.Context(), superuser, name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn, err := pgx.ConnectConfig(t.Context(), superuser)
		if err != nil {
			return // the server of the tests goes with everything in it
		}
		_, _ = conn.Exec(t.Context(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") // the same
		_ = conn.Close(t.Context())
	})
	return i, name
}

// at is a database on the tests' server, as an operator writes it.
func at(role, database string) string {
	return "postgres:///" + database + "?" + url.Values{"host": {testkit.SocketDir()}, "user": {role}}.Encode()
}

// TestServingBesideAnOutsideDatabase walks the way of an operator: init, migrate, serve.
func TestServingBesideAnOutsideDatabase(t *testing.T) {
	t.Parallel()
	i, name := outside(t)
	i.env = append(i.env, "FENCE_MIGRATE_DATABASE_URL="+at("fence_migrate", name), "FENCE_CONTEXT_KEYS="+testkit.ContextKey)
	if out, errs, code := i.says(t, "migrate", "status"); code != 0 || !strings.Contains(out, "missing  00001_floor.sql") {
		t.Errorf("status before: %d\n%s%s", code, out, errs)
	}
	serving := []string{"FENCE_DATABASE_URL=" + at("fence_app", name), "FENCE_SYSTEM_DATABASE_URL=" + at("fence_system", name), "FENCE_SEAL_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "FENCE_CONTEXT_KEYS=" + testkit.ContextKey}
	behind := &installation{dir: i.dir, port: i.port, admin: i.admin, env: append(serving, i.env...)}
	_, errs, code := behind.says(t, "serve")
	wantSentence(t, "a database without tables", errs, code)
	if out, errs, code := i.says(t, "migrate", "up"); code != 0 {
		t.Fatalf("migrate up: %d\n%s%s", code, out, errs)
	}
	if out, _, code := i.says(t, "migrate", "status"); code != 0 || strings.Contains(out, "missing") {
		t.Errorf("status after: %d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(i.dir, "postgres")); err == nil {
		t.Error("a private cluster was made beside the outside database")
	}
	i.env = append(i.env, serving...)
	p := i.serve(t)
	slug, got, err := p.signUp(p.client(), "outside", "Outside Fence")
	if err != nil || slug == "" {
		t.Fatalf("sign up: %s, %v", got, err)
	}
	if got, err := send(p.client(), "GET", p.at("", "/dev/mail"), "", ""); err != nil || got.status != http.StatusNotFound {
		t.Errorf("/dev/mail beside an outside database: %s, %v, want 404", got, err)
	}
	if out, _, code := i.says(t, "org", "list"); code != 0 || !strings.Contains(out, slug) {
		t.Errorf("org list: %d\n%s", code, out)
	}
	_, errs, code = i.says(t, "serve", "--demo", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0")
	wantSentence(t, "the demo in somebody's database", errs, code, "private database only")
}

func TestServingAsTheWrongRoleIsRefused(t *testing.T) {
	t.Parallel()
	i, name := outside(t)
	i.env = append(i.env, "FENCE_MIGRATE_DATABASE_URL="+at("fence_migrate", name), "FENCE_SYSTEM_DATABASE_URL="+at("fence_system", name), "FENCE_SEAL_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "FENCE_CONTEXT_KEYS="+testkit.ContextKey)
	if _, errs, code := i.says(t, "migrate", "up"); code != 0 {
		t.Fatalf("migrate up: %s", errs)
	}
	for role, word := range map[string]string{cluster.Superuser: "is a superuser", "fence_migrate": "has BYPASSRLS"} {
		i := &installation{dir: i.dir, port: freePort(t), admin: freePort(t), env: append([]string{"FENCE_DATABASE_URL=" + at(role, name)}, i.env...)}
		_, errs, code := i.says(t, "serve")
		wantSentence(t, "serving as "+role, errs, code, "not serving", word)
	}
}

func TestInitPrintsItsSQL(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	out, errs, code := i.says(t, "db", "init", "--print", "--database=my fence")
	for _, want := range []string{`CREATE DATABASE "my fence"`, `\connect "my fence"`, "fence_app", "NOBYPASSRLS", "pg_trgm"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("the SQL lacks %q (%d, %s)", want, code, errs)
		}
	}
	_, errs, code = i.says(t, "db", "init")
	wantSentence(t, "init without an address", errs, code, "FENCE_SUPERUSER_URL", "--print")
}
