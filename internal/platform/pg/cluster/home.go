package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// longestSocketPath is what fits sockaddr_un on Linux, without its closing NUL.
const longestSocketPath = 107

// rootDataDir is where the platform lives when it is started by root.
const rootDataDir = "/var/lib/fence"

// DefaultDataDir is the platform's data directory when none is configured: /var/lib/fence for root,
// else fence in the user's data home (XDG).
func DefaultDataDir() (string, error) {
	if os.Geteuid() == 0 {
		return rootDataDir, nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "fence"), nil
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return "", refuse(CodeUnwritable, "This user has no home directory: choose one for data with FENCE_DATA_DIR.").Because(err)
	}
	return filepath.Join(dir, ".local", "share", "fence"), nil
}

// home is the cluster's directory, postgres/ in the data directory, with its lock held.
type home struct {
	dir  string
	lock *os.File
}

func homeDir(dataDir string) (string, error) {
	if dataDir == "" {
		return "", errors.New("cluster: Options.DataDir is empty")
	}
	abs, err := filepath.Abs(dataDir)
	if err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	return filepath.Join(abs, "postgres"), nil
}

// openHome makes the directory when it is missing, refuses another user's, and takes the lock.
func openHome(dataDir string) (*home, error) {
	dir, err := homeDir(dataDir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, dirMode()); err != nil {
		return nil, explain(dir, err)
	}
	if uid, err := owner(dir); err != nil {
		return nil, explain(dir, err)
	} else if uid != currentUID() {
		return nil, refuseForeign(dir, uid)
	}
	h := &home{dir: dir}
	if err := h.takeLock(); err != nil {
		return nil, err
	}
	return h, nil
}

// dirMode lets PostgreSQL's account pass when it is not ours; otherwise nobody else has business here.
func dirMode() fs.FileMode {
	if os.Geteuid() == 0 {
		return 0o755
	}
	return 0o700
}

func (h *home) data() string     { return filepath.Join(h.dir, "data") }
func (h *home) conf() string     { return filepath.Join(h.dir, "conf") }
func (h *home) startLog() string { return filepath.Join(h.dir, "start.log") }
func (h *home) logs() string     { return filepath.Join(h.data(), "log") }

// takeLock makes sure that one fence serves the directory. The kernel frees the lock of a killed
// process, and PostgreSQL does not inherit it.
func (h *home) takeLock() error {
	path := filepath.Join(h.dir, "lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return explain(h.dir, err)
	}
	err = tryLock(f)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := io.ReadAll(io.LimitReader(f, 20)) // only for the sentence
		err = refuse(CodeInUse,
			"Fence is already running with %s (process %s): use that one, stop it first, or choose another directory with FENCE_DATA_DIR.",
			h.dir, strings.TrimSpace(string(holder)))
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return err
	}
	if err := writePID(f); err != nil {
		_ = f.Close() // the write error is the one to tell
		return explain(h.dir, err)
	}
	h.lock = f
	return nil
}

// tryLock tries for a moment, because Attach holds a shared lock for an instant when it looks.
func tryLock(f *os.File) (err error) {
	for range 10 {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		time.Sleep(pollEvery)
	}
	return err
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(f, "%d\n", os.Getpid())
	return err
}

func (h *home) unlock() { _ = h.lock.Close() } // closing frees the flock; nothing is buffered

// served tells whether a fence holds the directory's lock right now.
func served(dir string) bool {
	f, err := os.Open(filepath.Join(dir, "lock"))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// awaitServed waits until the cluster in dataDir, which another process serves, answers.
func awaitServed(ctx context.Context, dataDir string) (socket string, err error) {
	dir, err := homeDir(dataDir)
	if err != nil {
		return "", err
	}
	h := &home{dir: dir}
	for served(dir) {
		pf, err := readPIDFile(h.data())
		if err == nil && pf.ready() && pf.alive(h.data()) {
			return pf.socket, nil
		}
		if err := wait(ctx, pollEvery); err != nil {
			return "", refuse(CodeNotRunning, "The database in %s is not answering yet: try again in a moment.", dir).Because(err)
		}
	}
	return "", refuse(CodeNotRunning, "No fence is running with %s: start it with `fence serve`.", dir)
}

// socketDir chooses, makes and checks the directory of the socket.
func (h *home) socketDir(acct account) (dir string, fallback bool, err error) {
	if dir := filepath.Join(h.dir, "socket"); usable(dir) {
		return dir, false, makeSocketDir(dir, acct)
	}
	for _, dir := range h.shortSocketDirs() {
		if !usable(dir) {
			continue
		}
		if err = makeSocketDir(dir, acct); err == nil {
			return dir, true, nil
		}
	}
	return "", false, refuse(CodeSocketPath,
		"%s is too deep for PostgreSQL's socket, whose path may have %d bytes, and no short directory can be used instead: choose a shorter one with FENCE_DATA_DIR.",
		h.dir, longestSocketPath).Because(err)
}

// shortSocketDirs are tried when the data directory is too deep. The name tells clusters apart.
func (h *home) shortSocketDirs() []string {
	sum := sha256.Sum256([]byte(h.dir))
	name := "fence-" + hex.EncodeToString(sum[:6])
	dirs := []string{filepath.Join(os.TempDir(), name), filepath.Join("/tmp", name)}
	if run := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(run) && os.Geteuid() != 0 {
		dirs = append([]string{filepath.Join(run, name)}, dirs...)
	}
	return dirs
}

// usable tells whether a socket in dir can be made and named: a comma parts hosts in a database URL.
func usable(dir string) bool {
	return len(filepath.Join(dir, socketName())) <= longestSocketPath && !strings.Contains(dir, ",")
}

func socketName() string { return fmt.Sprintf(".s.PGSQL.%d", port) }

// makeSocketDir leaves dir as a real directory, 0700, of PostgreSQL's account. In /tmp somebody else
// may have been there first; whatever is not ours is refused, not repaired.
func makeSocketDir(dir string, acct account) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return explain(dir, err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return explain(dir, err)
	}
	uid := statOf(info).Uid
	if !info.IsDir() || uid != acct.uid && uid != currentUID() {
		return refuse(CodeSocketOwner, "The socket directory %s belongs to %s: remove it or choose another.", dir, accountName(uid))
	}
	if err := os.Lchown(dir, int(acct.uid), int(acct.gid)); err != nil {
		return explain(dir, err)
	}
	return explain(dir, os.Chmod(dir, 0o700))
}

func currentUID() uint32 { return uint32(os.Geteuid()) }

func owner(path string) (uint32, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, err
	}
	return statOf(info).Uid, nil
}

func statOf(info fs.FileInfo) *syscall.Stat_t { return info.Sys().(*syscall.Stat_t) }
