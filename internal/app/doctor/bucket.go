package doctor

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/blob"
	"fenceplatform.com/fence/internal/platform/id"
)

// probes is where the doctor tries a bucket out. No company's files lie there.
const probes = "doctor/"

// bucket does with an object of its own what files need: nothing of it stays.
func bucket(ctx context.Context, p *Patient, r *Result) {
	store, err := app.Blobs(p.Settings)
	if err != nil {
		r.problem("the bucket of files cannot be opened: %v", err)
		return
	}
	where := p.Settings.S3Bucket + " at " + p.Settings.S3Endpoint
	probe := id.New().String()
	for _, deed := range []struct {
		what string
		do   func(ctx context.Context, store blob.Store, probe string) error
	}{
		{"written", func(ctx context.Context, s blob.Store, probe string) error {
			return s.Put(ctx, probes+probe, strings.NewReader(probe), int64(len(probe)))
		}},
		{"read", readProbe},
		{"listed", listProbe},
		{"deleted", deleteProbe},
		{"looked through for uploads that never ended", func(ctx context.Context, s blob.Store, _ string) error {
			return s.Tidy(ctx, time.Time{}) // none of them is older
		}},
	} {
		if err := deed.do(ctx, store, probe); err != nil {
			r.problem("the bucket %s cannot be %s: %v", where, deed.what, err)
			if deed.what == "written" {
				return // the rest would say it again
			}
		}
	}
	r.Says = where + ": an object was written, read, listed and deleted"
}

func readProbe(ctx context.Context, s blob.Store, probe string) error {
	body, err := s.Get(ctx, probes+probe, 0, -1)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(body, 1000))
	if err == nil && !bytes.Equal(text, []byte(probe)) {
		err = errors.New("it gives other bytes than were put there")
	}
	return err
}

func listProbe(ctx context.Context, s blob.Store, probe string) error {
	for info, err := range s.List(ctx, probes+probe) {
		if err != nil {
			return err
		}
		if info.Key == probes+probe {
			return nil
		}
	}
	return errors.New("what was put there is not in the list")
}

func deleteProbe(ctx context.Context, s blob.Store, probe string) error {
	if err := s.Delete(ctx, probes+probe); err != nil {
		return err
	}
	_, err := s.Stat(ctx, probes+probe)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = errors.New("what was deleted is still there")
	}
	return err
}
