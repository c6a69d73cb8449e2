package fieldwork_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"log/slog"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/blob"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

// keeper keeps files in a folder of the test.
func keeper(t *testing.T, d *testkit.Database) *files.Service {
	t.Helper()
	store, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	return files.NewService(files.Options{DB: d.App, Queue: queue, Blobs: store, Spool: t.TempDir(), Site: site, Key: bytes.Repeat([]byte("k"), 32), Log: slog.New(slog.DiscardHandler)})
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestACrewAddsPhotosAndTheOfficeRemovesThem(t *testing.T) {
	t.Parallel()
	w := setup(t)
	crew := w.actor(t, testkit.A, tenancy.JobsRead, tenancy.FilesAdd)
	office := w.actor(t, testkit.A, tenancy.JobsRead, tenancy.FilesAdd, tenancy.FilesRemove)
	in := fieldwork.AddFileInput{Job: testkit.A.Job(), Name: "gate.jpg", Caption: "Gate hangs", Body: bytes.NewReader(picture(t))}
	w.Untouched(t, testkit.B, func() {
		f, err := w.jobs.AddFile(t.Context(), crew, in)
		if err != nil || f.Of.ID != testkit.A.Job() || f.Kind != files.Photo {
			t.Fatalf("added %+v, %v", f, err)
		}
		all, err := w.jobs.ListPhotos(t.Context(), crew, testkit.A.Job())
		if err != nil || len(all) != 2 || all[1].ID != f.ID || all[1].Caption != "Gate hangs" || !strings.HasPrefix(all[1].Addresses[files.Thumbnail], "http://files.fence.localhost:8080/") {
			t.Fatalf("listed %+v, %v; want the fixture's and the new one", all, err)
		}
		rec, err := w.jobs.GetJob(t.Context(), crew, testkit.A.Job())
		if err != nil || len(rec.Photos) != 2 || rec.Timeline[0].Action != "file.added" {
			t.Errorf("the job has %d photos, %v", len(rec.Photos), err)
		}
		one, err := w.jobs.GetFile(t.Context(), crew, f.ID)
		if err != nil || one.Name != "gate.jpg" || len(one.Addresses) != 3 {
			t.Errorf("one: %+v, %v", one, err)
		}
		if _, err := w.jobs.RemoveFile(t.Context(), crew, f.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("removed by the crew: %v", err)
		}
		if _, err := w.jobs.RemoveFile(t.Context(), office, f.ID); err != nil {
			t.Errorf("removed by the office: %v", err)
		}
		if all, err := w.jobs.ListPhotos(t.Context(), crew, testkit.A.Job()); err != nil || len(all) != 1 {
			t.Errorf("%d are left, %v", len(all), err)
		}
		if _, err := w.jobs.RestoreFile(t.Context(), office, f.ID); err != nil {
			t.Errorf("brought back: %v", err)
		}
	})
	w.Advance(t, time.Hour)
}

func TestFilesNeedTheirJob(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A, tenancy.Permissions...)
	w.Untouched(t, testkit.B, func() {
		for _, job := range []id.ID{testkit.B.Job(), id.New()} {
			_, err := w.jobs.AddFile(t.Context(), a, fieldwork.AddFileInput{Job: job, Name: "a.jpg", Body: bytes.NewReader(picture(t))})
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("to job %s: %v, want not found", job, err)
			}
			if _, err := w.jobs.ListPhotos(t.Context(), a, job); !fault.Is(err, fault.NotFound) {
				t.Errorf("photos of job %s: %v, want not found", job, err)
			}
		}
		for _, file := range []id.ID{testkit.B.File(), id.New()} {
			_, err := w.jobs.GetFile(t.Context(), a, file)
			_, removed := w.jobs.RemoveFile(t.Context(), a, file)
			_, restored := w.jobs.RestoreFile(t.Context(), a, file)
			_, described := w.jobs.DescribeFile(t.Context(), a, files.DescribeInput{File: file, Version: 1, Caption: "x"})
			for what, err := range map[string]error{"get": err, "remove": removed, "restore": restored, "describe": described} {
				if !fault.Is(err, fault.NotFound) {
					t.Errorf("%s %s: %v, want not found", what, file, err)
				}
			}
		}
	})
	// Who may not read jobs has nothing to do with their files.
	none := w.actor(t, testkit.A, tenancy.FilesAdd, tenancy.FilesRemove)
	_, err := w.jobs.GetFile(t.Context(), none, testkit.A.File())
	_, listed := w.jobs.ListPhotos(t.Context(), none, testkit.A.Job())
	_, added := w.jobs.AddFile(t.Context(), none, fieldwork.AddFileInput{Job: testkit.A.Job(), Name: "a.jpg", Body: bytes.NewReader(picture(t))})
	_, removed := w.jobs.RemoveFile(t.Context(), none, testkit.A.File())
	_, restored := w.jobs.RestoreFile(t.Context(), none, testkit.A.File())
	for what, err := range map[string]error{"get": err, "list": listed, "add": added, "remove": removed, "restore": restored} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s without reading jobs: %v", what, err)
		}
	}
}
