package files_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

func TestPhotoIsKeptWithAShownOneAndAThumbnail(t *testing.T) {
	t.Parallel()
	w := setup(t)
	b := tagged(jpegOf(t, drawn(3000, 2000, 1)), 6)
	in := photo(`C:\DCIM\IMG_0001.jpg`, b)
	in.Caption, in.DeclaredType = " Posts are set ", "image/jpeg"
	var f files.File
	w.Untouched(t, testkit.B, func() {
		var err error
		if f, err = w.files.Upload(t.Context(), w.a, in); err != nil {
			t.Fatal(err)
		}
	})
	if f.Name != "IMG_0001.jpg" || f.Caption != "Posts are set" || f.MediaType != "image/jpeg" || f.Size != int64(len(b)) || f.State != files.Stored || f.CreatedByName != "Carl Crew" {
		t.Errorf("kept as %+v", f)
	}
	if f.Width != 1365 || f.Height != 2048 { // turned
		t.Errorf("shown at %d × %d, want 1365 × 2048", f.Width, f.Height)
	}
	if n, lie := w.lying(t); n != 3 {
		t.Errorf("%d blobs of %d bytes, want 3", n, lie)
	} else if counted, rows := w.level(t); counted != lie || rows != lie {
		t.Errorf("counted at %d, rows say %d, %d bytes lie there", counted, rows, lie)
	}
	if c, original := w.formOf(t, f, files.Original); !bytes.Equal(original, b) || c.Ours || c.Name != f.Name {
		t.Errorf("the original is %d bytes (%+v), want the %d that were sent, not to be shown", len(original), c, len(b))
	}
	for form, want := range map[files.Form]image.Point{files.Shown: {1365, 2048}, files.Thumbnail: {213, 320}} {
		c, made := w.formOf(t, f, form)
		config, format, err := image.DecodeConfig(bytes.NewReader(made))
		if err != nil || format != "jpeg" || config.Width != want.X || config.Height != want.Y || !c.Ours || c.MediaType != "image/jpeg" {
			t.Errorf("%s: %s %d × %d, %v, %+v, want %v", form, format, config.Width, config.Height, err, c, want)
		}
		if bytes.Contains(made, []byte("SECRETPLACE")) || bytes.Contains(made, []byte("Exif")) {
			t.Errorf("%s says where it was taken", form)
		}
		if form == files.Thumbnail && len(made) > 25_000 {
			t.Errorf("the thumbnail has %d bytes, want at most 25,000", len(made))
		}
	}
	if left, err := os.ReadDir(w.folder + "/.unfinished"); err != nil || len(left) != 0 {
		t.Errorf("%v, %v is left unfinished", left, err)
	}
	if n := w.count(t, `SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1 AND record_type = 'job' AND content LIKE '%file.added%'`); n != 1 {
		t.Errorf("the log has %d entries of it, want 1", n)
	}
}

func TestEveryKnownTypeIsTaken(t *testing.T) {
	t.Parallel()
	w := setup(t)
	webp, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==") // one pixel, lossless
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"a.jpg": small(t, 1), "b.JPEG": small(t, 2), "c.png": pngOf(t, drawn(64, 48, 3)), "d.webp": webp, "no ending": small(t, 4)} {
		f := w.upload(t, name, b)
		if _, made := w.formOf(t, f, files.Shown); len(made) == 0 {
			t.Errorf("%s: nothing is shown", name)
		}
	}
	in := photo("permit.pdf", []byte("%PDF-1.7\n%%EOF\n"))
	in.Kind = files.Document
	f, err := w.files.Upload(t.Context(), w.a, in)
	if err != nil || f.MediaType != "application/pdf" {
		t.Fatalf("%+v, %v", f, err)
	}
	if c, _ := w.formOf(t, f, files.Original); c.Ours {
		t.Error("somebody's PDF would be shown")
	}
	w.wantBalance(t, "after all")
}

// What lies about itself, cannot be read, or is none of the known types is refused; nothing of it stays.
func TestWhatItIsNotIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	picture := small(t, 1)
	for what, in := range map[string]struct {
		name, declared string
		b              []byte
	}{
		"JPEG called PNG":           {"a.png", "", picture},
		"JPEG called a program":     {"a.exe", "", picture},
		"JPEG called SVG":           {"a.svg", "", picture},
		"JPEG called HTML":          {"a.jpg.html", "", picture},
		"JPEG sent as PNG":          {"a.jpg", "image/png", picture},
		"JPEG sent as HTML":         {"a.jpg", "text/html", picture},
		"JPEG sent as nonsense":     {"a.jpg", "image/", picture},
		"HTML called JPEG":          {"a.jpg", "image/jpeg", []byte("<!doctype html><script>alert(1)</script>")},
		"SVG":                       {"a.svg", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)},
		"GIF":                       {"a.gif", "image/gif", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;")},
		"a zip":                     {"a.zip", "application/zip", []byte("PK\x03\x04\x14\x00\x00\x00")},
		"a program":                 {"a.jpg", "", []byte("\x7fELF\x02\x01\x01")},
		"PDF as photo":              {"a.pdf", "application/pdf", []byte("%PDF-1.7\n")},
		"JPEG of three bytes":       {"a.jpg", "", picture[:3]},
		"half a JPEG":               {"a.jpg", "", picture[:len(picture)/2]},
		"half a PNG":                {"a.png", "", pngOf(t, drawn(64, 48, 1))[:200]},
		"HTML that begins as JPEG":  {"a.jpg", "", []byte("\xff\xd8\xff<script>alert(1)</script>")},
		"one byte":                  {"a.jpg", "", []byte("x")},
		"nothing":                   {"a.jpg", "", nil},
		"HTML that begins as WebP":  {"a.webp", "", []byte("RIFF\x00\x00\x00\x00WEBP<script>alert(1)</script>")},
		"a WebP without a picture":  {"a.webp", "", []byte("RIFF\x04\x00\x00\x00WEBP")},
		"UTF-16 text called JPEG":   {"a.jpg", "", []byte("\xff\xfe<\x00s\x00")},
		"JPEG that begins with one": {"a.jpg", "", append([]byte("\n"), picture...)},
	} {
		up := photo(in.name, in.b)
		up.DeclaredType = in.declared
		_, err := w.files.Upload(t.Context(), w.a, up)
		wantField(t, what, err, "/file")
	}
	up := photo("a.pdf", picture)
	up.Kind = files.Document
	_, err := w.files.Upload(t.Context(), w.a, up)
	wantField(t, "a picture as document", err, "/file")
	w.doTasks(t)
	w.wantNothing(t, "after all refusals")
}

func TestInputIsChecked(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := photo("a.jpg", small(t, 1))
	in.Caption = strings.Repeat("x", 301)
	_, err := w.files.Upload(t.Context(), w.a, in)
	wantField(t, "a long caption", err, "/caption")
	in.Caption = "a\x00b"
	_, err = w.files.Upload(t.Context(), w.a, in)
	wantField(t, "a caption with a zero", err, "/caption")
	in = photo("a.jpg", small(t, 1))
	in.Kind = "program"
	_, err = w.files.Upload(t.Context(), w.a, in)
	wantField(t, "no kind", err, "/kind")
	in = photo("a.jpg", small(t, 1))
	in.AtMost = 100
	_, err = w.files.Upload(t.Context(), w.a, in)
	wantField(t, "more than announced", err, "/file")
	in = photo("a.jpg", nil)
	in.AtMost, in.Body = 0, io.MultiReader(bytes.NewReader(small(t, 1)), endless{})
	_, err = w.files.Upload(t.Context(), w.a, in)
	wantField(t, "without an end", err, "/file")
	_, err = w.files.Upload(t.Context(), w.actor(t, testkit.A, tenancy.JobsRead), photo("a.jpg", small(t, 1)))
	wantFault(t, "without the right", err, fault.Forbidden, "forbidden")
	refused := photo("a.jpg", small(t, 1))
	refused.Check = func(*pg.OrgTx) error { return fault.Missing() }
	_, err = w.files.Upload(t.Context(), w.a, refused)
	wantFault(t, "a record that is not there", err, fault.NotFound, "not-found")
	w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = '2026-01-10T00:00:00Z' WHERE org_id = $1`, testkit.A.ID)
	_, err = w.files.Upload(t.Context(), w.actor(t, testkit.A, tenancy.Permissions...), photo("a.jpg", small(t, 1)))
	wantFault(t, "while read-only", err, fault.LimitReached, "subscription-required")
	w.wantNothing(t, "after all refusals")
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestNamesAreMadeFitToShow(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"IMG_1.jpg": "IMG_1.jpg", "../../etc/passwd": "passwd", `..\..\boot.ini`: "boot.ini", "/": "file", "..": "file", ".": "file", "": "file", " . ": "file",
		"a\x00b.jpg": "ab.jpg", "a\nb.jpg": "ab.jpg", "photo\u202egpj.exe": "photogpj.exe", "a\u200bb.png": "ab.png", "caf\xe9.jpg": "caf.jpg", "Zaun fertig – hinten.jpg": "Zaun fertig – hinten.jpg",
		"文.png": "文.png", strings.Repeat("x", 300) + ".jpg": strings.Repeat("x", 116) + ".jpg", "\u2066a\u2069.jpg": "a.jpg", "CON": "CON", `"; filename=x.html`: `"; filename=x.html`,
	} {
		if got := files.CleanName(from); got != want {
			t.Errorf("%q became %q, want %q", from, got, want)
		}
	}
}

func TestTheSameBytesAreKeptOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	b := small(t, 1)
	one := w.upload(t, "one.jpg", b)
	n, lie := w.lying(t)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			if _, err := w.files.Upload(t.Context(), w.a, photo(name(i), b)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n2, lie2 := w.lying(t); n2 != n || lie2 != lie {
		t.Errorf("%d blobs of %d bytes, want still %d of %d", n2, lie2, n, lie)
	}
	if counted, rows := w.level(t); counted != lie || rows != lie {
		t.Errorf("counted at %d and %d, want %d", counted, rows, lie)
	}
	// B sends the same: it has its own, and neither learns of the other's.
	in := photo("b.jpg", b)
	in.Of.ID = testkit.B.Job()
	if _, err := w.files.Upload(t.Context(), w.actor(t, testkit.B, tenancy.Permissions...), in); err != nil {
		t.Fatal(err)
	}
	if used := testkit.Value[int64](t, w.Database, `SELECT used FROM app.usage_levels WHERE org_id = $1 AND metric = 'storage_bytes'`, testkit.B.ID); used != lie {
		t.Errorf("B is counted at %d, want %d: what A has makes nothing cheaper for it", used, lie)
	}
	if one.SHA256 == "" {
		t.Error("no hash")
	}
}

func TestAnUploadSentAgainIsOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, b := keyed(w.a, "an upload of this phone"), small(t, 1)
	first, err := w.files.Upload(t.Context(), a, photo("a.jpg", b))
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.files.Upload(t.Context(), a, photo("a.jpg", b))
	if err != nil || again.ID != first.ID {
		t.Errorf("again: %v, %v, want %v", again.ID, err, first.ID)
	}
	_, err = w.files.Upload(t.Context(), a, photo("a.jpg", small(t, 2)))
	wantFault(t, "another picture with the key", err, fault.Invalid, "idempotency-key-reused")
	w.doTasks(t)
	if n := w.count(t, `SELECT count(*)::int FROM app.files WHERE org_id = $1`); n != 1 {
		t.Errorf("%d files, want 1", n)
	}
	w.wantBalance(t, "after all")
	if n, lie := w.lying(t); n != 3 {
		t.Errorf("%d blobs of %d bytes, want 3", n, lie)
	}
}

// Starter has 1 GB. What passes it is refused before a byte is read, also when many come at once.
func TestStorageEndsExactlyAtThePlansLimit(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.organizations SET plan = 'starter' WHERE org_id = $1`, testkit.A.ID)
	w.a = w.actor(t, testkit.A, tenancy.Permissions...)
	const limit = 1_000_000_000
	b := small(t, 1)
	w.Exec(t, `UPDATE app.usage_levels SET used = $2 WHERE org_id = $1 AND metric = 'storage_bytes'`, testkit.A.ID, limit-int64(len(b))+1)
	read := false
	in := photo("a.jpg", b)
	in.Body = readerFunc(func(p []byte) (int, error) { read = true; return 0, io.EOF })
	_, err := w.files.Upload(t.Context(), w.a, in)
	f := wantFault(t, "one byte too many", err, fault.LimitReached, "plan-limit-reached")
	if read {
		t.Error("the body was read all the same")
	}
	if f.Facts["metric"] != "storage_bytes" || f.Facts["limit"] != int64(limit) || f.Facts["used"] != limit-int64(len(b))+1 {
		t.Errorf("told %v", f.Facts)
	}
	if want := "Your company's files take 1.0 GB of 1 GB. Remove some, or the owner can change the plan."; f.Message != want {
		t.Errorf("told %q, want %q", f.Message, want)
	}
	// Room for the original alone: what is made of it does not fit, and is not kept.
	w.Exec(t, `UPDATE app.usage_levels SET used = $2 WHERE org_id = $1 AND metric = 'storage_bytes'`, testkit.A.ID, limit-int64(len(b)))
	_, err = w.files.Upload(t.Context(), w.a, photo("a.jpg", b))
	wantFault(t, "room for the original alone", err, fault.LimitReached, "plan-limit-reached")
	if counted, _ := w.level(t); counted != limit-int64(len(b)) {
		t.Errorf("counted at %d after it, want what it was", counted)
	}
	if n, _ := w.lying(t); n != 0 {
		t.Errorf("%d blobs lie there, want none", n)
	}
	// Room for ten announced megabytes: of twenty that come at once ten get it.
	w.Exec(t, `UPDATE app.usage_levels SET used = $2 WHERE org_id = $1 AND metric = 'storage_bytes'`, testkit.A.ID, limit-10<<20)
	var kept, refused int
	var mu sync.Mutex
	var wg sync.WaitGroup
	arrived := make(chan struct{}, 20)
	release := make(chan struct{})
	for i := range 20 {
		in := photo(name(i), nil)
		b := small(t, uint64(100+i))
		in.AtMost = 1 << 20
		in.Body = io.MultiReader(readerFunc(func([]byte) (int, error) { arrived <- struct{}{}; <-release; return 0, io.EOF }), bytes.NewReader(b))
		wg.Go(func() {
			_, err := w.files.Upload(t.Context(), w.a, in)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				kept++
				return
			}
			wantFault(t, "one too many", err, fault.LimitReached, "plan-limit-reached")
			if refused++; refused == 10 {
				close(release)
			}
		})
	}
	wg.Wait()
	if kept != 10 || refused != 10 || len(arrived) != 10 {
		t.Errorf("%d kept, %d refused, %d read: want ten of each", kept, refused, len(arrived))
	}
	if counted, rows := w.level(t); counted != limit-10<<20+rows {
		t.Errorf("counted at %d, want what it was and the %d bytes that were kept", counted, rows)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A line that is cut, a full disk, a bucket that is away: the request fails, and nothing of it stays reserved.
func TestWhatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	b := small(t, 1)
	broken := errors.New("connection reset by peer")
	for _, cut := range []int{0, 1, 11, len(b) / 2, len(b) - 1} {
		in := photo("a.jpg", b)
		in.Body = io.MultiReader(bytes.NewReader(b[:cut]), iotest.ErrReader(broken))
		_, err := w.files.Upload(t.Context(), w.a, in)
		if f := wantFault(t, "a cut line", err, fault.Invalid, "upload-cut"); !errors.Is(f, broken) {
			t.Errorf("%v does not say why", err)
		}
	}
	for n := range 3 {
		puts := 0
		w.blobs.fail = func(call, _ string) error {
			if puts++; call == "put" && puts == n+1 {
				return syscall.ENOSPC
			}
			return nil
		}
		_, err := w.files.Upload(t.Context(), w.a, photo("a.jpg", b))
		if f := wantFault(t, "a full disk", err, fault.Unavailable, "unavailable"); f.RetryAfter == 0 || !errors.Is(f, syscall.ENOSPC) {
			t.Errorf("%v, again after %s", err, f.RetryAfter)
		}
		w.blobs.fail = func(string, string) error { return nil }
		w.doTasks(t)
	}
	w.wantNothing(t, "after cut lines and full disks")
	w.upload(t, "a.jpg", b)
	w.wantBalance(t, "after one that came through")
}

// Whoever sends what is just being deleted is told to come back; afterwards it works.
func TestWhatIsBeingDeletedCannotBeUsed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	b := small(t, 1)
	f := w.upload(t, "a.jpg", b)
	if _, err := w.files.Remove(t.Context(), w.a, f.ID); err != nil {
		t.Fatal(err)
	}
	w.Advance(t, 2*time.Hour)
	if err := w.files.SettleFile(t.Context(), w.of(t, testkit.A.ID), f.ID); err != nil {
		t.Fatal(err)
	}
	_, err := w.files.Upload(t.Context(), w.a, photo("again.jpg", b))
	wantFault(t, "while it leaves", err, fault.Unavailable, "unavailable")
	w.doTasks(t)
	w.wantNothing(t, "when it left")
	w.upload(t, "again.jpg", b)
	w.wantBalance(t, "uploaded again")
}

func TestAnUploadThatTakesTooLongIsGivenBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.files.AtStep(func(step string) {
		if step == "put shown" {
			w.Advance(t, time.Hour)
			w.doTasks(t)
		}
	})
	_, err := w.files.Upload(t.Context(), w.a, photo("a.jpg", small(t, 1)))
	wantFault(t, "an hour later", err, fault.Conflict, "upload-too-slow")
	w.files = w.service(t)
	w.sweepLater(t)
	w.wantNothing(t, "after it")
}

func TestARecordHasAnEnd(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `INSERT INTO app.files (org_id, id, record_type, record_id, kind, name, state, reserved_bytes, removed_at, created_by, created_by_name, created_at)
		SELECT $1, gen_random_uuid(), 'job', $2, 'photo', 'x', 'removed', 0, now(), $2, 'x', now() FROM generate_series(1, $3)`, testkit.A.ID, testkit.A.Job(), files.MaxOfRecord)
	_, err := w.files.Upload(t.Context(), w.a, photo("a.jpg", small(t, 1)))
	wantFault(t, "one more", err, fault.Conflict, "too-many-files")
	in := photo("permit.pdf", []byte("%PDF-1.7\n"))
	in.Kind = files.Document
	if _, err := w.files.Upload(t.Context(), w.a, in); err != nil {
		t.Errorf("of another kind: %v", err)
	}
}

// Spooled bytes have no name: nothing lies in the folder while they are looked at.
func TestNothingLiesInTheSpool(t *testing.T) {
	t.Parallel()
	w := setup(t)
	seen := false
	w.files.AtStep(func(step string) {
		if step == "received" {
			all, err := os.ReadDir(w.spool)
			if err != nil || len(all) != 0 {
				t.Errorf("%v, %v lies there", all, err)
			}
			seen = true
		}
	})
	w.upload(t, "a.jpg", small(t, 1))
	if !seen {
		t.Error("nobody looked")
	}
}
