package drill

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/testkit"
)

// poolerSettings are those that docs/operating.md asks for. Without the reset, what a session was made to keep
// would meet the next request: closing our connection leaves the pooler's as it is.
const poolerSettings = `[databases]
%[1]s = host=%[2]s dbname=%[1]s user=fence_app
[pgbouncer]
listen_addr =
unix_socket_dir = %[3]s
listen_port = 6432
auth_type = trust
auth_file = %[3]s/users
pool_mode = transaction
default_pool_size = 1
server_reset_query = DISCARD ALL
server_reset_query_always = 1
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
`

// pooler starts a PgBouncer with one connection to the server and returns the address of the database behind it.
func pooler(t *testing.T, d *testkit.Database) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pooler-") // short: a socket's path may have 107 bytes
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	settings := filepath.Join(dir, "pgbouncer.ini")
	must(t, os.WriteFile(settings, fmt.Appendf(nil, poolerSettings, d.Name, testkit.SocketDir(), dir), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "users"), []byte("\"fence_app\" \"\"\n"), 0o644))
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program = "/usr/sbin/pgbouncer" // not in everybody's PATH
	}
	cmd := exec.Command(program, settings)
	if os.Geteuid() == 0 { // it refuses root
		asServerAccount(t, cmd, dir)
	}
	said, err := os.Create(filepath.Join(dir, "log"))
	must(t, err)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatalf("PgBouncer is needed (package pgbouncer): %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has nothing to lose
		_ = cmd.Wait()
	})
	socket := filepath.Join(dir, ".s.PGSQL.6432")
	for end := time.After(10 * time.Second); ; {
		if c, err := net.Dial("unix", socket); err == nil {
			_ = c.Close()
			return fmt.Sprintf("host=%s port=6432 user=fence_app dbname=%s", dir, d.Name)
		}
		select {
		case <-end:
			log, _ := os.ReadFile(said.Name())
			t.Fatalf("PgBouncer does not answer:\n%s", log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// asServerAccount runs a program as the account of the test server, which lets that account in as any role.
func asServerAccount(t *testing.T, cmd *exec.Cmd, dir string) {
	t.Helper()
	info, err := os.Stat(testkit.SocketDir())
	must(t, err)
	owner := info.Sys().(*syscall.Stat_t)
	uid, gid := owner.Uid, owner.Gid
	if uid == 0 {
		account, err := user.Lookup("postgres")
		must(t, err)
		n, err := strconv.Atoi(account.Uid)
		must(t, err)
		g, err := strconv.Atoi(account.Gid)
		must(t, err)
		uid, gid = uint32(n), uint32(g)
	}
	must(t, os.Chown(dir, int(uid), int(gid)))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
