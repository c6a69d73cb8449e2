package cluster_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/pg/cluster"
)

func TestStartMakesADurableClusterOnASocketOnly(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	conn := connect(t, start(t, cluster.Options{DataDir: dir}).SuperuserURL("postgres"))
	for setting, want := range map[string]string{
		"listen_addresses": "", "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
		"data_checksums": "on", "server_encoding": "UTF8", "lc_collate": "C.UTF-8", "TimeZone": "UTC",
		"logging_collector": "on", "unix_socket_permissions": "0700", "log_error_verbosity": "terse",
	} {
		query := "SELECT coalesce(current_setting('" + setting + "', true), datcollate) FROM pg_database WHERE datname = 'postgres'"
		if got := ask(t, conn, query); got != want {
			t.Errorf("%s: got %q, want %q", setting, got, want)
		}
	}
	for path, want := range map[string]os.FileMode{"postgres/socket": 0o700, "postgres/data": 0o700, "postgres/lock": 0o600} {
		info, err := os.Stat(filepath.Join(dir, path))
		must(t, err)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got mode %o, want %o", path, got, want)
		}
	}
	if got := entries(t, filepath.Join(dir, "postgres/data/log")); len(got) != 1 {
		t.Errorf("log files: got %v, want one", got)
	}
}

func TestPostgresRunsWithoutRootInAProcessGroupOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	start(t, cluster.Options{DataDir: dir, FastAndLoose: true})
	pid := postmasterPID(t, dir)
	info, err := os.Stat(filepath.Join("/proc", itoa(pid)))
	must(t, err)
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid == 0 {
		t.Error("PostgreSQL runs as root")
	}
	if group, err := syscall.Getpgid(pid); err != nil || group != pid {
		t.Errorf("process group: got %d (%v), want its own, %d", group, err, pid)
	}
	environ, err := os.ReadFile(filepath.Join("/proc", itoa(pid), "environ"))
	must(t, err)
	for _, variable := range strings.Split(strings.TrimRight(string(environ), "\x00"), "\x00") {
		switch name, _, _ := strings.Cut(variable, "="); name {
		case "PATH", "LC_ALL", "TZ", "LD_LIBRARY_PATH":
		default:
			if !strings.HasPrefix(name, "PG") { // its own bookkeeping
				t.Errorf("PostgreSQL got our variable %s", name)
			}
		}
	}
}

func TestPeersMayBeTheRolesOfTheMapOnly(t *testing.T) {
	t.Parallel()
	c := start(t, cluster.Options{DataDir: dataDir(t), FastAndLoose: true, Roles: []string{"auditor"}})
	conn := connect(t, c.SuperuserURL("postgres"))
	roles := []string{"fence_migrate", "fence_app", "fence_system", "fence_backup", "auditor", "stranger"}
	for _, role := range roles {
		_, err := conn.Exec(t.Context(), "CREATE ROLE "+role+" LOGIN")
		must(t, err)
	}
	for _, role := range roles[:5] {
		if got := ask(t, connect(t, c.URL(role, "postgres")), "SELECT current_user"); got != role {
			t.Errorf("current_user: got %s, want %s", got, role)
		}
	}
	if conn, err := pgx.Connect(t.Context(), c.URL("stranger", "postgres")); err == nil {
		_ = conn.Close(t.Context()) // the test has failed
		t.Error("a role outside the map was let in")
	}
}

func TestOtherUsersCannotReachTheSocket(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // becoming another user takes root; TestAsAnotherUser started this run from there
	}
	c := start(t, cluster.Options{DataDir: dataDir(t), FastAndLoose: true})
	cmd := asNobody(t, filepath.Join(c.SocketDir(), ".s.PGSQL.5432"))
	cmd.Env = append(cmd.Env, roleVariable+"=dial")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "permission denied") {
		t.Errorf("nobody at the socket: got %q (%v), want permission denied", out, err)
	}
}

func TestStopEndsPostgresAndStartFindsTheDataAgain(t *testing.T) {
	t.Parallel()
	o := cluster.Options{DataDir: dataDir(t)}
	c := start(t, o)
	conn := connect(t, c.SuperuserURL("postgres"))
	_, err := conn.Exec(t.Context(), "CREATE TABLE kept AS SELECT 'yes' AS answer")
	must(t, err)
	pid := postmasterPID(t, o.DataDir)
	stopped(t, c)
	stopped(t, c)
	if alive(pid) || postmasterPID(t, o.DataDir) != 0 {
		t.Errorf("process %d lives after Stop", pid)
	}
	conn = connect(t, start(t, o).SuperuserURL("postgres"))
	if got := ask(t, conn, "SELECT answer FROM kept"); got != "yes" {
		t.Errorf("kept: got %q, want yes", got)
	}
}

func TestStopOutOfTimeIsMadeGoodByTheNextStart(t *testing.T) {
	t.Parallel()
	o := cluster.Options{DataDir: dataDir(t)}
	c := start(t, o)
	conn := connect(t, c.SuperuserURL("postgres"))
	_, err := conn.Exec(t.Context(), "CREATE TABLE kept AS SELECT 'yes' AS answer")
	must(t, err)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_ = c.Stop(over) // whether PostgreSQL was faster is open; that it is gone is not
	if pid := postmasterPID(t, o.DataDir); pid != 0 && alive(pid) {
		t.Errorf("process %d lives after Stop", pid)
	}
	conn = connect(t, start(t, o).SuperuserURL("postgres"))
	if got := ask(t, conn, "SELECT answer FROM kept"); got != "yes" {
		t.Errorf("kept: got %q, want yes", got)
	}
}

func TestSecondStartIsRefusedAndMayAttach(t *testing.T) {
	t.Parallel()
	o := cluster.Options{DataDir: dataDir(t), FastAndLoose: true}
	c := start(t, o)
	_, err := cluster.Start(t.Context(), o)
	refused(t, err, cluster.CodeInUse, o.DataDir, itoa(os.Getpid()))
	if !cluster.InUse(err) {
		t.Error("InUse: got false, want true")
	}
	second, err := cluster.Attach(t.Context(), o)
	must(t, err)
	if got, want := second.SuperuserURL("postgres"), c.SuperuserURL("postgres"); got != want {
		t.Errorf("attached: got %s, want %s", got, want)
	}
	stopped(t, second)
	connect(t, c.SuperuserURL("postgres"))
	stopped(t, c)
	_, err = cluster.Attach(t.Context(), o)
	refused(t, err, cluster.CodeNotRunning, o.DataDir, "fence serve")
}

func TestKilledFenceLosesNothingAndItsPostgresIsAdopted(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	var acknowledged, postmaster int
	for round := range 5 {
		s := serveElsewhere(t, dir)
		acknowledged += s.await(t, 20*(round+1))
		pid := postmasterPID(t, dir)
		if round > 0 && pid != postmaster {
			t.Errorf("round %d: got postmaster %d, want %d adopted", round, pid, postmaster)
		}
		postmaster = pid
		acknowledged += s.kill(t)
	}
	c := start(t, cluster.Options{DataDir: dir})
	if got := postmasterPID(t, dir); got != postmaster {
		t.Errorf("got postmaster %d, want %d adopted", got, postmaster)
	}
	var stored int
	must(t, connect(t, c.SuperuserURL("postgres")).QueryRow(t.Context(), "SELECT count(*) FROM acknowledged").Scan(&stored))
	if stored < acknowledged || stored > acknowledged+5 {
		t.Errorf("got %d rows, want the %d acknowledged and at most one more for each kill", stored, acknowledged)
	}
	stopped(t, c)
	if alive(postmaster) {
		t.Errorf("adopted postmaster %d lives after Stop", postmaster)
	}
}

func TestKillWhileTheClusterIsMadeLeavesAWayToStart(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	for _, after := range []time.Duration{30, 250, 500, 650} {
		s := serveElsewhere(t, dir)
		<-time.After(after * time.Millisecond)
		s.kill(t)
	}
	connect(t, start(t, cluster.Options{DataDir: dir}).SuperuserURL("postgres"))
	for _, name := range entries(t, filepath.Join(dir, "postgres")) {
		if strings.HasPrefix(name, "data.") {
			t.Errorf("got the leftover %s", name)
		}
	}
}

func TestPostgresThatDiesIsLaunchedAgain(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	c := start(t, cluster.Options{DataDir: dir})
	_, err := connect(t, c.SuperuserURL("postgres")).Exec(t.Context(), "CREATE TABLE kept AS SELECT 'yes' AS answer")
	must(t, err)
	must(t, syscall.Kill(postmasterPID(t, dir), syscall.SIGKILL))
	var conn *pgx.Conn
	eventually(t, 10*time.Second, "connected again", func() bool {
		conn, err = pgx.Connect(t.Context(), c.SuperuserURL("postgres"))
		return err == nil
	})
	defer conn.Close(t.Context())
	if got := ask(t, conn, "SELECT answer FROM kept"); got != "yes" {
		t.Errorf("kept: got %q, want yes", got)
	}
}
