package blob

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

func openDir(t *testing.T) (*Dir, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "files")
	d, err := OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, folder
}

// lying lists the regular files of a folder.
func lying(t *testing.T, folder string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			rel, _ := filepath.Rel(folder, name) // it begins with it
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestFolderKeepsWhatStorePromises(t *testing.T) {
	t.Parallel()
	d, folder := openDir(t)
	conform(t, d)
	if left := lying(t, filepath.Join(folder, unfinished)); len(left) != 0 {
		t.Errorf("%v was left unfinished", left)
	}
}

// full is a disk with room for so many bytes.
type full struct {
	file
	room *int
}

func (f full) Write(p []byte) (int, error) {
	n := min(len(p), *f.room)
	*f.room -= n
	if n, err := f.file.Write(p[:n]); err != nil {
		return n, err
	}
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

// Sync is where some file systems say it first.
func (f full) Sync() error {
	if *f.room == 1 {
		return syscall.ENOSPC
	}
	return f.file.Sync()
}

func TestFullDiskKeepsWhatWasThere(t *testing.T) {
	t.Parallel()
	d, folder := openDir(t)
	put(t, d, "org/a", []byte("there before"))
	create := d.create
	for _, room := range []int{0, 2, 100, 100_000, 200_001} { // the last: at Sync
		d.create = func(name string) (file, error) {
			f, err := create(name)
			return full{f, &room}, err
		}
		for _, key := range []string{"org/a", "org/b"} {
			left := room
			if err := d.Put(t.Context(), key, bytes.NewReader(pattern(200_000)), 200_000); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("with room for %d bytes: %v, want ENOSPC", left, err)
			}
		}
	}
	d.create = create
	want(t, d, "org/a", []byte("there before"))
	if got := lying(t, folder); !slices.Equal(got, []string{"org/a"}) {
		t.Errorf("%v lies there, want what was there before", got)
	}
	put(t, d, "org/b", []byte("room again"))
	want(t, d, "org/b", []byte("room again"))
}

// Links that somebody laid into the folder lead nowhere.
func TestNoLinkLeadsOutOfTheFolder(t *testing.T) {
	t.Parallel()
	d, folder := openDir(t)
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(folder, "org"), 0o700); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"org/file": secret, "org/folder": outside, "org/up": "../..", "org/root": "/"} {
		if err := os.Symlink(to, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"org/file", "org/folder/secret", "org/up/secret", "org/root/etc/hostname"} {
		if b, err := get(t, d, key, 0, -1); err == nil {
			t.Errorf("get %s: %q", key, b)
		}
		if err := d.Delete(t.Context(), key); err == nil && key != "org/file" {
			t.Errorf("delete %s went through", key)
		}
	}
	for _, key := range []string{"org/folder/new", "org/up/new", "org/root/tmp/new"} {
		if err := d.Put(t.Context(), key, bytes.NewReader(nil), 0); err == nil {
			t.Errorf("put %s went through", key)
		}
	}
	for info, err := range d.List(t.Context(), "org/") {
		t.Errorf("list: %+v, %v, want nothing", info, err)
	}
	if got := lying(t, outside); !slices.Equal(got, []string{"secret"}) {
		t.Errorf("outside lies %v, want what was there", got)
	}
}

// A process that was killed leaves what it was writing; Tidy removes it once it is old.
func TestUnfinishedIsTidiedOnceItIsOld(t *testing.T) {
	t.Parallel()
	d, folder := openDir(t)
	name := filepath.Join(folder, unfinished, "KILLED")
	if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, old := range []bool{false, true} {
		if old {
			then := time.Now().Add(-2 * time.Hour)
			if err := os.Chtimes(name, then, then); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Tidy(t.Context(), time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		if left := len(lying(t, folder)) > 0; left == old {
			t.Errorf("old: %v, left: %v", old, left)
		}
	}
}
