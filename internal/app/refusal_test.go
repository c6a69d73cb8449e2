package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

func TestTakenPortIsOneSentence(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", i.port))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, errs, code := i.says(t, "serve")
	wantSentence(t, "the port is taken", errs, code, fmt.Sprintf("127.0.0.1:%d", i.port), "address already in use", "FENCE_LISTEN")
	if _, err := os.Stat(filepath.Join(i.dir, "postgres")); err == nil {
		t.Error("a cluster was made for a server that cannot serve")
	}
	i.port, i.admin = freePort(t), i.port
	_, errs, code = i.says(t, "serve")
	wantSentence(t, "the probes' port is taken", errs, code, "address already in use", "FENCE_ADMIN_LISTEN")
}

func TestUnusableDataFolderIsOneSentence(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	file := filepath.Join(i.dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	i.dir = filepath.Join(file, "data") // below a file there is no folder, not even for root
	defer func() { i.dir = filepath.Dir(file) }()
	_, errs, code := i.says(t, "serve")
	wantSentence(t, "a folder that cannot be made", errs, code, i.dir, "FENCE_DATA_DIR")
}

// mountsOfItsOwn begins a script whose mounts nobody else sees: with own, and in a chroot, whose / is no mount that could
// be made private, only where mounts are not shared anyway.
const mountsOfItsOwn = `mount --make-rprivate / 2>/dev/null || ! grep -q ' shared:' /proc/self/mountinfo || exit 2; `

// own are mounts of the process's own.
func own() *syscall.SysProcAttr { return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS} }

// TestNoPostgreSQLIsOneSentence hides the server's programs from the process. That takes root; for everybody
// the cluster's own tests show the same refusal.
func TestNoPostgreSQLIsOneSentence(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return
	}
	i := newInstallation(t)
	cmd := i.command(t.Context(), "serve")
	cmd.Env = append(cmd.Env, "PATH=/usr/bin:/bin")
	cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", mountsOfItsOwn + `[ ! -d /usr/lib/postgresql ] || mount -t tmpfs none /usr/lib/postgresql; exec "$0" serve`, binary}
	cmd.SysProcAttr = own()
	errs, code := i.refusal(t, cmd)
	wantSentence(t, "no PostgreSQL", errs, code, "not installed", "apt-get install postgresql-15", "FENCE_DATABASE_URL")
}

// TestFullDiskIsOneSentence gives the server a disk of 24 MiB, on which a cluster does not fit. Mounting one
// takes root.
func TestFullDiskIsOneSentence(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return
	}
	i := newInstallation(t)
	cmd := i.command(t.Context(), "serve")
	cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", mountsOfItsOwn + `mount -t tmpfs -o size=24m,mode=755 none "$0" && exec "$1" serve`, i.dir, binary}
	cmd.SysProcAttr = own()
	errs, code := i.refusal(t, cmd)
	wantSentence(t, "a full disk", errs, code, i.dir, "full", "free some space")
}

// refusal runs a command that is to be refused.
func (i *installation) refusal(t *testing.T, cmd *exec.Cmd) (errs string, code int) {
	t.Helper()
	var b bytes.Buffer
	cmd.Stderr = &b
	err := cmd.Run()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	return b.String(), exit.ExitCode()
}
