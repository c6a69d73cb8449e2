package edgetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// base is the domain that the tests' sites are served on, whatever port they listen on.
const base = "fence.localhost"

// password of every person of both companies.
const password = "four posts and a gate"

// site is the product as it is served, on a database with the two companies.
type site struct {
	*testkit.Database
	app            *app.App
	address, admin string
	outbox         string // folder of the data
	log            *testkit.Diary
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve starts the product. Settings may be changed before.
func serve(t testing.TB, change ...func(*config.Settings)) *site {
	t.Helper()
	s := &site{Database: testkit.NewDatabase(t), address: freeAddress(t), admin: freeAddress(t), outbox: t.TempDir(), log: &testkit.Diary{}}
	settings := config.Settings{
		Listen: s.address, AdminListen: s.admin, PublicURL: "http://" + base, DataDir: s.outbox,
		DatabaseURL: s.URL("fence_app"), SystemURL: s.URL("fence_system"), MailFrom: "mail@" + base,
		SealKey: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Connections: 6, ContextKeys: testkit.ContextKey,
	}
	for _, c := range change {
		c(&settings)
	}
	log := slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	a, err := app.New(t.Context(), settings, log)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	s.app = a
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serving ended: %v", err)
		}
		a.Close(context.WithoutCancel(ctx))
	})
	hash, err := secret.NewTestPasswords().Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	s.Exec(t, "UPDATE app.users SET password_hash = $1", hash)
	return s
}

// host is a company's host; no slug is the apex.
func host(slug string) string {
	if slug == "" {
		return base
	}
	return slug + "." + base
}

// ask is a request. What is empty is left out.
type ask struct {
	method, host, path string
	header             http.Header
	cookie, bearer     string
	media, body        string
}

// answer is what came back, its body read.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) String() string { return fmt.Sprintf("%d %v %.200q", a.status, a.header, a.body) }

// client follows nothing and dials the site whatever host is named.
func (s *site) client() *http.Client {
	return &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 4,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, s.address)
			},
		},
	}
}

func (s *site) send(t testing.TB, c *http.Client, in ask) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), in.method, "http://"+in.host+in.path, strings.NewReader(in.body))
	if err != nil {
		t.Fatalf("%+v: %v", in, err)
	}
	if in.body == "" {
		r.Body = http.NoBody
	}
	for name, values := range in.header {
		r.Header[http.CanonicalHeaderKey(name)] = values
		if http.CanonicalHeaderKey(name) == "Host" {
			r.Host = values[0]
		}
	}
	if in.cookie != "" {
		r.Header.Add("Cookie", in.cookie)
	}
	if in.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+in.bearer)
	}
	if in.media != "" {
		r.Header.Set("Content-Type", in.media)
	}
	res, err := c.Do(r)
	if err != nil {
		t.Fatalf("%s %s%s: %v", in.method, in.host, in.path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s%s: %v", in.method, in.host, in.path, err)
	}
	return answer{res.StatusCode, res.Header, string(b)}
}

const form = "application/x-www-form-urlencoded"

// signIn is the cookie of a person, as a browser gets it.
func (s *site) signIn(t testing.TB, o testkit.Org, email string) string {
	t.Helper()
	body := url.Values{"email": {email}, "password": {password}, "idempotency_key": {rnd()}}.Encode()
	got := s.send(t, s.client(), ask{method: "POST", host: host(o.Slug), path: "/login", media: form, body: body})
	if got.status != http.StatusSeeOther {
		t.Fatalf("log in: %s", got)
	}
	res := http.Response{Header: got.header}
	for _, c := range res.Cookies() {
		if c.Name == "__Host-session" && c.Value != "" {
			return c.Name + "=" + c.Value
		}
	}
	t.Fatalf("log in gave no session: %s", got)
	return ""
}

// token is a bearer token of a person, as a program gets it.
func (s *site) token(t testing.TB, o testkit.Org, email string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"email": email, "password": password})
	if err != nil {
		t.Fatal(err)
	}
	return tokenIn(t, s.send(t, s.client(), ask{method: "POST", host: host(o.Slug), path: "/v1/login", media: "application/json", body: string(body), header: http.Header{"Idempotency-Key": {rnd()}}}))
}

func tokenIn(t testing.TB, got answer) string {
	t.Helper()
	var doc struct {
		Token  string `json:"token"`
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil || got.status >= 300 || doc.Token+doc.Access == "" {
		t.Fatalf("log in: %s, %v", got, err)
	}
	return doc.Token + doc.Access
}

func rnd() string { return secret.Token() }

// owner is the address of a company's owner in the fixtures.
func owner(o testkit.Org) string { return "owner@" + o.Slug[:1] + ".example" }

// raw sends bytes as they are and reads one answer.
func (s *site) raw(t testing.TB, text string) (answer, error) {
	t.Helper()
	c, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(15 * time.Second)) // reading and writing tell
	if _, err := io.WriteString(c, text); err != nil {
		return answer{}, err
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body) // the head is what is asked for
	return answer{res.StatusCode, res.Header, string(b)}, nil
}

// mistake is what the log says of the last internal error.
func (s *site) mistake() string {
	last := "the log has none"
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, `"level":"ERROR"`) {
			last = line
		}
	}
	return last
}

// lock keeps everybody from a table for a while. What it returns waits for the end of that.
func (s *site) lock(t testing.TB, table string, seconds int) (release func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Exec(t, fmt.Sprintf("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(%d)", table, seconds)) // one transaction
	}()
	const held = `SELECT EXISTS (SELECT FROM pg_locks WHERE relation = $1::regclass AND mode = 'AccessExclusiveLock' AND granted)`
	for began := time.Now(); !testkit.Value[bool](t, s.Database, held, table); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatal("the table is not locked after 10 s")
		}
	}
	return func() { <-ended }
}
