package app_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/pg/cluster"
)

// TestLintAndDoctorBesideAServer runs both commands as an operator would, while `fence serve` runs; then something
// is broken, and both count it.
func TestLintAndDoctorBesideAServer(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	p := i.serve(t)
	out, errs, code := i.says(t, "lint-db")
	if code != 0 || errs != "" || !regexp.MustCompile(`^\d\d rules, 0 findings\n$`).MatchString(out) {
		t.Errorf("lint-db: %d\n%s%s", code, out, errs)
	}
	out, errs, code = i.says(t, "doctor")
	if code != 0 || errs != "" || !strings.HasSuffix(out, "things looked at, 0 problems\n") || strings.Contains(out, "PROBLEM") || strings.Contains(out, "backups") {
		t.Errorf("doctor: %d\n%s%s", code, out, errs)
	}
	t.Logf("\n%s", out)

	c, err := cluster.Attach(t.Context(), cluster.Options{DataDir: i.dir})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), c.SuperuserURL("fence"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	// Three findings, one of them of roles; the missing canary is a fourth thing that the doctor sees.
	if _, err := conn.Exec(t.Context(), `GRANT TRUNCATE ON app.mails TO fence_app; CREATE TABLE public.copy (id int); ALTER ROLE fence_owner LOGIN;
		DELETE FROM app.canaries`); err != nil {
		t.Fatal(err)
	}
	if out, _, code := i.says(t, "lint-db"); code != 3 || !strings.HasSuffix(out, "rules, 3 findings\n") || !strings.Contains(out, "past-the-wall: role fence_app may truncate app.mails\n") {
		t.Errorf("lint-db of a broken database: %d\n%s", code, out)
	}
	if out, _, code := i.says(t, "doctor"); code != 4 || strings.Count(out, "PROBLEM") != 4 || !strings.Contains(out, "4 problems") {
		t.Errorf("doctor of a broken installation: %d\n%s", code, out)
	}
	p.stop(t)
	// Beside no server the private database is started for the command, which makes the roles anew; nothing serves.
	if out, _, code := i.says(t, "doctor"); code != 4 || !strings.Contains(out, "is `fence serve` running?") {
		t.Errorf("doctor with nothing that serves: %d\n%s", code, out)
	}
}
