package homeowner

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// yard is three sides of 40, 60 and 40 ft with one walk gate.
const yard = `{"nodes":[{"id":"A","x":0,"y":40},{"id":"B","x":0,"y":0},{"id":"C","x":60,"y":0},{"id":"D","x":60,"y":40}],
	"segments":[{"id":"s1","from":"A","to":"B"},{"id":"s2","from":"B","to":"C"},{"id":"s3","from":"C","to":"D"}],
	"gates":[{"id":"g1","segment":"s1","offset_ft":8,"opening_in":48,"kind":"walk"}],
	"style":{"kind":"wood","height_ft":6,"post_spacing_ft":8,"rails":3}}`

// world is the homeowner's pages in front of a database of their own, behind the chain of every request.
type world struct {
	*testkit.Database
	quotes   *quoting.Service
	payments *payment.Service
	server   *httptest.Server
}

func setup(t *testing.T) *world {
	t.Helper()
	d := testkit.NewDatabase(t)
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	mails := &notify.Service{DB: d.App, Queue: queue, Site: site, From: "Fence <mail@fence.example>"}
	w := &world{Database: d, quotes: &quoting.Service{DB: d.App, Queue: queue, Mail: noMail{}, Key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), Address: site.Of}}
	w.payments = &payment.Service{DB: d.App, Notify: mails}
	pages := &shell.Pages{Site: site}
	mux := http.NewServeMux()
	pages.Mount(mux, (&Handlers{Pages: pages, Quotes: w.quotes, Payments: w.payments}).Routes())
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) { pages.Refuse(rw, r, fault.Missing()) })
	resolver := &caller.Resolver{
		Hosts: tenancy.NewHosts(d.App, site.Base()), Site: site, Refuse: pages.Refuse,
		People: identity.NewService(d.App, mails, secret.NewTestPasswords(), func(string) bool { return false }),
	}
	log := slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	w.server = httptest.NewServer(httpx.Chain(resolver.Resolve(mux, mux),
		httpx.Identify(nil),
		httpx.Log(log, func(string, string, string, int, time.Duration) {}),
		httpx.Recover(pages.Refuse),
		httpx.Headers(false, "", ""),
		httpx.SameOrigin(pages.Refuse),
		httpx.Limits(1<<20, 20*time.Second),
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

// noMail stands where the words of quotes' mails are written.
type noMail struct{}

func (noMail) QuoteSent(*pg.OrgTx, tenancy.Actor, quoting.SentMail) error         { return nil }
func (noMail) QuoteSigned(*pg.OrgTx, tenancy.Actor, quoting.SignedMail) error     { return nil }
func (noMail) QuoteDeclined(*pg.OrgTx, tenancy.Actor, quoting.DeclinedMail) error { return nil }

func (w *world) owner(t *testing.T, o testkit.Org) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Person, o.Owner(), "Olive Owner", "owner", tenancy.Permissions)
}

// offer is a quote that was sent, with the path of each recipient's link.
type offer struct {
	id    id.ID
	paths []string
}

// sent draws the yard, prices it with an extra to tick and sends it to the named people.
func (w *world) sent(t *testing.T, to ...string) offer {
	t.Helper()
	a := w.owner(t, testkit.A)
	sketch, err := w.quotes.CreateSketch(t.Context(), a, quoting.CreateSketchInput{
		PropertyID: testkit.A.Property(), Name: "Back yard", Layout: jsontext.Value(yard), Extras: quoting.Extras{Runs: map[string]drawing.RunNote{
			"s1": {Name: "Left", Measured: true}, "s2": {Name: "Back", Measured: true}, "s3": {Name: "Right", Measured: true},
		}}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := w.quotes.CreateFromSketch(t.Context(), a, quoting.CreateFromSketchInput{SketchID: sketch.ID})
	if err != nil {
		t.Fatal(err)
	}
	return offer{c.ID, w.send(t, c.ID, 0, to...)}
}

// send sends the quote's draft, with a percentage off and with stain to add.
func (w *world) send(t *testing.T, quote id.ID, discountBP int, to ...string) []string {
	t.Helper()
	a := w.owner(t, testkit.A)
	rec, err := w.quotes.GetQuote(t.Context(), a, quote)
	if err != nil {
		t.Fatal(err)
	}
	in := quoting.EditDraftInput{Version: rec.Quote.Version, Settings: rec.Draft().Settings, Answers: map[string]string{}}
	in.Settings.DiscountBP, in.Settings.DepositBP, in.Settings.SoldAtHome = discountBP, 3000, true
	in.Extras = []quoting.ExtraInput{{Kind: quoting.KindLabor, Description: "Stain and seal", Quantity: 140, Unit: "ft", PriceCents: 64_000, Optional: true}}
	c, err := w.quotes.EditDraft(t.Context(), a, quote, in)
	if err != nil {
		t.Fatal(err)
	}
	recipients := []quoting.Recipient{}
	for _, name := range to {
		first := strings.ToLower(firstName(name))
		recipients = append(recipients, quoting.Recipient{Name: name, Email: strings.Trim(first, `"`) + "@home.example"})
	}
	s, err := w.quotes.Send(t.Context(), a, quote, quoting.SendInput{Version: c.Version, Recipients: recipients})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, l := range s.Links {
		_, path, _ := strings.Cut(l.URL, ":8080")
		paths = append(paths, path)
	}
	return paths
}

// revise sends the next version, 5 % off.
func (w *world) revise(t *testing.T, o offer, to ...string) []string {
	t.Helper()
	a := w.owner(t, testkit.A)
	rec, err := w.quotes.GetQuote(t.Context(), a, o.id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.quotes.Revise(t.Context(), a, o.id, quoting.ReviseInput{Version: rec.Quote.Version}); err != nil {
		t.Fatal(err)
	}
	return w.send(t, o.id, 500, to...)
}

type response struct {
	status int
	header http.Header
	body   string
}

// do sends a request to a company's host, as a browser of that host.
func (w *world) do(t *testing.T, o testkit.Org, method, path string, form url.Values) response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = o.Slug + ".fence.localhost:8080"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
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

func (w *world) get(t *testing.T, path string) response {
	t.Helper()
	return w.do(t, testkit.A, http.MethodGet, path, nil)
}

func (w *world) post(t *testing.T, path string, form url.Values) response {
	t.Helper()
	return w.do(t, testkit.A, http.MethodPost, path, form)
}

// signing is the form of the signature as a browser without script fills it.
func (w *world) signing(t *testing.T, path, choice string) url.Values {
	t.Helper()
	page := w.get(t, path+"/sign?"+choice)
	if page.status != http.StatusOK {
		t.Fatalf("page to sign on: %d\n%s", page.status, page.body)
	}
	form := hiddenInputs(t, page.body, path+"/sign")
	form.Set("name", "Dana Ruiz")
	form.Set("consent", "yes")
	form.Set("kind", "typed")
	return form
}

func want(t *testing.T, r response, status int, texts ...string) {
	t.Helper()
	if r.status != status {
		t.Errorf("status %d, want %d\n%s", r.status, status, r.body)
	}
	for _, text := range texts {
		if !strings.Contains(r.body, text) {
			t.Errorf("page does not say %q\n%s", text, r.body)
		}
	}
}

func lacks(t *testing.T, r response, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(r.body, text) {
			t.Errorf("page says %q\n%s", text, r.body)
		}
	}
}

func (w *world) count(t *testing.T, sql string, args ...any) int64 {
	t.Helper()
	return testkit.Value[int64](t, w.Database, sql, args...)
}

func key(n int) url.Values { return url.Values{kit.KeyField: {fmt.Sprint("key ", n)}} }

func exactText(cents int64) string { return exact(money.Cents(cents)) }

// extraOf is the key of the first extra on the page.
func extraOf(t *testing.T, page response) string {
	t.Helper()
	_, after, found := strings.Cut(page.body, `name="extra" value="`)
	if !found {
		t.Fatal("no extra on the page")
	}
	key, _, _ := strings.Cut(after, `"`)
	return key
}

// seal does the task that an acceptance made due.
func (w *world) seal(t *testing.T, quote id.ID) {
	t.Helper()
	acceptance := testkit.Value[id.ID](t, w.Database, `SELECT id FROM app.acceptances WHERE quote_id = $1`, quote)
	a, err := tenancy.InTask(t.Context(), w.App, testkit.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.quotes.SealSigned(t.Context(), a, acceptance); err != nil {
		t.Fatal(err)
	}
}
