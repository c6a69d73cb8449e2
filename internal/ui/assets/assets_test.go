package assets

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
)

// isBuilt tells whether this program has its assets. Without them the tests check what a fresh clone must do.
func isBuilt(t *testing.T) bool {
	t.Helper()
	err := Load()
	if err != nil && !errors.Is(err, ErrNotBuilt) {
		t.Fatalf("Load: %v", err)
	}
	return err == nil
}

func get(t *testing.T, method, address string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, address, nil)
	r.Header = header
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestFreshCloneCompilesAndSaysWhatToDo(t *testing.T) {
	t.Parallel()
	if isBuilt(t) {
		if URL("app.css") == Prefix+"app.css" {
			t.Error("app.css has no hash in its address")
		}
		return
	}
	if _, err := Font(400); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("Font: %v, want %v", err, ErrNotBuilt)
	}
	if _, err := ZIPTable(); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("ZIPTable: %v, want %v", err, ErrNotBuilt)
	}
	if got := URL("app.css"); got != Prefix+"app.css" {
		t.Errorf("URL = %q, want it without a hash", got)
	}
	if shapes, err := Icon("house"); shapes != "" || err != nil {
		t.Errorf("Icon = %q, %v, want nothing and no error", shapes, err)
	}
}

func TestEveryFileIsServedForEverAndUnalterable(t *testing.T) {
	t.Parallel()
	c, _ := built()
	for name, hashed := range c.manifest.Files {
		res := get(t, http.MethodGet, URL(name), http.Header{})
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK || len(body) == 0 {
			t.Errorf("%s: status %d, %d bytes, %v", hashed, res.StatusCode, len(body), err)
		}
		for header, want := range map[string]string{
			"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff", "ETag": `"` + hashed + `"`,
		} {
			if got := res.Header.Get(header); got != want {
				t.Errorf("%s: %s = %q, want %q", hashed, header, got, want)
			}
		}
		if kind := res.Header.Get("Content-Type"); kind == "application/octet-stream" || kind == "" {
			t.Errorf("%s: Content-Type %q", hashed, kind)
		}
		again := get(t, http.MethodGet, URL(name), http.Header{"If-None-Match": {res.Header.Get("ETag")}})
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s asked again: status %d, want 304", hashed, again.StatusCode)
		}
	}
}

func TestCompressedAnswerHoldsTheSameBytes(t *testing.T) {
	t.Parallel()
	c, _ := built()
	for name := range c.manifest.Files {
		plain, err := io.ReadAll(get(t, http.MethodGet, URL(name), http.Header{}).Body)
		if err != nil {
			t.Fatal(err)
		}
		res := get(t, http.MethodGet, URL(name), http.Header{"Accept-Encoding": {"br, gzip;q=0.8"}})
		if res.Header.Get("Content-Encoding") != "gzip" {
			if path.Ext(name) != ".woff2" {
				t.Errorf("%s is not compressed", name)
			}
			continue
		}
		r, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if unzipped, err := io.ReadAll(r); err != nil || !bytes.Equal(unzipped, plain) {
			t.Errorf("%s: compressed and plain differ (%v)", name, err)
		}
		refused := get(t, http.MethodGet, URL(name), http.Header{"Accept-Encoding": {"gzip;q=0"}})
		if got := refused.Header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s: gzip was refused, got %q", name, got)
		}
	}
}

func TestNothingButPublicFilesIsServed(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"/assets/", "/assets/manifest.json", "/assets/../manifest.json", "/assets/data/zip.tsv.gz", "/assets/app.css", "/assets/app.00000000.css", "/assets/.keep", "/other"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = address
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		if w.Code != http.StatusNotFound {
			t.Errorf("GET %s: status %d, want 404", address, w.Code)
		}
	}
	if res := get(t, http.MethodPost, Prefix+"app.css", http.Header{}); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d, want 405", res.StatusCode)
	}
}

// budgets are the most bytes over the wire that a page may load of each, in compressed form.
var budgets = map[string]int{
	"app.css":       26 << 10,
	"app.js":        20 << 10,
	"homeowner.css": 18 << 10,
	"homeowner.js":  12 << 10,
	"sketch.js":     60 << 10,
	"sketch.css":    6 << 10,
	"atkinson-hyperlegible-next-latin-wght-normal.woff2": 34 << 10,
}

func TestBundlesStayInTheirBudgets(t *testing.T) {
	t.Parallel()
	for name, most := range budgets {
		if !Has(name) {
			continue
		}
		body, err := io.ReadAll(get(t, http.MethodGet, URL(name), http.Header{"Accept-Encoding": {"gzip"}}).Body)
		if err != nil {
			t.Fatal(err)
		}
		if len(body) > most {
			t.Errorf("%s: %d bytes over the wire, budget %d", name, len(body), most)
		}
	}
}

func TestDataIsWhatLookUpsNeed(t *testing.T) {
	t.Parallel()
	if !isBuilt(t) {
		return
	}
	table, err := ZIPTable()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n78701\tAustin\tTX\tTravis\t30.2713\t-97.7426\tAmerica/Chicago\n", "\n96815\tHonolulu\tHI\t", "\n10001\tNew York\tNY\t"} {
		if !bytes.Contains(table, []byte(want)) {
			t.Errorf("ZIP table lacks %q", want)
		}
	}
	weak, err := WeakPasswords()
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(weak, []byte("\n")); lines < 10_000 || !bytes.Contains(weak, []byte("\n1234567890\n")) {
		t.Errorf("list of weak passwords has %d lines, want more than 10,000 and 1234567890 among them", lines)
	}
	thrown, err := DisposableDomains()
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(thrown, []byte("\n")); lines < 3_000 || !bytes.Contains(thrown, []byte("\nmailinator.com\n")) {
		t.Errorf("list of disposable domains has %d lines, want more than 3,000 and mailinator.com among them", lines)
	}
	for _, weight := range []int{400, 600, 700} {
		font, err := Font(weight)
		if err != nil || !bytes.HasPrefix(font, []byte("\x00\x01\x00\x00")) {
			t.Errorf("font of weight %d: %v, want a TrueType file", weight, err)
		}
	}
	if _, err := Icon("no-such-icon"); err == nil || !strings.Contains(err.Error(), "client/icons.txt") {
		t.Errorf("unknown icon: %v, want an error that says where to add it", err)
	}
}
