package files_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// sweepLater sweeps when everything that lies there is old, and does what that makes due.
func (w *world) sweepLater(t *testing.T) files.Swept {
	t.Helper()
	w.age(t)
	swept, err := w.files.Sweep(t.Context(), w.of(t, testkit.A.ID))
	if err != nil {
		t.Fatal(err)
	}
	w.doTasks(t)
	return swept
}

// age makes everything in the folder two hours old.
func (w *world) age(t *testing.T) {
	t.Helper()
	then := time.Now().Add(-2 * time.Hour)
	err := filepath.WalkDir(w.folder, func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			err = os.Chtimes(name, then, then)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// killed is how a process ends in these tests: nothing that it meant to do later is done.
type killed struct{ at string }

// until runs fn and tells whether it was killed on the way.
func until(fn func()) (died bool) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case killed:
			died = true
		default:
			panic(p)
		}
	}()
	fn()
	return false
}

// steps of an upload, in which a process may die.
var steps = []string{"reserved", "received", "looked at", "expected", "put original", "put shown", "put thumbnail", "kept"}

// A process that dies at any step of an upload or of a deletion, a hundred times: afterwards no bytes are without a row,
// no row is without its bytes, and storage is counted exactly.
func TestNoDeathLeavesOrphans(t *testing.T) {
	t.Parallel()
	w := setup(t)
	deaths, kept := 0, map[id.ID]bool{}
	for n := range 104 {
		// Half of them send what is there already, or what another one that died sent.
		b := small(t, uint64(n%52))
		w.files = w.service(t)
		step := steps[n%len(steps)]
		w.files.AtStep(func(s string) {
			if s == step {
				panic(killed{s})
			}
		})
		if until(func() {
			if f, err := w.files.Upload(t.Context(), w.a, photo(name(n), b)); err == nil {
				kept[f.ID] = true
			} else if !fault.Is(err, fault.Unavailable) {
				t.Errorf("upload %d: %v", n, err)
			}
		}) {
			deaths++
		}
		w.wantBalance(t, fmt.Sprintf("death %d, at %q", n, step))
		if n%10 != 9 {
			continue
		}
		// Somebody removes one in between, and who deletes it dies too.
		w.files = w.service(t)
		w.Advance(t, time.Hour)
		for file := range kept {
			if _, err := w.files.Remove(t.Context(), w.a, file); err != nil {
				t.Fatal(err)
			}
			delete(kept, file)
			break
		}
		w.Advance(t, 2*time.Hour)
		point := []string{"forgetting", "bytes deleted"}[n/10%2]
		w.files.AtStep(func(s string) {
			if s == point {
				panic(killed{s})
			}
		})
		if until(func() { w.doTasks(t) }) {
			deaths++
		}
		w.wantBalance(t, "after a deletion that died")
	}
	w.files = w.service(t)
	w.Advance(t, time.Hour)
	w.doTasks(t)
	first := w.sweepLater(t)
	second := w.sweepLater(t)
	if second != (files.Swept{}) {
		t.Errorf("a second sweep found %+v", second)
	}
	counted, rows := w.level(t)
	n, lie := w.lying(t)
	blobs := w.count(t, `SELECT count(*)::int FROM app.blobs WHERE org_id = $1`)
	if counted != lie || rows != lie || n != blobs {
		t.Errorf("%d bytes counted, %d by the rows, %d lie there; %d blobs, %d rows of them", counted, rows, lie, n, blobs)
	}
	if pending := w.count(t, `SELECT count(*)::int FROM app.files WHERE org_id = $1 AND state <> 'stored'`); pending != 0 {
		t.Errorf("%d files are neither stored nor gone", pending)
	}
	if deaths < 100 {
		t.Errorf("%d deaths, want 100", deaths)
	}
	t.Logf("%d deaths; the sweep after the tasks found %+v; %d blobs of %d bytes for %d files", deaths, first, n, lie,
		w.count(t, `SELECT count(*)::int FROM app.files WHERE org_id = $1`))
}

func TestSweepFindsOrphansAndLosses(t *testing.T) {
	t.Parallel()
	w := setup(t)
	org := "org/" + testkit.A.ID.String() + "/"
	f := w.upload(t, "a.jpg", small(t, 1))
	orphan := org + "00000000000000000000000000000000000000000000000000000000000000ff"
	foreign := "org/" + testkit.B.ID.String() + "/00000000000000000000000000000000000000000000000000000000000000ff"
	for _, key := range []string{orphan, org + "no-hash", foreign} {
		if err := w.blobs.Put(t.Context(), key, bytes.NewReader([]byte("orphan")), 6); err != nil {
			t.Fatal(err)
		}
	}
	w.Untouched(t, testkit.B, func() {
		if swept, err := w.files.Sweep(t.Context(), w.of(t, testkit.A.ID)); err != nil || swept != (files.Swept{}) {
			t.Errorf("young ones: %+v, %v, want nothing", swept, err)
		}
		if swept := w.sweepLater(t); swept != (files.Swept{Orphans: 2}) {
			t.Errorf("swept %+v, want two orphans", swept)
		}
	})
	if n, _ := w.lying(t); n != 3 {
		t.Errorf("%d blobs lie there, want the three of the photo", n)
	}
	if _, err := w.blobs.Stat(t.Context(), foreign); err != nil {
		t.Errorf("what is B's was touched: %v", err)
	}
	// Somebody deletes a photo's bytes by hand, and lays them back.
	lost := w.folder + "/" + org + f.SHA256
	if err := os.Rename(lost, w.folder+"/away"); err != nil {
		t.Fatal(err)
	}
	token := w.token(t, f.ID, files.Original)
	if swept := w.sweepLater(t); swept != (files.Swept{Lost: 1}) {
		t.Errorf("swept %+v, want one lost", swept)
	}
	_, err := w.files.Find(t.Context(), token)
	wantFault(t, "what is lost", err, fault.NotFound, "not-found")
	if err := os.Rename(w.folder+"/away", lost); err != nil {
		t.Fatal(err)
	}
	if swept := w.sweepLater(t); swept != (files.Swept{Found: 1}) {
		t.Errorf("swept %+v, want one found", swept)
	}
	// Or somebody sends it again.
	if err := os.Remove(lost); err != nil {
		t.Fatal(err)
	}
	w.sweepLater(t)
	w.upload(t, "again.jpg", small(t, 1))
	if _, err := w.files.Find(t.Context(), token); err != nil {
		t.Errorf("sent again: %v", err)
	}
	if swept := w.sweepLater(t); swept != (files.Swept{}) {
		t.Errorf("swept %+v, want nothing", swept)
	}
	w.wantBalance(t, "after all")
}

// A store that lists nothing, because it is away or another one, does not make everything lost.
func TestSweepOfAStoreThatFailsMarksNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.upload(t, "a.jpg", small(t, 1))
	broken := errors.New("away")
	w.blobs.fail = func(call, _ string) error {
		if call == "list" {
			return broken
		}
		return nil
	}
	if _, err := w.files.Sweep(t.Context(), w.of(t, testkit.A.ID)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if n := w.count(t, `SELECT count(*)::int FROM app.blobs WHERE org_id = $1 AND state <> 'stored'`); n != 0 {
		t.Errorf("%d blobs were marked", n)
	}
}
