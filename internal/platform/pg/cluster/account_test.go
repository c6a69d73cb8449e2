package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"syscall"
	"testing"
)

func TestServerAccountIsPostgresOrFenceMadeWhenMissing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		present []string
		useradd error
		want    string
	}{
		"Debian's":       {present: []string{"postgres", "fence"}, want: "postgres"},
		"made earlier":   {present: []string{"fence"}, want: "fence"},
		"made now":       {want: "fence"},
		"cannot be made": {useradd: errors.New("no useradd"), want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			present := map[string]bool{}
			for _, p := range test.present {
				present[p] = true
			}
			lookup := func(name string) (*user.User, error) {
				if !present[name] {
					return nil, user.UnknownUserError(name)
				}
				return &user.User{Username: name, Uid: "101", Gid: "104"}, nil
			}
			add := func(name string) error {
				present[name] = test.useradd == nil
				return test.useradd
			}
			got, err := newServerAccount(lookup, add)
			if got.name != test.want || (err != nil) != (test.want == "") {
				t.Errorf("got %q (%v), want %q", got.name, err, test.want)
			}
		})
	}
}

func TestSocketDirectoryOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	our := account{uid: currentUID(), gid: uint32(os.Getegid())}
	foreign := "/" // root's, when we are not root
	if currentUID() == 0 {
		foreign = filepath.Join(t.TempDir(), "socket")
		if err := errors.Join(os.Mkdir(foreign, 0o700), os.Chown(foreign, 65534, 65534)); err != nil {
			t.Fatal(err)
		}
	}
	if err := makeSocketDir(foreign, our); err == nil {
		t.Error("a directory of another user: got nil, want a refusal")
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	if err := makeSocketDir(link, our); err == nil {
		t.Error("a symbolic link: got nil, want a refusal")
	}
}

func TestFullDiskIsToldApart(t *testing.T) {
	t.Parallel()
	err := explain("/data", fmt.Errorf("writing: %w", syscall.ENOSPC))
	if want := "The disk that holds /data is full: free some space there and start again."; err == nil || err.Error()[:len(want)] != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestVersionLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)": 15,
		"postgres (PostgreSQL) 17beta1":                        17,
		"postgres (PostgreSQL) 9.6.24":                         9,
		"something else":                                       0,
	} {
		if got := majorOf(line); got != want {
			t.Errorf("%s: got %d, want %d", line, got, want)
		}
	}
}
