package files_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json" // as the runner reads arguments
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"iter"
	"log/slog"
	"math/rand/v2"
	"os"
	"testing"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/blob"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/mortal"
)

func TestMain(m *testing.M) {
	if mortal.Role() == uploader {
		os.Exit(uploadUntilKilled())
	}
	os.Exit(testkit.Main(m))
}

type world struct {
	*testkit.Database
	files  *files.Service
	blobs  *moody
	folder string
	spool  string
	a      tenancy.Actor
}

// moody is a store that fails when it is told to.
type moody struct {
	blob.Store
	fail func(call, key string) error
}

func (m *moody) Put(ctx context.Context, key string, body io.Reader, size int64) error {
	if err := m.fail("put", key); err != nil {
		return err
	}
	return m.Store.Put(ctx, key, body, size)
}

func (m *moody) Delete(ctx context.Context, key string) error {
	if err := m.fail("delete", key); err != nil {
		return err
	}
	return m.Store.Delete(ctx, key)
}

func (m *moody) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	if err := m.fail("list", prefix); err != nil {
		return func(yield func(blob.Info, error) bool) { yield(blob.Info{}, err) }
	}
	return m.Store.List(ctx, prefix)
}

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{Database: testkit.NewDatabase(t), folder: t.TempDir()}
	dir, err := blob.OpenDir(w.folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dir.Close() })
	w.blobs = &moody{dir, func(string, string) error { return nil }}
	w.files = w.service(t)
	w.a = w.actor(t, testkit.A, tenancy.Permissions...)
	// The fixture's photo has no bytes: it is not of these tests.
	for _, sql := range []string{`DELETE FROM app.file_forms`, `DELETE FROM app.files`, `DELETE FROM app.blobs`, `UPDATE app.usage_levels SET used = 0 WHERE metric = 'storage_bytes'`} {
		w.Exec(t, sql)
	}
	return w
}

// service is a new process over the same database and folder.
func (w *world) service(t *testing.T) *files.Service {
	t.Helper()
	return w.serviceOn(t, t.TempDir())
}

func (w *world) serviceOn(t *testing.T, spool string) *files.Service {
	t.Helper()
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	w.spool = spool
	return files.NewService(options(w.App, queue, w.blobs, w.spool, site))
}

func options(db *pg.DB, queue *tasks.Queue, blobs blob.Store, spool string, site tenancy.Site) files.Options {
	return files.Options{DB: db, Queue: queue, Blobs: blobs, Spool: spool, Site: site, Key: bytes.Repeat([]byte("k"), 32), Log: slog.New(slog.DiscardHandler)}
}

func (w *world) actor(t *testing.T, o testkit.Org, allowed ...tenancy.Permission) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Person, o.Crew(), "Carl Crew", "crew", allowed)
}

func keyed(a tenancy.Actor, key string) tenancy.Actor {
	return a.WithRequest(tenancy.Request{ID: "test", IdempotencyKey: key})
}

// photo is an upload of bytes to A's job.
func photo(name string, b []byte) files.UploadInput {
	return files.UploadInput{Of: files.Record{Type: "job", ID: testkit.A.Job()}, Kind: files.Photo, Name: name, Body: bytes.NewReader(b), AtMost: int64(len(b)),
		Check: func(*pg.OrgTx) error { return nil }}
}

func (w *world) upload(t *testing.T, name string, b []byte) files.File {
	t.Helper()
	f, err := w.files.Upload(t.Context(), w.a, photo(name, b))
	if err != nil {
		t.Fatalf("upload %s: %v", name, err)
	}
	return f
}

// doTasks does what is due, in the order in which it became so, until nothing is.
func (w *world) doTasks(t *testing.T) {
	t.Helper()
	list := tasks.NewWorkers()
	tasks.Handle(list, func(ctx context.Context, a files.Settle) error {
		return w.files.SettleFile(ctx, w.of(t, a.OrgID), a.FileID)
	})
	tasks.Handle(list, func(ctx context.Context, a files.Forget) error {
		return w.files.ForgetBlob(ctx, w.of(t, a.OrgID), a.SHA256)
	})
	const due = `SELECT json_build_object('id', id, 'kind', kind, 'args', args)::text FROM tasks.river_job
		WHERE state IN ('available', 'scheduled') AND scheduled_at <= app.now() ORDER BY id`
	for waiting := testkit.Values[string](t, w.Database, due); len(waiting) > 0; waiting = testkit.Values[string](t, w.Database, due) {
		for _, text := range waiting {
			var task struct {
				ID   int64
				Kind string
				Args json.RawMessage
			}
			if err := json.Unmarshal([]byte(text), &task); err != nil {
				t.Fatal(err)
			}
			switch err := list.Do(t.Context(), task.Kind, task.Args); {
			case errors.Is(err, tasks.Later(0)):
				w.Exec(t, `UPDATE tasks.river_job SET scheduled_at = app.now() + interval '5 minutes' WHERE id = $1`, task.ID)
				continue
			case err != nil:
				t.Fatalf("task %s: %v", task.Kind, err)
			}
			w.Exec(t, `UPDATE tasks.river_job SET state = 'completed', finalized_at = now() WHERE id = $1`, task.ID)
		}
	}
}

func (w *world) of(t *testing.T, org id.ID) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, org)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// level is what A's storage is counted at, and what it has to be by the rows.
func (w *world) level(t *testing.T) (counted, rows int64) {
	t.Helper()
	counted = testkit.Value[int64](t, w.Database, `SELECT coalesce(sum(used), 0)::bigint FROM app.usage_levels WHERE org_id = $1 AND metric = 'storage_bytes'`, testkit.A.ID)
	rows = testkit.Value[int64](t, w.Database, `SELECT (SELECT coalesce(sum(size), 0) FROM app.blobs WHERE org_id = $1 AND uses > 0)::bigint
		+ (SELECT coalesce(sum(reserved_bytes), 0) FROM app.files WHERE org_id = $1)::bigint`, testkit.A.ID)
	return counted, rows
}

// wantBalance fails unless storage is counted as the rows say.
func (w *world) wantBalance(t *testing.T, when string) {
	t.Helper()
	counted, rows := w.level(t)
	var taken int64
	err := w.InOrg(t, testkit.A, func(tx *pg.OrgTx) (err error) { taken, err = files.Taken(tx); return err })
	if err != nil || counted != rows || taken != rows {
		t.Errorf("%s: storage is counted at %d, the rows say %d, the nightly comparison %d, %v", when, counted, rows, taken, err)
	}
}

// lying is how many blobs of A lie in the folder, and their bytes.
func (w *world) lying(t *testing.T) (n int, bytes int64) {
	t.Helper()
	for info, err := range w.blobs.List(t.Context(), "org/"+testkit.A.ID.String()+"/") {
		if err != nil {
			t.Fatal(err)
		}
		n, bytes = n+1, bytes+info.Size
	}
	return n, bytes
}

func (w *world) count(t *testing.T, sql string) int {
	t.Helper()
	return testkit.Value[int](t, w.Database, sql, testkit.A.ID)
}

// wantNothing fails unless nothing at all is left of A's files.
func (w *world) wantNothing(t *testing.T, when string) {
	t.Helper()
	n, _ := w.lying(t)
	counted, _ := w.level(t)
	rows := w.count(t, `SELECT (SELECT count(*) FROM app.files WHERE org_id = $1)::int + (SELECT count(*) FROM app.blobs WHERE org_id = $1)::int
		+ (SELECT count(*) FROM app.file_forms WHERE org_id = $1)::int`)
	if n != 0 || counted != 0 || rows != 0 {
		t.Errorf("%s: %d blobs, %d bytes counted, %d rows are left, want none", when, n, counted, rows)
	}
}

func wantFault(t *testing.T, what string, err error, kind fault.Kind, code string) *fault.Error {
	t.Helper()
	f := fault.As(err)
	if err == nil || f.Kind != kind || f.Code != code {
		t.Errorf("%s: got %v, want fault %q", what, err, code)
	}
	return f
}

// wantField fails unless err names the field.
func wantField(t *testing.T, what string, err error, pointer string) {
	t.Helper()
	f := wantFault(t, what, err, fault.Invalid, "invalid-input")
	if len(f.Fields) != 1 || f.Fields[0].Pointer != pointer {
		t.Errorf("%s: %+v, want the field %s", what, f.Fields, pointer)
	}
}

// drawn is a picture: a sky that gets darker, and noise, so that no two are the same bytes.
func drawn(width, height int, seed uint64) image.Image {
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	rng := rand.New(rand.NewPCG(seed, 0))
	for y := range height {
		for x := range width {
			p.SetRGBA(x, y, color.RGBA{uint8(x * 255 / width), uint8(y * 255 / height), uint8(128 + rng.IntN(8)), 255})
		}
	}
	return p
}

func jpegOf(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// small is a JPEG that nothing else is.
func small(t testing.TB, seed uint64) []byte { return jpegOf(t, drawn(64, 48, seed)) }

// tagged puts what a camera writes into a JPEG: how it was held, and where (GPS with the words that are looked for).
func tagged(b []byte, orientation uint16) []byte {
	const place = "GPS 30.2672 N 97.7431 W SECRETPLACE"
	tiff := []byte("II*\x00\x08\x00\x00\x00")
	tiff = binary.LittleEndian.AppendUint16(tiff, 2)
	entry := func(tag, kind uint16, count, value uint32) {
		tiff = binary.LittleEndian.AppendUint16(tiff, tag)
		tiff = binary.LittleEndian.AppendUint16(tiff, kind)
		tiff = binary.LittleEndian.AppendUint32(tiff, count)
		tiff = binary.LittleEndian.AppendUint32(tiff, value)
	}
	entry(0x112, 3, 1, uint32(orientation))
	entry(0x8825, 4, 1, 38) // GPS
	tiff = append(tiff, 0, 0, 0, 0)
	segment := append(append([]byte("Exif\x00\x00"), tiff...), place...)
	out := append([]byte{}, b[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), b[2:]...)
}

// shownOf reads a form of a file as its address gives it.
func (w *world) formOf(t *testing.T, f files.File, form files.Form) (files.Content, []byte) {
	t.Helper()
	c, err := w.files.Find(t.Context(), w.token(t, f.ID, form))
	if err != nil {
		t.Fatalf("%s of %s: %v", form, f.Name, err)
	}
	r, err := c.Open(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return c, b
}

func name(i int) string { return fmt.Sprintf("photo %d.jpg", i) }
