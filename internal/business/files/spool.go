package files

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
)

// spooled is what was sent, on the disk and under no name: whatever happens to the process, none of its bytes stay.
type spooled struct {
	*os.File
	size int64
	sum  [sha256.Size]byte
	head []byte
}

// spoolName is what a file is called for the moment until its name is taken.
const spoolName = "upload-"

// ClearSpool removes the names that processes left which died in that moment. They are empty.
func ClearSpool(folder string, now time.Time) error {
	all, err := os.ReadDir(folder)
	for _, entry := range all {
		info, statErr := entry.Info()
		if statErr == nil && info.Mode().IsRegular() && strings.HasPrefix(entry.Name(), spoolName) && info.ModTime().Before(now.Add(-orphanAge)) {
			err = errors.Join(err, os.Remove(filepath.Join(folder, entry.Name())))
		}
	}
	return err
}

// receive reads a whole file to the disk.
func (s *Service) receive(ctx context.Context, in UploadInput) (_ *spooled, err error) {
	f, err := os.CreateTemp(s.spool, spoolName)
	if err != nil {
		return nil, noPlace(err)
	}
	defer func() {
		if err != nil {
			_ = f.Close() // gone with it
		}
	}()
	if err := os.Remove(f.Name()); err != nil {
		return nil, err
	}
	hash := sha256.New()
	sent := &sentBody{r: io.LimitReader(in.Body, MaxSize+1)}
	size, err := io.Copy(io.MultiWriter(f, hash), sent)
	switch {
	case sent.err != nil:
		return nil, fault.New(fault.Invalid, "upload-cut", "The upload ended before the file did. Send it again.").Because(sent.err)
	case err != nil:
		return nil, noPlace(err)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case size > MaxSize:
		return nil, fault.InvalidField("/file", "%s is larger than %d MB.", in.Name, MaxSize>>20)
	case size > in.AtMost:
		return nil, fault.InvalidField("/file", "%s has more bytes than were announced.", in.Name)
	case size == 0:
		return nil, fault.InvalidField("/file", "%s is empty.", in.Name)
	}
	out := &spooled{File: f, size: size, head: make([]byte, min(size, sniffed))}
	hash.Sum(out.sum[:0])
	_, err = f.ReadAt(out.head, 0)
	return out, err
}

// sentBody keeps apart what the sender's line says from what our disk says.
type sentBody struct {
	r   io.Reader
	err error
}

func (b *sentBody) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

// noPlace is what a disk or a bucket that does not take or give bytes means for people.
func noPlace(err error) error {
	if _, known := errors.AsType[*fault.Error](err); known {
		return err
	}
	e := fault.New(fault.Unavailable, "unavailable", "We cannot reach our files right now. Try again in a moment.").Because(err)
	e.RetryAfter = retryAfter
	return e
}
