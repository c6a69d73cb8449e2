package quoting_test

import (
	"crypto/ed25519"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// yard is three sides of 40, 60 and 40 ft with one walk gate: 20 posts.
const yard = `{"nodes":[{"id":"A","x":0,"y":40},{"id":"B","x":0,"y":0},{"id":"C","x":60,"y":0},{"id":"D","x":60,"y":40}],
	"segments":[{"id":"s1","from":"A","to":"B"},{"id":"s2","from":"B","to":"C"},{"id":"s3","from":"C","to":"D"}],
	"gates":[{"id":"g1","segment":"s1","offset_ft":8,"opening_in":48,"kind":"walk"}],
	"style":{"kind":"wood","height_ft":6,"post_spacing_ft":8,"rails":3}}`

var measured = quoting.Extras{Runs: map[string]drawing.RunNote{
	"s1": {Name: "Left", Measured: true}, "s2": {Name: "Back", Measured: true}, "s3": {Name: "Right", Measured: true},
}}

// seal is the key of every test.
var seal = ed25519.NewKeyFromSeed([]byte("a seed of thirty-two bytes......"))

type world struct {
	*testkit.Database
	quotes *quoting.Service
}

func setup(t *testing.T) *world {
	t.Helper()
	d := testkit.NewDatabase(t)
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	return &world{d, &quoting.Service{DB: d.App, Queue: queue, Mail: mailbox{}, Key: seal,
		Address: func(slug, path string) string { return "https://" + slug + ".example" + path }}}
}

// mailbox keeps mails as rows, so that a mail of a transaction that failed was never there.
type mailbox struct{}

func (mailbox) QuoteSent(tx *pg.OrgTx, _ tenancy.Actor, m quoting.SentMail) error {
	return keep(tx, "quote_sent", m.RecipientEmail, m)
}

func (mailbox) QuoteSigned(tx *pg.OrgTx, _ tenancy.Actor, m quoting.SignedMail) error {
	for _, to := range slices.Concat(m.HomeownerEmails, m.CompanyEmails) {
		if err := keep(tx, "quote_signed", to, m); err != nil {
			return err
		}
	}
	return nil
}

func (mailbox) QuoteDeclined(tx *pg.OrgTx, _ tenancy.Actor, m quoting.DeclinedMail) error {
	return keep(tx, "quote_declined", strings.Join(m.CompanyEmails, ","), m)
}

func keep(tx *pg.OrgTx, kind, to string, m any) error {
	tx.AtCommit(pg.Plain, `INSERT INTO app.mails (org_id, id, kind, recipient, sender, subject, plain, html, created_at) VALUES ($1, $2, $3, $4, '', '', $5, '', $6)`,
		tx.Tenant().Org(), id.New(), kind, to, fmt.Sprintf("%+v", m), tx.Now())
	return nil
}

func (w *world) mails(t *testing.T, o testkit.Org, kind string) []string {
	t.Helper()
	return testkit.Values[string](t, w.Database, `SELECT recipient FROM app.mails WHERE org_id = $1 AND kind = $2 ORDER BY recipient`, o.ID, kind)
}

// actor is somebody of the organization with every permission, or with those named.
func (w *world) actor(t *testing.T, o testkit.Org, allowed ...tenancy.Permission) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(allowed) == 0 {
		allowed = tenancy.Permissions
	}
	return a.As(tenancy.Person, o.Owner(), "Olive Owner", "owner", allowed)
}

// visitor is somebody on the organization's pages who has proved nothing.
func (w *world) visitor(t *testing.T, o testkit.Org) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Visitor, id.Nil, "Visitor", "", nil).WithRequest(tenancy.Request{IP: "192.0.2.9", UserAgent: "Phone"})
}

func keyed(a tenancy.Actor, key string) tenancy.Actor {
	a.Request.IdempotencyKey = key
	return a
}

func (w *world) sketch(t *testing.T, a tenancy.Actor, o testkit.Org) id.ID {
	t.Helper()
	saved, err := w.quotes.CreateSketch(t.Context(), a, quoting.CreateSketchInput{
		PropertyID: o.Property(), Name: "Back yard", Layout: jsontext.Value(yard), Extras: measured})
	if err != nil {
		t.Fatal(err)
	}
	return saved.ID
}

func (w *world) draft(t *testing.T, a tenancy.Actor, o testkit.Org) quoting.Changed {
	t.Helper()
	c, err := w.quotes.CreateFromSketch(t.Context(), a, quoting.CreateFromSketchInput{SketchID: w.sketch(t, a, o)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) record(t *testing.T, a tenancy.Actor, quote id.ID) quoting.Record {
	t.Helper()
	rec, err := w.quotes.GetQuote(t.Context(), a, quote)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// plans puts the organization on a plan, or into a state of it.
func (w *world) plans(t *testing.T, o testkit.Org, plan string, trialEnds any) {
	t.Helper()
	w.Exec(t, `UPDATE app.organizations SET plan = $2, trial_ends_at = $3 WHERE org_id = $1`, o.ID, plan, trialEnds)
}

func wantFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if f := fault.As(err); err == nil || f.Kind != kind || f.Code != code {
		t.Errorf("got %v (kind %d, code %q), want kind %d, code %q", err, f.Kind, f.Code, kind, code)
	}
}

func wantMissing(t *testing.T, err error) {
	t.Helper()
	wantFault(t, err, fault.NotFound, "not-found")
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func uuidOf(t *testing.T, text string) id.ID {
	t.Helper()
	v, err := id.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
