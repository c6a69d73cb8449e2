package edgetest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"html"
	"image"
	"image/jpeg"
	"io/fs"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/testkit"
)

const filesHost = "files." + base

// camera is a photo as a phone makes it: with where it was taken, and with markup behind its end.
func camera(t testing.TB, payload string) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for i := range p.Pix {
		p.Pix[i] = byte(i * 31)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00GPS 30.2672 N SECRETPLACE")
	head := binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(len(exif)+2))
	return append(append(append(head, exif...), b.Bytes()[2:]...), payload...)
}

// sentFile is one file of a form.
type sentFile struct {
	name, media string
	body        []byte
}

// filesForm is a form as a browser sends it.
func filesForm(t testing.TB, fields map[string]string, all ...sentFile) (media, body string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range all {
		head := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="photos"; filename="` + strings.NewReplacer("\\", "\\\\", `"`, "\\\"").Replace(f.name) + `"`}, "Content-Type": {f.media}}
		part, err := form.CreatePart(head)
		if err == nil {
			_, err = part.Write(f.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return form.FormDataContentType(), b.String()
}

var photoSource = regexp.MustCompile(`(?:src|href)="http://` + regexp.QuoteMeta(filesHost) + `(/[^"]+)"`)

// addressesIn are the addresses of files on a page, in its order: of each photo the shown one, the thumbnail, the original.
func addressesIn(page string) (paths []string) {
	for _, m := range photoSource.FindAllStringSubmatch(page, -1) {
		paths = append(paths, html.UnescapeString(m[1]))
	}
	return paths
}

// withPhoto is a site whose job of A has one photo more than the fixtures', whose addresses it returns.
func withPhoto(t *testing.T, s *site, f sentFile) (shown, thumbnail, original string) {
	t.Helper()
	cookie := s.signIn(t, testkit.A, "crew@a.example")
	media, body := filesForm(t, map[string]string{"idempotency_key": rnd(), "caption": "Posts are set"}, f)
	job := "/jobs/" + testkit.A.Job().String()
	if got := s.send(t, s.client(), ask{method: "POST", host: host("alpha"), path: job + "/photos", cookie: cookie, media: media, body: body}); got.status != http.StatusSeeOther {
		t.Fatalf("add %s: %s", f.name, got)
	}
	page := s.send(t, s.client(), ask{method: "GET", host: host("alpha"), path: job, cookie: cookie})
	all := addressesIn(page.body)
	if len(all) < 6 || !strings.Contains(page.body, "Posts are set") {
		t.Fatalf("the page shows %d addresses", len(all))
	}
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "img-src 'self' data: http://"+filesHost+";") {
		t.Errorf("the page's policy does not let its photos in: %s", policy)
	}
	all = all[len(all)-3:]
	return all[0], all[1], all[2]
}

// TestUploadedFilesRunNowhere (S15): what people uploaded comes from the host of files alone, without cookies; what we
// did not make is for saving; where a photo was taken is not in what is shown.
func TestUploadedFilesRunNowhere(t *testing.T) {
	t.Parallel()
	s := serve(t)
	payload := "<!doctype html><script>alert(document.domain)</script>"
	shown, thumbnail, original := withPhoto(t, s, sentFile{`"><img src=x onerror=alert(1)>.jpg`, "image/jpeg", camera(t, payload)})
	client := s.client()
	for path, inline := range map[string]bool{shown: true, thumbnail: true, original: false} {
		got := s.send(t, client, ask{method: "GET", host: filesHost, path: path, cookie: "__Host-session=" + rnd()})
		h := got.header
		if got.status != http.StatusOK || h.Get("Content-Type") != "image/jpeg" || h.Get("X-Content-Type-Options") != "nosniff" || len(h.Values("Set-Cookie")) != 0 {
			t.Errorf("%s", got)
		}
		if how := h.Get("Content-Disposition"); strings.HasPrefix(how, "inline") != inline || !inline && !strings.HasPrefix(how, "attachment") {
			t.Errorf("disposition %q, inline: %v", how, inline)
		}
		if policy := h.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") || strings.Contains(policy, "allow-") || strings.Contains(policy, "'self'") {
			t.Errorf("policy %q lets something run", policy)
		}
		if age := h.Get("Cache-Control"); !strings.HasPrefix(age, "private, max-age=") || strings.Contains(age, "public") {
			t.Errorf("kept as %q", age)
		}
		if ours := !strings.Contains(got.body, "script") && !strings.Contains(got.body, "SECRETPLACE") && !strings.Contains(got.body, "Exif"); ours != inline {
			t.Errorf("what we made is all that may be shown: made %v, inline %v", ours, inline)
		}
		// No other host has it.
		for _, other := range []string{host("alpha"), host("beta"), base, "nobody." + base, "files.files." + base} {
			if got := s.send(t, client, ask{method: "GET", host: other, path: path}); got.status != http.StatusNotFound {
				t.Errorf("%s serves it: %s", other, got)
			}
		}
	}
	// And nothing else is there.
	for _, path := range []string{"/", "/login", "/jobs", "/v1/customers", "/docs", "/.well-known/fence-seal-key", "/operator"} {
		for _, method := range []string{"GET", "POST"} {
			if got := s.send(t, client, ask{method: method, host: filesHost, path: path}); got.status != http.StatusNotFound || strings.Contains(got.body, "<") {
				t.Errorf("%s %s of the host of files: %s", method, path, got)
			}
		}
	}
	cookie := s.signIn(t, testkit.A, "crew@a.example")
	for what, f := range map[string]sentFile{
		"SVG": {"a.svg", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)}, "HTML": {"a.jpg", "image/jpeg", []byte(payload)},
		"HTML that begins as a PNG": {"a.png", "image/png", []byte("\x89PNG\r\n\x1a\n" + payload)}, "a JPEG called HTML": {"a.html", "text/html", camera(t, payload)},
	} {
		media, body := filesForm(t, map[string]string{"idempotency_key": rnd()}, f)
		got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/jobs/" + testkit.A.Job().String() + "/photos", cookie: cookie, media: media, body: body})
		if got.status != http.StatusUnprocessableEntity || strings.Contains(got.body, "<script>alert") {
			t.Errorf("%s: %s", what, got)
		}
	}
}

// TestSignedAddressesOfFilesHold: ten minutes, one file, one company; all else is one answer. Parts can be asked for.
func TestSignedAddressesOfFilesHold(t *testing.T) {
	t.Parallel()
	s := serve(t)
	photo := camera(t, "")
	shown, _, original := withPhoto(t, s, sentFile{"IMG 1.jpg", "image/jpeg", photo})
	client := s.client()
	get := func(path string, header http.Header) answer {
		return s.send(t, client, ask{method: "GET", host: filesHost, path: path, header: header})
	}
	whole := get(original, nil)
	if whole.body != string(photo) || whole.header.Get("Content-Disposition") != `attachment; filename="IMG 1.jpg"` {
		t.Fatalf("the original is %s", whole)
	}
	size := len(photo)
	for asked, want := range map[string]string{"bytes=0-9": whole.body[:10], "bytes=10-19": whole.body[10:20], fmt.Sprintf("bytes=%d-", size-5): whole.body[size-5:], "bytes=-7": whole.body[size-7:]} {
		if got := get(original, http.Header{"Range": {asked}}); got.status != http.StatusPartialContent || got.body != want {
			t.Errorf("%s: %d with %d bytes, want 206 with %d", asked, got.status, len(got.body), len(want))
		}
	}
	if got := get(original, http.Header{"Range": {fmt.Sprintf("bytes=%d-", size)}}); got.status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("past the end: %s", got)
	}
	if got := get(original, http.Header{"If-None-Match": {whole.header.Get("ETag")}}); got.status != http.StatusNotModified {
		t.Errorf("unchanged: %s", got)
	}
	if got := s.send(t, client, ask{method: "HEAD", host: filesHost, path: original}); got.status != http.StatusOK || got.header.Get("Content-Length") != fmt.Sprint(size) || got.body != "" {
		t.Errorf("HEAD: %s", got)
	}
	missing := get("/nothing", nil)
	same := func(what string, got answer) {
		got.header.Del("X-Request-Id")
		got.header.Del("Date")
		if got.status != missing.status || got.body != missing.body || len(got.header) != len(missing.header) {
			t.Errorf("%s: %s, want %s", what, got, missing)
		}
	}
	missing.header.Del("X-Request-Id")
	missing.header.Del("Date")
	token := []byte(original[1:])
	for _, n := range []int{0, 10, 21, 30, 43, 45, 60, 90} { // organization, file, form, time, signature
		changed := bytes.Clone(token)
		if changed[n]++; changed[n] > 'z' || changed[n] == '[' || changed[n] == '`' || changed[n] == ':' {
			changed[n] = 'A'
		}
		same(fmt.Sprintf("character %d", n), get("/"+string(changed), nil))
	}
	s.Advance(t, 11*time.Minute)
	same("eleven minutes later", get(original, nil))
	same("eleven minutes later, shown", get(shown, nil))
}

// oddNames are names that lead elsewhere on some machine, in some reader.
var oddNames = []string{
	"../../../etc/passwd.jpg", "/etc/passwd", "..\\..\\windows\\win.ini", "C:\\x.jpg", "\\\\host\\share\\x.jpg", "....//....//x.jpg", "..%2f..%2fx.jpg", "%2e%2e/x.jpg",
	"x.jpg/../../y.jpg", "file:///etc/passwd", "~/x.jpg", "-rf.jpg", ".htaccess", ".unfinished", "CON", "aux.jpg", "nul", "x.jpg.", "x.jpg ", " ", ".", "..", "...",
	"x\u202egpj.exe", "x\u200b.jpg", "\ufeffx.jpg", "x\xff.jpg", "x\xc0\xaf.jpg", "文.jpg", "x;y=z.jpg", "x'y.jpg", "x`id`.jpg", "$(id).jpg", "x|y.jpg", "x&y.jpg",
	"x?y.jpg", "x#y.jpg", "<b>.jpg", "{{.}}.jpg", strings.Repeat("a", 5000) + ".jpg", strings.Repeat("../", 500) + "x.jpg", "org/x.jpg", "spool/x", "files",
}

// TestNoUploadedNameLeadsAnywhere (S13): whatever a file is called, its bytes lie under their hash and nothing else does.
func TestNoUploadedNameLeadsAnywhere(t *testing.T) {
	t.Parallel()
	s := serve(t)
	token, client := s.token(t, testkit.A, owner(testkit.A)), s.client()
	before := len(lyingIn(t, s.outbox))
	photo := camera(t, "")
	taken := 0
	for _, name := range oddNames {
		for _, form := range []bool{false, true} {
			in := ask{method: "POST", host: host("alpha"), path: "/v1/files?job_id=" + testkit.A.Job().String(), bearer: token, media: "image/jpeg", body: string(photo), header: http.Header{"Idempotency-Key": {rnd()}}}
			if form {
				in.media, in.body = filesForm(t, nil, sentFile{name, "application/octet-stream", photo})
			} else {
				in.path += "&name=" + strings.NewReplacer("%", "%25", " ", "%20", "#", "%23", "&", "%26", ";", "%3B", "+", "%2B").Replace(strings.ToValidUTF8(name, ""))
			}
			got := s.send(t, client, in)
			if got.status >= 500 {
				t.Errorf("%q is our mistake: %s", name, got)
			}
			if got.status == http.StatusCreated {
				taken++
			}
		}
	}
	hashed := regexp.MustCompile(`^files/org/` + testkit.A.ID.String() + `/[0-9a-f]{64}$`)
	after := lyingIn(t, s.outbox)
	for _, name := range after {
		if strings.HasPrefix(name, "files/") && !hashed.MatchString(name) || strings.HasPrefix(name, "spool/") {
			t.Errorf("%s lies there", name)
		}
	}
	if len(after)-before != 3 || taken < 20 { // the same photo always
		t.Errorf("%d names were taken, %d files lie there, want three more than the %d before", taken, len(after), before)
	}
	t.Logf("%d names, %d uploads taken", len(oddNames), taken)
}

func lyingIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			rel, _ := filepath.Rel(folder, name) // it begins with it
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestUploadsAreBounded (S14): a picture that is larger than its bytes, a file that is larger than it may be, a body
// without an end. Each is refused in time, and nothing of it stays counted.
func TestUploadsAreBounded(t *testing.T) {
	t.Parallel()
	s := serve(t)
	token, client := s.token(t, testkit.A, owner(testkit.A)), s.client()
	add := func(name, media string, body []byte) (answer, time.Duration) {
		began := time.Now()
		got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/v1/files?job_id=" + testkit.A.Job().String() + "&name=" + name, bearer: token, media: media, body: string(body),
			header: http.Header{"Idempotency-Key": {rnd()}}})
		return got, time.Since(began)
	}
	for name, b := range map[string][]byte{"flood.png": flood(60_000, 60_000), "wide.png": flood(0x7fffffff, 1)} {
		if got, took := add(name, "image/png", b); got.status != http.StatusUnprocessableEntity || took > 3*time.Second {
			t.Errorf("%s of %d bytes: after %s %s", name, len(b), took, got)
		}
	}
	if got, _ := add("archive.zip", "application/zip", []byte("PK\x03\x04")); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an archive: %s", got)
	}
	large := append(camera(t, ""), make([]byte, 26<<20)...)
	if got, _ := add("large.jpg", "image/jpeg", large); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "25 MB") {
		t.Errorf("26 MiB: %s", got)
	}
	if used := testkit.Value[int64](t, s.Database, `SELECT used FROM app.usage_levels WHERE org_id = $1 AND metric = 'storage_bytes'`, testkit.A.ID); used != 1230 {
		t.Errorf("storage is counted at %d, want the fixture's 1230", used)
	}
	// Other addresses take as little as before.
	got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/v1/customers", bearer: token, media: "application/json", body: `{"name":"` + strings.Repeat("x", 2<<20) + `"}`})
	if got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("2 MiB for a customer: %s", got)
	}
}

// TestCutUploadsLeaveNothing: lines that are cut in the middle of a file, by a hang-up or by a crash of the other side.
// The room that was taken for them is free again, and nobody is called for it.
func TestCutUploadsLeaveNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	token := s.token(t, testkit.A, owner(testkit.A))
	photo := camera(t, strings.Repeat("x", 400_000))
	counted := func() int64 {
		return testkit.Value[int64](t, s.Database, `SELECT used FROM app.usage_levels WHERE org_id = $1 AND metric = 'storage_bytes'`, testkit.A.ID)
	}
	await := func(what string, want func() bool) {
		t.Helper()
		for began := time.Now(); !want(); time.Sleep(5 * time.Millisecond) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("%s: storage is counted at %d", what, counted())
			}
		}
	}
	before := counted()
	for _, crash := range []bool{false, true} {
		for _, sent := range []int{1, 100, len(photo) / 2, len(photo) - 1} {
			line, err := net.Dial("tcp", s.address)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(line, "POST /v1/files?job_id=%s&name=cut.jpg HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nIdempotency-Key: %s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s",
				testkit.A.Job(), host("alpha"), token, rnd(), len(photo), photo[:sent])
			await("an upload under way", func() bool { return counted() > before })
			if crash {
				_ = line.(*net.TCPConn).SetLinger(0) // the other side hears of a reset
			}
			_ = line.Close()
			await(fmt.Sprintf("cut after %d of %d bytes", sent, len(photo)), func() bool { return counted() == before })
		}
	}
	for _, name := range lyingIn(t, s.outbox) {
		if strings.HasPrefix(name, "spool/") || strings.HasPrefix(name, "files/org/"+testkit.A.ID.String()) || strings.HasPrefix(name, "files/.unfinished/") {
			t.Errorf("%s lies there", name)
		}
	}
	if said := s.log.String(); strings.Contains(said, "level=ERROR") || strings.Contains(said, `"level":"ERROR"`) {
		t.Errorf("somebody is called for it:\n%s", said)
	}
}

// flood is a PNG whose head says so many pixels.
func flood(width, height uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		at := len(b)
		b = append(append(b, kind...), data...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[at:]))
	}
	chunk("IHDR", append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height), 8, 6, 0, 0, 0))
	var body bytes.Buffer
	z := zlib.NewWriter(&body)
	_, _ = z.Write(make([]byte, 16<<20)) // into memory
	_ = z.Close()
	chunk("IDAT", body.Bytes())
	chunk("IEND", nil)
	return b
}

// TestFilesByProgramAndByPage: a crew adds, the office removes and brings back; both surfaces say the same.
func TestFilesByProgramAndByPage(t *testing.T) {
	t.Parallel()
	s := serve(t)
	token, client := s.token(t, testkit.A, owner(testkit.A)), s.client()
	job := testkit.A.Job().String()
	key := rnd()
	post := ask{method: "POST", host: host("alpha"), path: "/v1/files?job_id=" + job + "&name=gate.jpg&caption=Gate", bearer: token, media: "image/jpeg", body: string(camera(t, "")), header: http.Header{"Idempotency-Key": {key}}}
	var made struct {
		ID        string            `json:"id"`
		Width     int               `json:"width"`
		Addresses map[string]string `json:"addresses"`
	}
	for range 2 { // sent again it is the same
		got := s.send(t, client, post)
		before := made.ID
		if err := json.Unmarshal([]byte(got.body), &made); err != nil || got.status != http.StatusCreated || before != "" && before != made.ID {
			t.Fatalf("add: %s, %v", got, err)
		}
	}
	if got := s.send(t, client, ask{method: "GET", host: filesHost, path: strings.TrimPrefix(made.Addresses["thumbnail"], "http://"+filesHost)}); got.status != http.StatusOK || made.Width != 400 {
		t.Errorf("its thumbnail: %s", got)
	}
	listed := s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/v1/jobs/" + job + "/photos", bearer: token})
	if listed.status != http.StatusOK || !strings.Contains(listed.body, made.ID) {
		t.Errorf("list: %s", listed)
	}
	office := s.signIn(t, testkit.A, "office@a.example")
	form := func(path string) ask {
		return ask{method: "POST", host: host("alpha"), path: path, cookie: office, media: form, body: "idempotency_key=" + rnd()}
	}
	if got := s.send(t, client, form("/photos/"+made.ID+"/remove")); got.status != http.StatusSeeOther {
		t.Errorf("remove: %s", got)
	}
	read := ask{method: "GET", host: host("alpha"), path: "/v1/files/" + made.ID, bearer: token}
	if got := s.send(t, client, read); got.status != http.StatusNotFound {
		t.Errorf("after it was removed: %s", got)
	}
	if got := s.send(t, client, form("/photos/"+made.ID+"/restore")); got.status != http.StatusSeeOther {
		t.Errorf("restore: %s", got)
	}
	if got := s.send(t, client, read); got.status != http.StatusOK {
		t.Errorf("after it was brought back: %s", got)
	}
	crew := s.signIn(t, testkit.A, "crew@a.example")
	s.describes(t, job, made.ID, crew, read)
	refused := form("/photos/" + made.ID + "/remove")
	refused.cookie = crew
	if got := s.send(t, client, refused); got.status != http.StatusForbidden {
		t.Errorf("removed by the crew: %s", got)
	}
	if got := s.send(t, client, ask{method: "DELETE", host: host("alpha"), path: "/v1/files/" + made.ID, bearer: token}); got.status != http.StatusNoContent {
		t.Errorf("delete: %s", got)
	}
	// A form with one that cannot be taken: the others are, and it says which.
	media, body := filesForm(t, map[string]string{"idempotency_key": rnd()}, sentFile{"good.jpg", "image/jpeg", camera(t, "1")}, sentFile{"bad.gif", "image/gif", []byte("GIF89a")}, sentFile{"fine.jpg", "image/jpeg", camera(t, "2")})
	got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/jobs/" + job + "/photos", cookie: crew, media: media, body: body})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "bad.gif") || !strings.Contains(got.body, "good.jpg") || !strings.Contains(got.body, "fine.jpg") {
		t.Errorf("a form with a bad one: %d", got.status)
	}
}

// describes has the crew change what a photo shows on its job's page, and a program by its address.
func (s *site) describes(t *testing.T, job, file, crew string, read ask) {
	t.Helper()
	client := s.client()
	page := func() string {
		return s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/jobs/" + job, cookie: crew}).body
	}
	version := func() string {
		action := page()[strings.Index(page(), `action="/photos/`+file+`"`):]
		_, after, _ := strings.Cut(action, `name="version" value="`)
		return after[:strings.Index(after, `"`)]
	}
	began := version()
	say := func(version, caption string) answer {
		fields := url.Values{"idempotency_key": {rnd()}, "version": {version}, "caption_" + file: {caption}}
		return s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/photos/" + file, cookie: crew, media: form, body: fields.Encode()})
	}
	if got := say(began, strings.Repeat("x", 301)); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "has more than 300 characters") || !strings.Contains(got.body, `<details class="describe" open`) {
		t.Errorf("a long caption: %d", got.status)
	}
	if got := say(began, "Latch <b>works</b>"); got.status != http.StatusSeeOther || got.header.Get("Location") != "/jobs/"+job+"#photos" {
		t.Errorf("by page: %s", got)
	}
	if now := page(); !strings.Contains(now, "Latch &lt;b&gt;works&lt;/b&gt;") || !strings.Contains(now, "changed what a photo shows") {
		t.Error("the page does not show the caption, and who changed it")
	}
	if got := say(began, "Mine"); got.status != http.StatusPreconditionFailed || !strings.Contains(got.body, "Mine") || !strings.Contains(got.body, "Latch") || strings.Contains(page(), "Mine") {
		t.Errorf("over an older version: %d", got.status)
	}
	if got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/photos/" + testkit.B.File().String(), cookie: crew, media: form, body: "version=1&idempotency_key=" + rnd()}); got.status != http.StatusNotFound {
		t.Errorf("of another company: %s", got)
	}
	patch := read
	patch.method, patch.media, patch.body = "PATCH", "application/merge-patch+json", `{"caption":"By a program"}`
	patch.header = http.Header{"If-Match": {`"` + began + `"`}}
	if got := s.send(t, client, patch); got.status != http.StatusPreconditionFailed {
		t.Errorf("by a program over an older version: %s", got)
	}
	patch.header = http.Header{"If-Match": {`"` + version() + `"`}}
	if got := s.send(t, client, patch); got.status != http.StatusOK || !strings.Contains(got.body, `"caption":"By a program"`) || got.header.Get("ETag") != `"`+version()+`"` {
		t.Errorf("by a program: %s", got)
	}
}
