package files_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// now is the database's time, by which addresses hold.
func (w *world) now(t *testing.T) time.Time {
	t.Helper()
	return testkit.Value[time.Time](t, w.Database, `SELECT app.now()`)
}

// token is what the address of a form of A's file ends with.
func (w *world) token(t *testing.T, file id.ID, form files.Form) string {
	t.Helper()
	token, ours := strings.CutPrefix(w.files.Address(testkit.A.ID, file, form, w.now(t)), "http://files.fence.localhost:8080/")
	if !ours {
		t.Fatal("an address is not of the host of files")
	}
	return token
}

func TestAddressesHoldForTenMinutesAtMost(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.upload(t, "a.jpg", small(t, 1))
	token := w.token(t, f.ID, files.Shown)
	c, err := w.files.Find(t.Context(), token)
	if err != nil || c.For <= 0 || c.For > 10*time.Minute {
		t.Fatalf("holds for %s, %v", c.For, err)
	}
	w.Advance(t, 10*time.Minute)
	_, err = w.files.Find(t.Context(), token)
	wantFault(t, "ten minutes later", err, fault.NotFound, "not-found")
	w.Exec(t, `UPDATE platform.clock SET ahead = '0'`)
	at := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	same := w.files.Address(testkit.A.ID, f.ID, files.Shown, at)
	if w.files.Address(testkit.A.ID, f.ID, files.Shown, at.Add(4*time.Minute)) != same {
		t.Error("another page of the same minutes shows another address: browsers ask again")
	}
	if w.files.Address(testkit.A.ID, f.ID, files.Shown, at.Add(5*time.Minute)) == same {
		t.Error("an address is given out for more than ten minutes")
	}
}

// Whatever is changed of an address, it is nobody's, and the same answer as to nonsense.
func TestNothingOfAnAddressCanBeChanged(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.upload(t, "a.jpg", small(t, 1))
	token := w.token(t, f.ID, files.Shown)
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	wrong := map[string]string{"nothing": "", "a word": "photo", "an end": token + "A", "padding": token + "=", "cut": token[:len(token)-1], "twice": token + token,
		"a blank": " " + token, "of B": strings.TrimPrefix(w.files.Address(testkit.B.ID, f.ID, files.Shown, w.now(t)), "http://files.fence.localhost:8080/"),
		"nobody's file": w.token(t, id.New(), files.Shown), "a form that is not there": w.token(t, f.ID, "x")}
	for n := range raw {
		for _, bit := range []byte{1, 0x80} {
			changed := bytes.Clone(raw)
			changed[n] ^= bit
			wrong["byte "+string(rune('0'+n))+string(rune(bit))] = encode(changed)
		}
	}
	var told string
	w.Untouched(t, testkit.B, func() {
		for what, token := range wrong {
			_, err := w.files.Find(t.Context(), token)
			f := wantFault(t, what, err, fault.NotFound, "not-found")
			if told == "" {
				told = f.Message
			}
			if f.Message != told || f.Facts != nil {
				t.Errorf("%s is told %q, others %q", what, f.Message, told)
			}
		}
	})
	if _, err := w.files.Find(t.Context(), token); err != nil {
		t.Errorf("the right one: %v", err)
	}
	t.Logf("%d wrong addresses", len(wrong))
}

func TestContentIsReadFromAnyByteOn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	b := small(t, 1)
	f := w.upload(t, "a.jpg", b)
	c, err := w.files.Find(t.Context(), w.token(t, f.ID, files.Original))
	if err != nil || c.Size != int64(len(b)) || c.Hash != f.SHA256 {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, offset := range []int64{0, 1, 100, c.Size - 1} {
		r, err := c.Open(t.Context(), offset)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		_ = r.Close()
		if err != nil || !bytes.Equal(got, b[offset:]) {
			t.Errorf("from %d: %d bytes, %v", offset, len(got), err)
		}
	}
	if _, err := w.files.Remove(t.Context(), w.actor(t, testkit.A, tenancy.FilesRemove), f.ID); err != nil {
		t.Fatal(err)
	}
}
