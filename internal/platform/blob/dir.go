package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"time"
)

// Dir is a Store in a folder of this machine. Everything goes through an os.Root: no key and no link leads out of it.
type Dir struct {
	root   *os.Root
	create func(name string) (file, error)
}

// file is what a Put needs of the file that it writes.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// unfinished is the folder of what is being put; no key begins like it.
const unfinished = ".unfinished"

// OpenDir opens the folder, and makes it where it is missing.
func OpenDir(folder string) (*Dir, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	d := &Dir{root: root}
	d.create = func(name string) (file, error) {
		return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err := root.MkdirAll(unfinished, 0o700); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

// Close gives the folder back.
func (d *Dir) Close() error { return d.root.Close() }

// Put writes beside the keys, and moves to the key what is whole and on the disk.
func (d *Dir) Put(ctx context.Context, key string, body io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	body, err := measured(ctx, body, size)
	if err != nil {
		return err
	}
	began := path.Join(unfinished, rand.Text())
	if err := d.write(began, body); err != nil {
		_ = d.root.Remove(began) // if not, Tidy does
		return fmt.Errorf("put %s: %w", key, err)
	}
	folder := path.Dir(key)
	err = d.root.MkdirAll(folder, 0o700)
	if err == nil {
		err = d.root.Rename(began, key)
	}
	if err != nil {
		_ = d.root.Remove(began) // as above: a full disk has no room for it
		return fmt.Errorf("put %s: %w", key, err)
	}
	return d.sync(folder)
}

func (d *Dir) write(name string, body io.Reader) error {
	f, err := d.create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, body)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// sync brings a rename to the disk.
func (d *Dir) sync(folder string) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Get opens bytes of a key.
func (d *Dir) Get(_ context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	f, err := d.root.Open(key)
	if err != nil {
		return nil, err
	}
	part, err := partOf(f, offset, length)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return part, nil
}

func partOf(f *os.File, offset, length int64) (io.ReadCloser, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, missing(f.Name())
	}
	if offset == 0 && length < 0 {
		return f, nil
	}
	if offset < 0 || offset >= info.Size() || length == 0 {
		return nil, ErrRange
	}
	if length < 0 {
		length = info.Size() - offset
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(f, offset, length), f}, nil
}

// Stat tells what is under a key.
func (d *Dir) Stat(_ context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	info, err := d.root.Stat(key)
	if err != nil {
		return Info{}, err
	}
	if info.IsDir() {
		return Info{}, missing(key)
	}
	return Info{key, info.Size(), info.ModTime()}, nil
}

// Delete forgets a key.
func (d *Dir) Delete(ctx context.Context, key string) error {
	_, err := d.Stat(ctx, key) // a folder is not a key
	if err == nil {
		err = d.root.Remove(key)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// List goes through the folders of a prefix.
func (d *Dir) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield(Info{}, err)
			return
		}
		folder, _ := path.Split(prefix)
		err := fs.WalkDir(d.root.FS(), path.Clean(folder), func(name string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil // nothing there, or deleted meanwhile
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case name == unfinished:
				return fs.SkipDir
			case !entry.Type().IsRegular() || !strings.HasPrefix(name, prefix):
				return nil
			}
			info, err := entry.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err == nil && !yield(Info{name, info.Size(), info.ModTime()}, nil) {
				return fs.SkipAll
			}
			return err
		})
		if err != nil {
			yield(Info{}, err)
		}
	}
}

// Tidy removes what was being written and will never be whole.
func (d *Dir) Tidy(_ context.Context, before time.Time) error {
	left, err := fs.ReadDir(d.root.FS(), unfinished)
	for _, entry := range left {
		info, statErr := entry.Info()
		if statErr == nil && info.ModTime().Before(before) {
			err = errors.Join(err, d.root.Remove(path.Join(unfinished, entry.Name())))
		}
	}
	return err
}
