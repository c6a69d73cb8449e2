package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const pidFileName = "postmaster.pid"

// noProcess is a process id that no kernel gives out.
const noProcess = 1<<31 - 1

// pidFile is what a postmaster writes about itself.
type pidFile struct {
	pid    int
	socket string
	status string
}

// errTorn is a pid file without a process id: its writer has not come to it, or was killed before.
var errTorn = errors.New("postmaster.pid is not complete")

func readPIDFile(dataDir string) (pidFile, error) {
	text, err := os.ReadFile(filepath.Join(dataDir, pidFileName))
	if err != nil {
		return pidFile{}, err
	}
	// Lines: pid, data directory, start time, port, socket directory, address, shared memory, status.
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil {
		return pidFile{}, errTorn
	}
	pf := pidFile{pid: pid}
	if len(lines) > 4 {
		pf.socket = lines[4]
	}
	if len(lines) > 7 {
		pf.status = strings.TrimSpace(lines[7])
	}
	return pf, nil
}

func (pf pidFile) ready() bool { return pf.status == "ready" }

// alive tells whether the process is a postmaster of dataDir. A process id is reused, so the kernel is
// asked where that process works: a postmaster never leaves its data directory.
func (pf pidFile) alive(dataDir string) bool {
	if !running(pf.pid) {
		return false
	}
	data, err := os.Stat(dataDir)
	if err != nil {
		return false
	}
	if _, err := os.Stat("/proc/self/cwd"); err != nil {
		return listens(pf.socket) // without /proc the socket is the only witness
	}
	cwd, err := os.Stat(fmt.Sprintf("/proc/%d/cwd", pf.pid))
	return err == nil && os.SameFile(cwd, data)
}

func listens(socketDir string) bool {
	conn, err := net.DialTimeout("unix", filepath.Join(socketDir, socketName()), time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was said
	return true
}

// running tells whether a process of that id exists, dead but unburied ones included.
func running(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// clearStale makes way for a new postmaster when pid is taken by a process that is none. The file
// stays, with a process id that cannot exist: PostgreSQL then still checks the shared memory that the
// file names, and refuses while a session of the dead postmaster lives. Removing the file would
// disarm that check. A process id that is free is left to PostgreSQL, which does the same.
func clearStale(dataDir string, acct account) error {
	root, err := os.OpenRoot(dataDir)
	if err != nil {
		return err
	}
	defer root.Close()
	text, err := root.ReadFile(pidFileName)
	if err != nil {
		return err
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	const fresh = pidFileName + ".fence"
	if err := root.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := root.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%d\n%s", noProcess, rest)
	err = errors.Join(err, f.Chown(int(acct.uid), int(acct.gid)), f.Close())
	if err != nil {
		return err
	}
	return root.Rename(fresh, pidFileName)
}

// removeTorn deletes a pid file that never got its process id: that postmaster had no shared memory.
func removeTorn(dataDir string) error {
	root, err := os.OpenRoot(dataDir)
	if err != nil {
		return err
	}
	defer root.Close()
	return root.Remove(pidFileName)
}
