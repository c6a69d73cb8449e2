package cluster_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
)

// roleVariable makes this test binary play another process: one that serves a cluster and is killed, or
// one that tries the door as another user.
const roleVariable = "FENCE_CLUSTER_TEST_ROLE"

// nestedVariable says that this run is the suite of another user, started by root's.
const nestedVariable = "FENCE_CLUSTER_TEST_NESTED"

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "serve":
		serve(os.Args[1])
	case "dial":
		dial(os.Args[1])
	default:
		goleak.VerifyTestMain(m)
	}
}

// serve holds a cluster and inserts rows, telling each one that is acknowledged, until it is killed.
func serve(dataDir string) {
	ctx := context.Background()
	c, err := cluster.Start(ctx, cluster.Options{DataDir: dataDir})
	exitOn(err)
	conn, err := pgx.Connect(ctx, c.SuperuserURL("postgres"))
	exitOn(err)
	_, err = conn.Exec(ctx, "CREATE TABLE IF NOT EXISTS acknowledged (n bigint GENERATED ALWAYS AS IDENTITY)")
	exitOn(err)
	fmt.Println("serving")
	for {
		_, err := conn.Exec(ctx, "INSERT INTO acknowledged DEFAULT VALUES")
		exitOn(err)
		fmt.Println("row")
	}
}

// dial tries the socket and prints what happened.
func dial(socket string) {
	conn, err := net.Dial("unix", socket)
	if err == nil {
		_ = conn.Close() // getting in is all that counts
	}
	fmt.Print(err)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestAsAnotherUser runs the whole suite without root, when it was started with it.
func TestAsAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // this run is the one without root
	}
	foreign := dataDir(t)
	stopped(t, start(t, cluster.Options{DataDir: foreign, FastAndLoose: true}))
	cmd := asNobody(t, "-test.v")
	cmd.Env = append(cmd.Env, nestedVariable+"="+foreign)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "\nPASS") {
		t.Errorf("the suite as nobody: got %v, want it to pass:\n%s", err, out)
	}
}

// asNobody prepares a run of this binary, from a place that everybody may read, as user nobody.
func asNobody(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	nobody, err := user.Lookup("nobody")
	must(t, err)
	uid, err := strconv.Atoi(nobody.Uid)
	must(t, err)
	gid, err := strconv.Atoi(nobody.Gid)
	must(t, err)
	home := dataDir(t)
	must(t, os.Chown(home, uid, gid))
	self, err := os.Executable()
	must(t, err)
	binary, err := os.ReadFile(self)
	must(t, err)
	path := filepath.Join(home, "suite")
	must(t, os.WriteFile(path, binary, 0o755))
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return cmd
}

// dataDir is an empty directory that PostgreSQL's account can reach; t.TempDir is closed to others.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "fence-cluster-")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	must(t, os.Chmod(dir, 0o755))
	return dir
}

func start(t *testing.T, o cluster.Options) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Start(t.Context(), o)
	must(t, err)
	t.Cleanup(func() { stopped(t, c) })
	return c
}

func stopped(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	if err := c.Stop(context.Background()); err != nil {
		t.Errorf("Stop: got %v, want nil", err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // a stopped server has closed it
	return conn
}

func ask(t *testing.T, conn *pgx.Conn, query string) (answer string) {
	t.Helper()
	must(t, conn.QueryRow(t.Context(), query).Scan(&answer))
	return answer
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused wants err to be the refusal of the given code, with a sentence that names each word.
func refused(t *testing.T, err error, code string, words ...string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != code {
		t.Fatalf("got %v, want the refusal %q", err, code)
	}
	for _, word := range words {
		if !strings.Contains(f.Message, word) {
			t.Errorf("got the sentence %q, want it to name %q", f.Message, word)
		}
	}
	if strings.Contains(f.Message, "\n") || !strings.HasSuffix(f.Message, ".") {
		t.Errorf("got %q, want one sentence", f.Message)
	}
}

// server is another process that serves a cluster.
type server struct {
	cmd  *exec.Cmd
	rows chan string // lines it said; closed at its end
}

func serveElsewhere(t *testing.T, dir string) *server {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), self, dir)
	cmd.Env = append(os.Environ(), roleVariable+"=serve")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	s := &server{cmd: cmd, rows: make(chan string, 1<<20)}
	go func() {
		defer close(s.rows)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.rows <- lines.Text()
		}
	}()
	return s
}

// kill ends the process as a power cut would and counts the rows it said were stored.
func (s *server) kill(t *testing.T) (acknowledged int) {
	t.Helper()
	must(t, s.cmd.Process.Kill())
	for line := range s.rows {
		if line == "row" {
			acknowledged++
		}
	}
	_ = s.cmd.Wait() // "killed" is what we did
	return acknowledged
}

// await reads until n rows are acknowledged.
func (s *server) await(t *testing.T, n int) (acknowledged int) {
	t.Helper()
	for line := range s.rows {
		if line == "row" {
			acknowledged++
		}
		if acknowledged == n {
			return n
		}
	}
	t.Fatalf("the serving process ended after %d rows, want %d", acknowledged, n)
	return 0
}

// postmasterPID reads whom the data directory says serves it; 0 when nobody.
func postmasterPID(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "data", "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	must(t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	must(t, err)
	return pid
}

// alive tells whether the process runs; one that is dead and not yet buried works nowhere.
func alive(pid int) bool {
	_, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return err == nil
}

// eventually waits for what another process does.
func eventually(t *testing.T, within time.Duration, what string, happened func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(within); ; {
		if happened() {
			return
		}
		select {
		case <-end:
			t.Fatalf("after %v still not: %s", within, what)
		case <-tick.C:
		}
	}
}

// fakeInstallation is a directory of programs that print and end as told.
func fakeInstallation(t *testing.T, version, initdb string) string {
	t.Helper()
	dir := dataDir(t)
	for name, script := range map[string]string{"postgres": "echo 'postgres (PostgreSQL) " + version + "'", "initdb": initdb} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	return dir
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	must(t, err)
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return slices.Sorted(slices.Values(names))
}
