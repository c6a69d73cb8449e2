package doctor_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/app/doctor"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
	"fenceplatform.com/fence/internal/testkit/redisserver"
)

// A sound installation has no problem, public or on one machine; there, backups and certificate are nobody's affair.
func TestSoundInstallationHasNoProblem(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	report := doctor.Examine(t.Context(), c.Patient)
	if found := problems(report); len(found) > 0 || len(report) != 12 {
		t.Errorf("public: %d looked at, %q", len(report), found)
	}
	for _, r := range report {
		if r.Says == "" {
			t.Errorf("%s says nothing of what it saw", r.Name)
		}
	}
	c.Settings.RedisURL = redisserver.Start(t).URL
	report = doctor.Examine(t.Context(), c.Patient)
	if found := problems(report); len(found) > 0 || len(report) != 13 || !strings.HasPrefix(said(report, "redis"), "Redis ") {
		t.Errorf("with Redis: %d looked at, %q, %+v", len(report), found, report)
	}
	c.Settings.RedisURL, c.Settings.PublicURL, c.Settings.BackupDir = "", "http://fence.localhost:8080", ""
	report = doctor.Examine(t.Context(), c.Patient)
	if found := problems(report); len(found) > 0 || len(report) != 10 {
		t.Errorf("on one machine: %d looked at, %q", len(report), found)
	}
}

// What waits for somebody is no fault of the installation, and is told.
func TestDoctorTellsOfOpenFindings(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	if got := said(doctor.Examine(t.Context(), c.Patient), "payments"); !strings.HasSuffix(got, "; no finding is open") {
		t.Errorf("without any it says %q", got)
	}
	c.Exec(t, `INSERT INTO platform.billing_customers (id) VALUES ('cus_1');
		INSERT INTO platform.billing_findings (kind, about, customer_id, amount) VALUES ('pays_twice', 'sub_1', 'cus_1', 4900)`)
	report := doctor.Examine(t.Context(), c.Patient)
	if got := said(report, "payments"); !strings.HasSuffix(got, "; 1 finding open, see /operator/findings") || len(problems(report)) > 0 {
		t.Errorf("with one it says %q, %q", got, problems(report))
	}
}

// said is what the doctor saw of one thing.
func said(report []doctor.Result, name string) string {
	for _, r := range report {
		if r.Name == name {
			return r.Says
		}
	}
	return ""
}

// faults are planted one by one, each in an installation of its own; the doctor finds each where it is.
var faults = map[string]struct {
	plant func(t *testing.T, c *clinic)
	found string // name of what was looked at, and a piece of the sentence
}{
	"a policy that nearly reads the same": {sql(`ALTER POLICY tenant_wall ON app.mails USING (org_id = app.org_id())`), "catalogue: policies-template: the policies of app.mails differ"},
	"a right too many":                    {sql(`GRANT TRUNCATE ON app.quotes TO fence_app`), "catalogue: past-the-wall: role fence_app may truncate app.quotes"},
	"an event trigger switched off":       {sql(`ALTER EVENT TRIGGER fence_wall DISABLE`), "catalogue: event-triggers: event trigger fence_wall does not fire"},
	"a role past the wall":                {stranger, "roles: bypass-roles: role stranger_"},
	"tasks as the wrong role":             {func(_ *testing.T, c *clinic) { c.At.System = c.At.App }, "roles: processes connect as fence_app where they should as fence_system"},
	"a migration behind":                  {sql(`DELETE FROM migrations.goose_db_version WHERE version_id >= 9`), "migrations: the database is at migration 8"},
	"no canary":                           {sql(`DELETE FROM app.canaries`), "canary: the wall is not proved: the canary's row is gone"},
	"another key":                         {otherKey, "context: the database does not believe"},
	"a clock three seconds off":           {func(_ *testing.T, c *clinic) { c.Now = func() time.Time { return time.Now().Add(3 * time.Second) } }, "clock: this machine's clock and the database's are "},
	"a clock that tests have moved":       {sql(`UPDATE platform.clock SET movable = true`), "clock: the platform's clock can be moved"},
	"an old key":                          {sql(`UPDATE vault.keys SET installed_at = now() - interval '200 days'`), "keys: the key of contexts is 200 days old"},
	"a rotation that never ended": {sql(`UPDATE vault.keys SET installed_at = now() - interval '20 days';
		INSERT INTO vault.keys (id, inner_pad, outer_pad) SELECT 'ffffffff', inner_pad, outer_pad FROM vault.keys`), "keys: the database still believes an old key"},
	"a key that others can read":    {func(t *testing.T, c *clinic) { chmod(t, filepath.Join(c.Settings.DataDir, "seal.key"), 0o644) }, "keys: seal.key in"},
	"backups of last week":          {lastWeek, "backups: the newest backup in"},
	"no backups":                    {func(t *testing.T, c *clinic) { c.Settings.BackupDir = t.TempDir() }, "backups: there is no backup in"},
	"backups of nobody knows where": {func(_ *testing.T, c *clinic) { c.Settings.BackupDir = "" }, "backups: no folder of backups is named"},
	"a certificate that ends":       {func(t *testing.T, c *clinic) { c.certificate(t, 5*24*time.Hour, "fence.example", "*.fence.example") }, "certificate: the certificate of fence.example ends in 4 days"},
	"a certificate that has ended":  {func(t *testing.T, c *clinic) { c.certificate(t, -time.Minute, "fence.example", "*.fence.example") }, "certificate: the certificate of fence.example is not good"},
	"a certificate for the apex":    {func(t *testing.T, c *clinic) { c.certificate(t, 60*24*time.Hour, "fence.example") }, "certificate: the certificate of a-company.fence.example is not good"},
	"nothing serves":                {func(_ *testing.T, c *clinic) { c.ready.Close() }, "serving: nothing answers at"},
	"a server that is not ready":    {notReady, "serving: http://"},
	"a Redis that is not there":     {func(t *testing.T, c *clinic) { c.Settings.RedisURL = "unix://" + t.TempDir() + "/no.sock" }, "redis: Redis does not answer"},
	"no database":                   {func(t *testing.T, c *clinic) { c.At.App = "host=" + t.TempDir() + " user=fence_app dbname=fence" }, "server: the database does not answer"},
}

func TestEveryPlantedFaultIsFound(t *testing.T) {
	t.Parallel()
	for what, fault := range faults {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			c := newClinic(t)
			fault.plant(t, c)
			found := problems(doctor.Examine(t.Context(), c.Patient))
			hit := false
			for _, p := range found {
				hit = hit || strings.HasPrefix(p, fault.found)
			}
			if !hit {
				t.Errorf("want %q, got %q", fault.found, found)
			}
		})
	}
	t.Logf("%d faults", len(faults))
}

func sql(text string) func(*testing.T, *clinic) {
	return func(t *testing.T, c *clinic) { t.Helper(); c.Exec(t, text) }
}

// stranger is a role of this test's own that may connect to its database only: roles are the whole server's.
func stranger(t *testing.T, c *clinic) {
	name := "stranger_" + strings.ReplaceAll(id.New().String(), "-", "")
	c.Exec(t, `CREATE ROLE `+name+` LOGIN BYPASSRLS; GRANT CONNECT ON DATABASE `+c.Name+` TO `+name)
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), c.URL("postgres"))
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), `DROP OWNED BY `+name+`; DROP ROLE `+name); err != nil {
			t.Error(err)
		}
	})
}

func otherKey(t *testing.T, c *clinic) {
	var err error
	if c.Keys, err = contextkey.Parse(contextkey.New()); err != nil {
		t.Fatal(err)
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func lastWeek(t *testing.T, c *clinic) {
	then := time.Now().Add(-7 * 24 * time.Hour)
	if err := os.Chtimes(filepath.Join(c.Settings.BackupDir, "fence.dump"), then, then); err != nil {
		t.Fatal(err)
	}
}

func notReady(t *testing.T, c *clinic) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	t.Cleanup(s.Close)
	c.Settings.AdminListen = strings.TrimPrefix(s.URL, "http://")
}
