package files_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/platform/blob"
	"fenceplatform.com/fence/internal/platform/fault"
)

// The largest file is taken, and one byte more is not: whether its size was announced or not.
func TestOneByteMoreThanAFileMayHaveIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	b := small(t, 1)
	b = append(b, make([]byte, files.MaxSize+1-len(b))...) // behind the picture's end
	for what, announced := range map[string]int64{"announced": files.MaxSize + 1, "not announced": 0, "announced as less": files.MaxSize} {
		in := photo("large.jpg", nil)
		in.AtMost, in.Body = announced, bytes.NewReader(b)
		_, err := w.files.Upload(t.Context(), w.a, in)
		wantField(t, what, err, "/file")
	}
	w.wantNothing(t, "after 25 MiB and a byte")
	f := w.upload(t, "largest.jpg", b[:files.MaxSize])
	if f.Size != files.MaxSize {
		t.Errorf("kept %d bytes, want %d", f.Size, files.MaxSize)
	}
	w.wantBalance(t, "with the largest")
}

// smallDisk is a file system with room for so many bytes, and what fills the rest of it. Only root may make one.
func smallDisk(t *testing.T, size string) (folder string, fill func() (free func())) {
	t.Helper()
	folder = t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Fatalf("a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder, func() func() {
		name := filepath.Join(folder, "ballast")
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(f, endless{}); err == nil { // until the disk is full
			t.Error("the disk has no end")
		}
		_ = f.Close() // what could be written is there
		return func() {
			if err := os.Remove(name); err != nil {
				t.Error(err)
			}
		}
	}
}

// A disk that is full is told as trouble that passes, with nothing half-way left and no room lost; when there is room
// again the next upload goes through. The disk of the spool, and the one where files lie.
func TestFullDiskRefusesAndHealsByItself(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Log("a small disk takes root: the full store and the full file are TestWhatFailsLeavesNothing and TestFullDiskKeepsWhatWasThere")
		return
	}
	for _, place := range []string{"spool", "files"} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			folder, fill := smallDisk(t, "2m")
			if place == "spool" {
				w.files = w.serviceOn(t, folder)
			} else {
				store, err := blob.OpenDir(folder)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = store.Close() })
				w.blobs.Store = store
			}
			b := append(small(t, 1), make([]byte, 300_000)...)
			free := fill()
			for range 3 {
				_, err := w.files.Upload(t.Context(), w.a, photo("a.jpg", b))
				if f := wantFault(t, "a full disk", err, fault.Unavailable, "unavailable"); f.RetryAfter == 0 {
					t.Errorf("%v does not say when to come back", err)
				}
			}
			w.doTasks(t)
			w.wantNothing(t, "while the disk is full")
			free()
			w.upload(t, "a.jpg", b)
			w.wantBalance(t, "with room again")
			if left, err := filepath.Glob(filepath.Join(folder, ".unfinished", "*")); err != nil || len(left) != 0 {
				t.Errorf("%v, %v is left unfinished", left, err)
			}
		})
	}
}
