// Package blob keeps bytes under keys: in a folder of this machine, or in any S3.
//
// Owns: Store and its two adapters, which keys there may be. Does not own: whose bytes they are, what they mean, who
// may read them (business/files).
//
// Invariants: what is under a key is whole, whatever happens to the writer; a key has no byte that a file system, an
// address or a signature could read in two ways, so the same keys work in both adapters.
package blob

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"regexp"
	"time"
)

// Store keeps bytes. What is missing is an error that is fs.ErrNotExist.
type Store interface {
	// Put keeps what body gives under key, whole or not at all, in the place of what was there. size says how many
	// bytes that are, and another number of them is ErrSize; -1: nobody knows.
	Put(ctx context.Context, key string, body io.Reader, size int64) error
	// Get opens length bytes from offset on; -1 is to the end. Where no byte is, it is ErrRange.
	Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	Stat(ctx context.Context, key string) (Info, error)
	// Delete forgets a key. One that is not there is forgotten already.
	Delete(ctx context.Context, key string) error
	// List goes through the keys that begin with prefix, in no order. It ends with the first error.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Tidy removes what Puts left that began before and never ended, because their process died.
	Tidy(ctx context.Context, before time.Time) error
}

// Info is what is known of the bytes under a key.
type Info struct {
	Key  string
	Size int64
	At   time.Time // when they were put there
}

// What is wrong with a call.
var (
	ErrSize  = errors.New("another number of bytes came than was said")
	ErrRange = errors.New("there are no bytes in this range")
	ErrKey   = errors.New("not a key")
)

// maxKey keeps keys within what every S3 and every file system takes.
const maxKey = 200

var keyForm = regexp.MustCompile(`^[a-z0-9-]+(/[a-z0-9-]+)*$`)

// checkKey lets through small letters, digits and hyphens, in parts with slashes between.
func checkKey(key string) error {
	if len(key) > maxKey || !keyForm.MatchString(key) {
		return fmt.Errorf("%w: %.40q", ErrKey, key)
	}
	return nil
}

// checkPrefix lets through the beginning of a key.
func checkPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	return checkKey(prefix + "x")
}

func missing(key string) error { return fmt.Errorf("%s: %w", key, fs.ErrNotExist) }

// exact reads a known number of bytes. It looks one byte ahead before it gives away the last ones, so that a longer
// body is found out before anybody could take the shorter one for whole.
type exact struct {
	r    *bufio.Reader
	left int64
}

// measured holds body to a number of bytes, if there is one, and gives none of it away once ctx has ended: whoever
// receives it cannot take it for whole then.
func measured(ctx context.Context, body io.Reader, size int64) (io.Reader, error) {
	body = &untilDone{ctx, body}
	if size < 0 {
		return body, nil
	}
	e := &exact{bufio.NewReader(body), size}
	if size == 0 {
		return e, e.end()
	}
	return e, nil
}

func (e *exact) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.r.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	switch {
	case e.left > 0 && errors.Is(err, io.EOF):
		return n, ErrSize
	case e.left == 0:
		if err := e.end(); err != nil {
			return 0, err
		}
		return n, nil
	}
	return n, err
}

func (e *exact) end() error {
	switch _, err := e.r.Peek(1); {
	case err == nil:
		return ErrSize
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}

// untilDone reads until a context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
