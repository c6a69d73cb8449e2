package files_test

import (
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

func (w *world) list(t *testing.T, o testkit.Org) (all []files.File) {
	t.Helper()
	a := w.of(t, o.ID)
	if _, err := w.App.Read(t.Context(), a.Tenant(), func(r *pg.Reading) {
		files.QueueFiles(r, a.Tenant(), files.Record{Type: "job", ID: o.Job()}, files.Photo, &all)
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRemovedComesBackForAnHour(t *testing.T) {
	t.Parallel()
	w := setup(t)
	first, second := w.upload(t, "first.jpg", small(t, 1)), w.upload(t, "second.jpg", small(t, 2))
	if all := w.list(t, testkit.A); len(all) != 2 || all[0].ID != first.ID || all[1].ID != second.ID {
		t.Fatalf("listed %+v, want the first before the second", all)
	}
	counted, _ := w.level(t)
	w.Untouched(t, testkit.B, func() {
		f, err := w.files.Remove(t.Context(), w.a, first.ID)
		if err != nil || f.State != files.Removed || f.Version != 2 || f.Of != first.Of {
			t.Fatalf("removed: %+v, %v", f, err)
		}
		if all := w.list(t, testkit.A); len(all) != 1 {
			t.Errorf("%d are listed, want the other", len(all))
		}
		_, err = w.files.Remove(t.Context(), w.a, first.ID)
		wantFault(t, "removed twice", err, fault.NotFound, "not-found")
		_, err = w.files.Find(t.Context(), w.token(t, first.ID, files.Shown))
		wantFault(t, "its address", err, fault.NotFound, "not-found")
		w.Advance(t, 59*time.Minute)
		w.doTasks(t)
		if f, err = w.files.Restore(t.Context(), w.a, first.ID); err != nil || f.State != files.Stored || f.Version != 3 {
			t.Fatalf("brought back: %+v, %v", f, err)
		}
	})
	if again, _ := w.level(t); again != counted {
		t.Errorf("counted at %d, want %d as before", again, counted)
	}
	w.formOf(t, first, files.Shown)
	_, err := w.files.Restore(t.Context(), w.a, first.ID)
	wantFault(t, "brought back twice", err, fault.NotFound, "not-found")
	w.Advance(t, 2*time.Hour) // the task of the first time finds it stored
	w.doTasks(t)
	if all := w.list(t, testkit.A); len(all) != 2 {
		t.Fatalf("%d are listed, want both", len(all))
	}
	for _, f := range []files.File{first, second} {
		if _, err := w.files.Remove(t.Context(), w.a, f.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.Advance(t, time.Hour)
	w.doTasks(t)
	w.wantNothing(t, "an hour later")
	_, err = w.files.Restore(t.Context(), w.a, first.ID)
	wantFault(t, "brought back too late", err, fault.NotFound, "not-found")
}

// The last of those who use the same bytes takes them along.
func TestTheLastOneTakesTheBytesAlong(t *testing.T) {
	t.Parallel()
	w := setup(t)
	one, two := w.upload(t, "one.jpg", small(t, 1)), w.upload(t, "two.jpg", small(t, 1))
	for n, f := range []files.File{one, two} {
		if _, err := w.files.Remove(t.Context(), w.a, f.ID); err != nil {
			t.Fatal(err)
		}
		w.Advance(t, time.Hour)
		w.doTasks(t)
		w.wantBalance(t, f.Name)
		if blobs, _ := w.lying(t); (blobs == 0) != (n == 1) {
			t.Errorf("after %s %d blobs lie there", f.Name, blobs)
		}
		if n == 0 {
			w.formOf(t, two, files.Original)
		}
	}
	w.wantNothing(t, "after both")
}

func TestTasksLeaveTheOtherCompanyAlone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.upload(t, "a.jpg", small(t, 1))
	if _, err := w.files.Remove(t.Context(), w.a, f.ID); err != nil {
		t.Fatal(err)
	}
	w.Untouched(t, testkit.B, func() {
		b := w.of(t, testkit.B.ID)
		if err := w.files.SettleFile(t.Context(), b, f.ID); err != nil { // not B's: nothing to do
			t.Error(err)
		}
		if err := w.files.ForgetBlob(t.Context(), b, f.SHA256); err != nil {
			t.Error(err)
		}
		w.Advance(t, time.Hour)
		if err := w.files.SettleFile(t.Context(), w.of(t, testkit.A.ID), f.ID); err != nil {
			t.Error(err)
		}
		if err := w.files.ForgetBlob(t.Context(), w.of(t, testkit.A.ID), f.SHA256); err != nil {
			t.Error(err)
		}
	})
	w.doTasks(t)
	w.wantNothing(t, "after it")
}

func TestFilesOfAnotherCompanyAreNotThere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := photo("b.jpg", small(t, 1))
	in.Of.ID = testkit.B.Job()
	f, err := w.files.Upload(t.Context(), w.actor(t, testkit.B, tenancy.Permissions...), in)
	if err != nil {
		t.Fatal(err)
	}
	w.Untouched(t, testkit.B, func() {
		for _, file := range []id.ID{f.ID, id.New()} {
			_, err := w.files.Remove(t.Context(), w.a, file)
			wantFault(t, "remove", err, fault.NotFound, "not-found")
			_, err = w.files.Restore(t.Context(), w.a, file)
			wantFault(t, "restore", err, fault.NotFound, "not-found")
		}
	})
	crew := w.actor(t, testkit.A, tenancy.JobsRead, tenancy.FilesAdd)
	_, err = w.files.Remove(t.Context(), crew, f.ID)
	wantFault(t, "without the right", err, fault.Forbidden, "forbidden")
}
