package edgetest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/testkit"
)

// breaks are line breaks with what would follow them, as headers, mail and log have them.
var breaks = []string{
	"\r\nX-Injected: yes", "\nX-Injected: yes", "\rX-Injected: yes", "\r\n\r\n<b>injected</b>", "\u0085X-Injected: yes", "\u2028X-Injected: yes", "\u2029X-Injected: yes",
	"\v\fX-Injected: yes", "\x00X-Injected: yes", "\r\nBcc: injected@evil.example", "\r\n.\r\nMAIL FROM:<injected@evil.example>", "\x1b[2JX-Injected: yes", "%0d%0aX-Injected: yes", "\n{\"level\":\"ERROR\",\"msg\":\"injected\"}",
}

// TestLineBreaksStayInside puts them into every name that leads somewhere: addresses, headers, mails, the log (S18).
func TestLineBreaksStayInside(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie, token := s.client(), s.signIn(t, testkit.A, owner(testkit.A)), s.token(t, testkit.A, owner(testkit.A))
	values := func(pairs ...string) string {
		v := url.Values{"idempotency_key": {rnd()}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v.Encode()
	}
	sent := 0
	for _, b := range breaks {
		name := "Dana" + b
		document := func(v any) string {
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		q := url.QueryEscape(b)
		for _, in := range []ask{
			{method: "POST", host: base, path: "/signup", media: form, body: values("company", name, "email", "a@b.example", "password", "seven cedar pickets", "zip", "78701")},
			{method: "POST", host: base, path: "/signup", media: form, body: values("company", "Dana Fence", "email", "a@b.example"+b, "password", "seven cedar pickets", "zip", "78701")},
			{method: "POST", path: "/forgot", media: form, body: values("email", owner(testkit.A)+b)},
			{method: "POST", path: "/login", media: form, body: values("email", owner(testkit.A)+b, "password", password, "back", "/x"+b)},
			{method: "POST", path: "/login", media: form, body: values("email", owner(testkit.A), "password", password, "back", "/x"+b)},
			{method: "POST", path: "/look", media: form, body: values("theme", "dark"+b, "back", "/x"+b)},
			{method: "GET", path: "/login?back=/x" + q, cookie: cookie},
			{method: "GET", path: "/customers" + url.PathEscape(b)},
			{method: "GET", path: "/customers?q=" + q},
			{method: "GET", path: "/q/" + url.PathEscape("token"+b) + "/quote.pdf"},
			{method: "POST", path: "/settings/people/invite", cookie: cookie, media: form, body: values("email", "new@a.example", "name", name, "role", "crew")},
			{method: "POST", path: "/settings/people/invite", cookie: cookie, media: form, body: values("email", "new@a.example"+b, "name", "N", "role", "crew")},
			{method: "POST", path: "/settings/company", cookie: cookie, media: form, body: values("name", name, "email", "office@a.example"+b, "version", "1")},
			{method: "POST", path: "/customers", cookie: cookie, media: form, body: values("name", name, "email", "dana@a.example"+b)},
			{method: "POST", path: "/v1/customers", bearer: token, media: "application/json", body: document(map[string]string{"name": name, "notes": "n" + b})},
			{method: "POST", path: "/v1/invitations", bearer: token, media: "application/json", body: document(map[string]string{"email": "x@a.example", "name": name, "role": "crew"})},
		} {
			if in.host == "" {
				in.host = host("alpha")
			}
			sent++
			got := s.send(t, client, in)
			if got.header.Get("X-Injected") != "" || strings.Contains(got.body, "<b>injected</b>") && strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || got.status == http.StatusInternalServerError {
				t.Errorf("%q in %s %s: %s", b, in.method, in.path, got)
			}
			for name, list := range got.header {
				for _, value := range list {
					if strings.ContainsAny(value, "\r\n\x00") || name == "Location" && strings.ContainsAny(value, "\t\\") {
						t.Errorf("%q in %s %s: header %s: %q", b, in.method, in.path, name, value)
					}
				}
			}
		}
	}
	s.mailsAreWhole(t)
	s.logIsWhole(t)
	t.Logf("%d requests with line breaks", sent)
}

// mailsAreWhole reads every mail, as stored and as it left: no head has a line that nobody wrote.
func (s *site) mailsAreWhole(t *testing.T) {
	t.Helper()
	s.awaitMails(t)
	const heads = `SELECT concat_ws('|', recipient, sender, reply_to, subject) FROM app.mails`
	for _, head := range testkit.Values[string](t, s.Database, heads) {
		if strings.ContainsFunc(head, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }) {
			t.Errorf("a mail's head has a control character: %q", head)
		}
	}
	for _, file := range s.sentMails(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(string(text), "\r\n\r\n")
		for line := range strings.SplitSeq(head, "\r\n") {
			name, _, found := strings.Cut(line, ":")
			if found && !strings.HasPrefix(line, " ") && (strings.EqualFold(name, "X-Injected") || strings.EqualFold(name, "Bcc")) {
				t.Errorf("%s: %s", filepath.Base(file), line)
			}
		}
		if strings.Count(head, "\nTo:") != 1 || strings.Count(head, "\nSubject:") != 1 {
			t.Errorf("%s has the head\n%s", filepath.Base(file), head)
		}
	}
}

func (s *site) sentMails(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.outbox, "outbox", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// awaitMails waits until what was written has left.
func (s *site) awaitMails(t *testing.T) {
	t.Helper()
	const waiting = `SELECT count(*) FROM tasks.river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`
	for began := time.Now(); testkit.Value[int](t, s.Database, waiting) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("mails have not left after a minute")
		}
	}
	if len(s.sentMails(t)) == 0 {
		t.Fatal("no mail was sent: the test shows nothing")
	}
}

// logIsWhole reads the log: every line is one entry of ours.
func (s *site) logIsWhole(t *testing.T) {
	t.Helper()
	lines := 0
	for line := range strings.Lines(s.log.String()) {
		lines++
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry["time"] == nil || entry["msg"] == "injected" {
			t.Errorf("the log has a line that is no entry of ours: %q", line)
		}
	}
	if lines < 50 {
		t.Errorf("the log has %d lines", lines)
	}
}

// readMail is all of a mail that a person could see.
func readMail(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	text := fmt.Sprintln(m.Header["From"], m.Header["Reply-To"], m.Header["Subject"])
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextPart() // decodes quoted-printable
		if err == io.EOF {
			return text
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		b, err := io.ReadAll(part)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		text += string(b)
	}
}

// poisons are headers by which somebody may try to name another host. Host itself is sent as it is.
func poisons() []http.Header {
	const evil = "evil.example"
	return []http.Header{
		{"X-Forwarded-Host": {evil}}, {"X-Forwarded-Host": {host("alpha") + "." + evil}}, {"X-Host": {evil}}, {"X-Forwarded-Server": {evil}}, {"X-Original-Host": {evil}}, {"X-Http-Host-Override": {evil}},
		{"Forwarded": {"host=" + evil + ";proto=https"}}, {"X-Forwarded-Proto": {"gopher"}, "X-Forwarded-Port": {"666"}}, {"X-Original-Url": {"http://" + evil + "/"}}, {"X-Rewrite-Url": {"http://" + evil + "/"}},
		{"Referer": {"https://" + evil + "/"}}, {"X-Forwarded-Prefix": {"//" + evil}}, {"Host": {host("alpha") + ":666"}}, {"Host": {strings.ToUpper(host("alpha"))}}, {"Host": {host("alpha") + "."}}, {"Host": {evil}}, {"Host": {host("alpha") + "." + evil}},
		{"Host": {host("alpha") + "@" + evil}}, {"Host": {evil + ":80@" + host("alpha")}},
	}
}

// TestLinksInMailsAreTheSettings: whatever a request says of hosts, the links of mails are made of the settings (S19).
func TestLinksInMailsAreTheSettings(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie := s.client(), s.signIn(t, testkit.A, owner(testkit.A))
	people := testkit.Values[string](t, s.Database, "SELECT email FROM app.users WHERE org_id = $1 AND deactivated_at IS NULL ORDER BY email", testkit.A.ID)
	asked := 0
	for i, header := range poisons() {
		body := url.Values{"email": {people[i%len(people)]}, "idempotency_key": {rnd()}}.Encode()
		got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/forgot", media: form, body: body, header: header})
		if got.status < 400 {
			asked++
		}
		if strings.Contains(got.body, "evil.example") || strings.Contains(got.header.Get("Location"), "evil") {
			t.Errorf("%v: %s", header, got)
		}
		invited := url.Values{"email": {rnd()[:8] + "@a.example"}, "name": {"N"}, "role": {"crew"}, "idempotency_key": {rnd()}}.Encode()
		s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/settings/people/invite", cookie: cookie, media: form, body: invited, header: header})
		apex := url.Values{"company": {"Poison Fence"}, "email": {rnd()[:8] + "@b.example"}, "password": {"seven cedar pickets"}, "zip": {"78701"}, "idempotency_key": {rnd()}}.Encode()
		if header.Get("Host") == "" && i < 4 {
			got = s.send(t, client, ask{method: "POST", host: base, path: "/signup", media: form, body: apex, header: header})
			if to, err := url.Parse(got.header.Get("Location")); got.status != http.StatusSeeOther || err != nil || !strings.HasSuffix(to.Host, "."+base) {
				t.Errorf("%v: sign-up led to %s", header, got)
			}
		}
	}
	if asked < 12 {
		t.Errorf("%d of the requests for a reset were taken: the others show nothing", asked)
	}
	s.awaitMails(t)
	links := 0
	for _, file := range s.sentMails(t) {
		text := readMail(t, file)
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \r\n\t\"<>", r) }) {
			if !strings.HasPrefix(word, "http") {
				continue
			}
			links++
			to, err := url.Parse(word)
			if err != nil || to.Scheme != "http" || to.Port() != "" || to.Hostname() != base && !strings.HasSuffix(to.Hostname(), "."+base) {
				t.Errorf("a mail has the link %s", word)
			}
		}
		if strings.Contains(text, "evil") || strings.Contains(text, "666") {
			t.Errorf("a mail was poisoned: %s", text)
		}
	}
	if links < 20 {
		t.Errorf("the mails have %d links", links)
	}
	t.Logf("%d links in mails, all of them the settings'", links)
}

// elsewhere are return addresses that lead, or could be read as leading, to another site.
var elsewhere = []string{
	"https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example", `/\evil.example`, `\/evil.example`, `\\evil.example`, `/\/evil.example`, "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
	"\t//evil.example", " //evil.example", "\x00//evil.example", "//evil.example@alpha.fence.localhost", "https:evil.example", "https:/evil.example", "http:///evil.example", "javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)",
	"data:text/html,evil", "vbscript:evil", "file:///etc/passwd", "mailto:evil@evil.example", "evil.example", ".evil.example", "@evil.example", ":80@evil.example", "?//evil.example", "#//evil.example", "//alpha.fence.localhost.evil.example",
	"https://alpha.fence.localhost@evil.example/", "//beta.fence.localhost/", "http://beta.fence.localhost/", "/..//evil.example", "/.//evil.example", "/x/..//evil.example", "//%65vil.example", "/%2f/evil.example", "/%5cevil.example", "%2f%2fevil.example",
	"/%09/evil.example", "/\u2028/evil.example", "\u3002evil.example", "/\u2215evil.example", "//evil\u3002example", "/;//evil.example", "http://[::1]/", "//2130706433/",
}

// asBrowsersDo reads a Location as they do: tabs and line breaks are dropped, backslashes are slashes.
func asBrowsersDo(location string) string {
	location = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(strings.TrimFunc(location, func(r rune) bool { return r <= ' ' }))
	path, query, found := strings.Cut(location, "?")
	path = strings.ReplaceAll(path, `\`, "/")
	if found {
		return path + "?" + query
	}
	return path
}

// TestNobodyIsSentElsewhere: wherever a request can name where to go next, it is a path of the same host (S20).
func TestNobodyIsSentElsewhere(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie := s.client(), s.signIn(t, testkit.A, owner(testkit.A))
	if len(elsewhere) < 40 {
		t.Fatalf("%d vectors", len(elsewhere))
	}
	own := host("alpha")
	from, err := url.Parse("http://" + own + "/login")
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range elsewhere {
		q := url.QueryEscape(to)
		login := url.Values{"email": {owner(testkit.A)}, "password": {password}, "back": {to}}.Encode()
		look := url.Values{"theme": {"dark"}, "back": {to}}.Encode()
		for _, in := range []ask{
			{method: "POST", path: "/login", media: form, body: login},
			{method: "GET", path: "/login?back=" + q, cookie: cookie},
			{method: "GET", path: "/login?next=" + q + "&return_url=" + q + "&redirect=" + q, cookie: cookie},
			{method: "POST", path: "/look", media: form, body: look},
			{method: "POST", path: "/logout?back=" + q, header: http.Header{"Referer": {to}}},
			{method: "GET", path: "/" + strings.TrimLeft(url.PathEscape(to), "/")},
			{method: "GET", path: "//" + url.PathEscape(strings.TrimLeft(to, "/"))},
		} {
			in.host = own
			if strings.ContainsAny(to, "\r\n\x00") {
				in.header = nil // no client can send it
			}
			got := s.send(t, client, in)
			location := got.header.Get("Location")
			if location == "" {
				for _, attribute := range []string{`href="//`, `href="http`, `action="//`, `action="http`, `href="javascript`, `http-equiv="refresh"`} {
					if strings.Contains(strings.ToLower(got.body), attribute) {
						t.Errorf("%q in %s %s: the page has %s", to, in.method, in.path, attribute)
					}
				}
				continue
			}
			next, err := from.Parse(asBrowsersDo(location))
			if err != nil || next.Host != own || next.Scheme != "http" || next.User != nil {
				t.Errorf("%q in %s %s leads to %q", to, in.method, in.path, location)
			}
		}
	}
	// A raw address that a mux would clean into another host.
	for _, target := range []string{"//evil.example/..", "//evil.example/", "/\\evil.example", "//evil.example//x", "/x//evil.example/../..", "///evil.example"} {
		got, err := s.raw(t, "GET "+target+" HTTP/1.1\r\nHost: "+own+"\r\nConnection: close\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		if location := got.header.Get("Location"); location != "" {
			if next, err := from.Parse(asBrowsersDo(location)); err != nil || next.Host != own {
				t.Errorf("%s leads to %q", target, location)
			}
		}
	}
}
