package api

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/golang-jwt/jwt/v5"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/blob"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/postal"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

const someZIPs = "10001\tNew York\tNY\tNew York\t40.7484\t-73.9967\tAmerica/New_York\n" +
	"78701\tAustin\tTX\tTravis\t30.2713\t-97.7426\tAmerica/Chicago\n"

// world is the API in front of a database of its own, behind the chain that stands before every request.
type world struct {
	*testkit.Database
	api    *API
	server *httptest.Server

	planted sync.Map // access tokens by person
}

func setup(t testing.TB) *world {
	t.Helper()
	d := testkit.NewDatabase(t)
	return serve(t, d, d.App)
}

func serve(t testing.TB, d *testkit.Database, db *pg.DB, limits ...*caller.Limits) *world {
	t.Helper()
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	people, services := newServices(t, db, site)
	mux := http.NewServeMux()
	w := &world{Database: d, api: Mount(mux, services, Options{})}
	refuse := func(rw http.ResponseWriter, r *http.Request, err error) {
		httpx.WriteProblem(rw, httpx.Fault(err), httpx.Info(r).ID)
	}
	apex := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { refuse(rw, r, fault.Missing()) })
	resolver := &caller.Resolver{Hosts: tenancy.NewHosts(db, site.Base()), People: people, Site: site, Refuse: refuse}
	if len(limits) > 0 {
		resolver.Limits = limits[0]
	}
	log := slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	w.server = httptest.NewServer(httpx.Chain(resolver.Resolve(apex, mux),
		httpx.Identify(nil),
		httpx.Log(log, func(string, string, string, int, time.Duration) {}),
		httpx.Recover(refuse),
		httpx.Headers(false, "", ""),
		httpx.SameOrigin(refuse),
		httpx.Limits(maxBody, 20*time.Second),
	))
	t.Cleanup(w.server.Close)
	return w
}

// testLog shows internal errors beside the test that met them.
type testLog struct{ t testing.TB }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

func newServices(t testing.TB, db *pg.DB, site tenancy.Site) (*identity.Service, Services) {
	t.Helper()
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	zips, err := postal.Load([]byte(someZIPs))
	if err != nil {
		t.Fatal(err)
	}
	mails := &notify.Service{DB: db, Queue: queue, Site: site, From: "Fence <mail@fence.example>"}
	people := identity.NewService(db, mails, secret.NewTestPasswords(), func(string) bool { return false })
	if err := people.UseKeys(identity.Keys{Access: []identity.AccessKey{tokenKey}, Vault: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	return people, Services{
		DB: db, Identity: people, CRM: crm.New(db, zips), Pricing: pricing.NewService(db), Payments: &payment.Service{DB: db, Notify: mails}, Jobs: &fieldwork.Service{DB: db, Queue: queue, Files: keeper(t, db, queue, site)}, Calls: usage.NewCalls(db, usage.Meter{Queue: queue}),
		Company: &onboarding.Service{DB: db, People: people, Queue: queue, Site: site},
		Quoting: &quoting.Service{DB: db, Queue: queue, Mail: noMail{}, Key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), Address: site.Of},
	}
}

// keeper keeps files in a folder of the test.
func keeper(t testing.TB, db *pg.DB, queue *tasks.Queue, site tenancy.Site) *files.Service {
	t.Helper()
	store, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return files.NewService(files.Options{DB: db, Queue: queue, Blobs: store, Spool: t.TempDir(), Site: site, Key: make([]byte, 32), Log: slog.New(slog.DiscardHandler)})
}

// noMail stands where the words of quotes' mails are written.
type noMail struct{}

func (noMail) QuoteSent(*pg.OrgTx, tenancy.Actor, quoting.SentMail) error         { return nil }
func (noMail) QuoteSigned(*pg.OrgTx, tenancy.Actor, quoting.SignedMail) error     { return nil }
func (noMail) QuoteDeclined(*pg.OrgTx, tenancy.Actor, quoting.DeclinedMail) error { return nil }

// tokenKey signs the access tokens of the tests.
var tokenKey = identity.AccessKey{ID: "tests", Secret: bytes.Repeat([]byte{7}, 32)}

// token is an access token of the person in the role, whose session is planted once for each world.
func (w *world) token(t testing.TB, o testkit.Org, role identity.Role) string {
	t.Helper()
	who := map[identity.Role]id.ID{
		identity.Owner: o.Owner(), identity.Admin: o.Admin(), identity.Office: o.Office(),
		identity.Estimator: o.Estimator(), identity.Crew: o.Crew(), identity.Accountant: o.Accountant(),
	}[role]
	if token, planted := w.planted.Load(who); planted {
		return token.(string)
	}
	session, issued := id.New(), time.Now().Add(-time.Minute).Truncate(time.Second)
	w.Exec(t, `INSERT INTO app.sessions (org_id, id, user_id, token_hash, kind, ip, user_agent, created_at, expires_at)
		VALUES ($1, $2, $3, $4, 'token', '127.0.0.1', 'test', '2026-01-05T15:00:00Z', '2099-01-01T00:00:00Z')`,
		o.ID, session, who, secret.Hash(session.String()))
	claims := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": "http://fence.localhost:8080", "aud": []string{o.ID.String()}, "sub": who, "sid": session, "ver": 1,
		"iat": issued.Unix(), "nbf": issued.Unix(), "exp": issued.Add(15 * time.Minute).Unix(),
	})
	claims.Header["typ"], claims.Header["kid"] = "at+jwt", tokenKey.ID
	token, err := claims.SignedString(tokenKey.Secret)
	if err != nil {
		t.Fatal(err)
	}
	w.planted.Store(who, token)
	return token
}

// request is what a test sends. The zero value of everything but method and path is left out.
type request struct {
	method, path string
	org          testkit.Org // whose host; A
	token        string
	body         string
	media        string // application/json
	header       map[string]string
}

type response struct {
	status int
	header http.Header
	body   string
}

var keys atomic.Int64

// send sends a request as it is.
func (w *world) send(t testing.TB, in request) response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), in.method, w.server.URL+in.path, strings.NewReader(in.body))
	if err != nil {
		t.Fatal(err)
	}
	if in.body == "" {
		r.Body = http.NoBody
	}
	if in.org.Slug == "" {
		in.org = testkit.A
	}
	r.Host = in.org.Slug + ".fence.localhost:8080"
	if in.body != "" && in.media == "" {
		in.media = "application/json"
	}
	if in.media != "" {
		r.Header.Set("Content-Type", in.media)
	}
	if in.token != "" {
		r.Header.Set("Authorization", "Bearer "+in.token)
	}
	for name, value := range in.header {
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response{answer.StatusCode, answer.Header, string(body)}
}

// as sends a request with the owner's token of A, and a key of its own.
func (w *world) as(t testing.TB, method, path, body string, header ...string) response {
	t.Helper()
	in := request{method: method, path: path, body: body, token: w.token(t, testkit.A, identity.Owner), header: map[string]string{}}
	if method == http.MethodPost {
		in.header["Idempotency-Key"] = fmt.Sprint("test ", keys.Add(1))
	}
	for i := 0; i+1 < len(header); i += 2 {
		in.header[header[i]] = header[i+1]
	}
	return w.send(t, in)
}

// problemOf reads a problem and checks its form.
func problemOf(t testing.TB, r response) (code string, errors map[string]string, facts map[string]any) {
	t.Helper()
	var doc struct {
		Type   string        `json:"type"`
		Title  string        `json:"title"`
		Status int           `json:"status"`
		Detail string        `json:"detail"`
		Errors []fault.Field `json:"errors"`
	}
	err := json.Unmarshal([]byte(r.body), &doc)
	if err == nil {
		err = json.Unmarshal([]byte(r.body), &facts)
	}
	if err != nil {
		t.Fatalf("answer %d is no problem: %v\n%s", r.status, err, r.body)
	}
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %q of problem %s", got, r.body)
	}
	if doc.Status != r.status || doc.Title != http.StatusText(r.status) || doc.Detail == "" {
		t.Errorf("status %d with problem %s", r.status, r.body)
	}
	errors = map[string]string{}
	for _, e := range doc.Errors {
		errors[e.Pointer] = e.Message
	}
	_, code, _ = strings.Cut(doc.Type, "/problems/")
	return code, errors, facts
}

// wantProblem checks status, code and the pointers of the fields.
func wantProblem(t testing.TB, r response, status int, code string, pointers ...string) {
	t.Helper()
	got, errors, _ := problemOf(t, r)
	if r.status != status || got != code {
		t.Errorf("got %d %s, want %d %s\n%s", r.status, got, status, code, r.body)
	}
	for _, pointer := range pointers {
		if errors[pointer] == "" {
			t.Errorf("no error at %q in %s", pointer, r.body)
		}
	}
}

// read reads a document of an answer.
func read[T any](t testing.TB, r response, status int) T {
	t.Helper()
	var v T
	if r.status != status {
		t.Fatalf("got %d, want %d: %s", r.status, status, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("read answer: %v\n%s", err, r.body)
	}
	return v
}
