package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// serverAccounts may run PostgreSQL for a fence that was started by root, in order of preference.
// The first comes with Debian's package, the second is made when there is none.
var serverAccounts = []string{"postgres", "fence"}

// account is whom PostgreSQL runs as.
type account struct {
	name     string
	uid, gid uint32
	// other tells that it is not the account of this process, so that children must change to it.
	other bool
}

// account is our own without root. With root it is the owner of existing data when that is an account
// of ours, else the first that exists.
func (h *home) account() (account, error) {
	uid := currentUID()
	if uid != 0 {
		return h.ownAccount(uid)
	}
	dataOwner, err := owner(h.data())
	if errors.Is(err, fs.ErrNotExist) {
		return newServerAccount(user.Lookup, addSystemUser)
	}
	if err != nil {
		return account{}, explain(h.dir, err)
	}
	u, err := user.LookupId(strconv.FormatUint(uint64(dataOwner), 10))
	if err != nil || !slices.Contains(serverAccounts, u.Username) {
		return account{}, refuseForeign(h.data(), dataOwner)
	}
	return otherAccount(u)
}

func (h *home) ownAccount(uid uint32) (account, error) {
	if dataOwner, err := owner(h.data()); err == nil && dataOwner != uid {
		return account{}, refuseForeign(h.data(), dataOwner)
	}
	u, err := user.LookupId(strconv.FormatUint(uint64(uid), 10))
	if err != nil {
		return account{}, refuse(CodeNoAccount,
			"User id %d has no name on this machine, and PostgreSQL needs one: add it to /etc/passwd, or set FENCE_DATABASE_URL.", uid).Because(err)
	}
	return account{name: u.Username, uid: uid, gid: uint32(os.Getegid())}, nil
}

// newServerAccount finds the account for a new cluster of root, or makes it.
func newServerAccount(lookup func(string) (*user.User, error), add func(string) error) (account, error) {
	for _, name := range serverAccounts {
		if u, err := lookup(name); err == nil {
			return otherAccount(u)
		}
	}
	name := serverAccounts[len(serverAccounts)-1]
	err := add(name)
	if err == nil {
		var u *user.User
		if u, err = lookup(name); err == nil {
			return otherAccount(u)
		}
	}
	return account{}, refuse(CodeNoAccount,
		"PostgreSQL must not run as root and the system account %q cannot be made: make it (useradd --system %s), or start fence as another user.",
		name, name).Because(err)
}

func otherAccount(u *user.User) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("user id of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("group id of %s: %w", u.Username, err)
	}
	return account{name: u.Username, uid: uint32(uid), gid: uint32(gid), other: true}, nil
}

func addSystemUser(name string) error {
	out, err := exec.Command("useradd", "--system", "--user-group", "--no-create-home",
		"--home-dir", rootDataDir, "--shell", "/usr/sbin/nologin", name).CombinedOutput()
	if err != nil {
		return fmt.Errorf("useradd: %w: %s", err, out)
	}
	return nil
}

// command prepares a program that runs as the account, in dir, with an environment that holds nothing
// of ours: secrets come to fence by environment, and PG* variables would change what PostgreSQL does.
func (a account) command(cmd *exec.Cmd, dir string) *exec.Cmd {
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"}
	if libs := os.Getenv("LD_LIBRARY_PATH"); libs != "" {
		cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+libs)
	}
	// A session of its own: the terminal's Ctrl-C is for fence, which stops PostgreSQL last.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return cmd
}

// reachableBy asks the kernel whether the account can pass to the cluster's directory: the child
// changes its directory after it has changed its user.
func (h *home) reachableBy(a account) error {
	if !a.other {
		return nil
	}
	trial, err := exec.LookPath("true")
	if err != nil {
		return fmt.Errorf("looking for true: %w", err)
	}
	err = a.command(exec.Command(trial), h.dir).Run()
	if errors.Is(err, fs.ErrPermission) {
		return refuse(CodeUnreachable,
			"User %s, which runs PostgreSQL, cannot reach %s: open the way to it (chmod o+x %s), or choose another directory with FENCE_DATA_DIR.",
			a.name, h.dir, firstClosed(h.dir)).Because(err)
	}
	if err != nil {
		return fmt.Errorf("running a program as %s: %w", a.name, err)
	}
	return nil
}

// firstClosed is the outermost directory on the way to dir that others may not pass.
func firstClosed(dir string) string {
	closed := dir
	for d := dir; ; d = filepath.Dir(d) {
		if info, err := os.Stat(d); err == nil && info.Mode().Perm()&0o001 == 0 {
			closed = d
		}
		if d == filepath.Dir(d) {
			return closed
		}
	}
}
