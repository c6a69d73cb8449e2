package notify_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/mail"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// postman keeps what it is given, and fails as often as it is told to.
type postman struct {
	broken int
	got    []mail.Message
}

func (p *postman) Deliver(_ context.Context, m mail.Message) error {
	if p.broken > 0 {
		p.broken--
		return errors.New("the server does not answer")
	}
	p.got = append(p.got, m)
	return nil
}

type world struct {
	*testkit.Database
	mails *notify.Service
	post  *postman
	a     tenancy.Actor
}

func setup(t *testing.T) *world {
	t.Helper()
	d := testkit.NewDatabase(t)
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	a, err := tenancy.InTask(t.Context(), d.App, testkit.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	post := &postman{}
	return &world{d, &notify.Service{DB: d.App, Queue: queue, Site: site, From: "mail@fence.localhost", Deliver: post}, post, a}
}

// queue makes a mail due and returns its id.
func (w *world) queue(t *testing.T, kind string, after error) id.ID {
	t.Helper()
	err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
		m := notify.Mail{Kind: kind, To: "dana@home.example", Sender: "Alpha Fence", Content: mail.Content{Subject: "Your fence", Sentence: "Look."}}
		return errors.Join(w.mails.Send(tx, m), after)
	})
	if !errors.Is(err, after) {
		t.Fatal(err)
	}
	ids := testkit.Values[string](t, w.Database, `SELECT id::text FROM app.mails WHERE org_id = $1 AND recipient = 'dana@home.example' ORDER BY id DESC`, testkit.A.ID)
	if len(ids) == 0 {
		return id.Nil
	}
	m, err := id.Parse(ids[0])
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (w *world) tasksOf(t *testing.T, kind string) int {
	t.Helper()
	return testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM tasks.river_job WHERE kind = $1 AND args ->> 'org_id' = $2`, kind, testkit.A.ID.String())
}

func TestMailLeavesOnceAndIsEmptied(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.B, func() {
		m := w.queue(t, "welcome", nil)
		if n := w.tasksOf(t, "send_mail"); n != 1 {
			t.Fatalf("%d tasks, want 1", n)
		}
		w.post.broken = 1
		if err := w.mails.DeliverMail(t.Context(), w.a, m, nil); err == nil {
			t.Error("a delivery that failed was taken for done")
		}
		for range 2 { // a task may run twice
			if err := w.mails.DeliverMail(t.Context(), w.a, m, nil); err != nil {
				t.Fatal(err)
			}
		}
		if len(w.post.got) != 1 || w.post.got[0].ID != m.String() || w.post.got[0].To != "dana@home.example" || w.post.got[0].FromName != "Alpha Fence" {
			t.Errorf("delivered %+v, want it once", w.post.got)
		}
	})
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.mails WHERE plain <> '' AND sent_at IS NOT NULL`); n != 0 {
		t.Error("a delivered mail keeps its text, which may carry a secret")
	}
}

// A process that dies between handing a mail over and noting so sends it again: under the same name.
func TestMailSentAgainKeepsItsName(t *testing.T) {
	t.Parallel()
	w := setup(t)
	m := w.queue(t, "welcome", nil)
	for range 2 {
		if err := w.mails.DeliverMail(t.Context(), w.a, m, nil); err != nil {
			t.Fatal(err)
		}
		w.Exec(t, `UPDATE app.mails SET sent_at = NULL WHERE id = $1`, m)
	}
	if len(w.post.got) != 2 || w.post.got[0].ID != w.post.got[1].ID || !w.post.got[0].At.Equal(w.post.got[1].At) {
		t.Errorf("delivered %+v, want two with one name and date", w.post.got)
	}
}

func TestMailOfADeedThatFailedWasNeverThere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.A, func() { w.queue(t, "welcome", fault.Missing()) })
	if n := w.tasksOf(t, "send_mail"); n != 0 {
		t.Errorf("%d tasks, want none", n)
	}
}

func TestMailOfAnotherCompanyIsNotFound(t *testing.T) {
	t.Parallel()
	w := setup(t)
	m := w.queue(t, "welcome", nil)
	b, err := tenancy.InTask(t.Context(), w.App, testkit.B.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.mails.DeliverMail(t.Context(), b, m, nil); !fault.Is(err, fault.NotFound) || len(w.post.got) != 0 {
		t.Errorf("as B: %v, %d delivered, want not found and none", err, len(w.post.got))
	}
}

// Until an owner's address is confirmed, three quotes leave a day; the others wait for the morning, or for
// the confirmation.
func TestUnconfirmedOwnersQuotesWait(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.users SET email_verified_at = NULL WHERE org_id = $1`, testkit.A.ID)
	w.Exec(t, `UPDATE app.organizations SET created_at = app.now() WHERE org_id = $1`, testkit.A.ID)
	var held id.ID
	for n := range 4 {
		held = w.queue(t, notify.KindQuoteSent, nil)
		err := w.mails.DeliverMail(t.Context(), w.a, held, nil)
		if waits := err != nil; waits != (n == 3) {
			t.Errorf("quote %d of the day: %v", n+1, err)
		}
	}
	if other := w.queue(t, "reset", nil); w.mails.DeliverMail(t.Context(), w.a, other, nil) != nil {
		t.Error("a mail about the account waits too")
	}
	before := w.tasksOf(t, "send_mail")
	w.Exec(t, `UPDATE app.users SET email_verified_at = now() WHERE org_id = $1 AND role = 'owner'`, testkit.A.ID)
	if err := w.App.InOrg(t.Context(), w.a.Tenant(), w.mails.ReleaseHeld); err != nil {
		t.Fatal(err)
	}
	if n := w.tasksOf(t, "send_mail"); n != before+1 {
		t.Errorf("%d mails are tried again, want the one that waits", n-before)
	}
	if err := w.mails.DeliverMail(t.Context(), w.a, held, nil); err != nil {
		t.Errorf("after the confirmation: %v", err)
	}
}

func TestNextDayLetsThreeMoreGo(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.users SET email_verified_at = NULL WHERE org_id = $1`, testkit.A.ID)
	w.Exec(t, `UPDATE app.organizations SET created_at = app.now() WHERE org_id = $1`, testkit.A.ID)
	var m id.ID
	for range 4 {
		m = w.queue(t, notify.KindQuoteSent, nil)
		_ = w.mails.DeliverMail(t.Context(), w.a, m, nil) // the fourth waits
	}
	w.Advance(t, 24*time.Hour)
	if err := w.mails.DeliverMail(t.Context(), w.a, m, nil); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

func TestAttachmentTravels(t *testing.T) {
	t.Parallel()
	w := setup(t)
	paper := id.New()
	var m id.ID
	err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
		return w.mails.Send(tx, notify.Mail{Kind: "quote_sent", To: "dana@home.example", Content: mail.Content{Subject: "Your quote"}, Attached: paper})
	})
	if err != nil {
		t.Fatal(err)
	}
	text := testkit.Value[string](t, w.Database, `SELECT id::text FROM app.mails WHERE attached = $1`, paper)
	if m, err = id.Parse(text); err != nil {
		t.Fatal(err)
	}
	err = w.mails.DeliverMail(t.Context(), w.a, m, func(_ context.Context, _ tenancy.Actor, of id.ID) (string, []byte, error) {
		if of != paper {
			t.Errorf("asked for %s", of)
		}
		return "quote.pdf", []byte("%PDF"), nil
	})
	if err != nil || len(w.post.got) != 1 || w.post.got[0].AttachAs != "quote.pdf" || string(w.post.got[0].Attached) != "%PDF" {
		t.Errorf("delivered %+v, %v", w.post.got, err)
	}
}

// Every mail about an account leads to the company's own host and nowhere else.
func TestAccountMailsLeadToTheCompanysHost(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ends := time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
	org := w.a.Org
	org.TrialEndsAt, org.Name = &ends, "Alpha <script> Fence"
	err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
		return errors.Join(
			w.mails.Welcome(tx, org, "dana@home.example", "the-code"), w.mails.ConfirmEmail(tx, org, "dana@home.example", "the-code"),
			w.mails.ResetPassword(tx, org, "dana@home.example", "the-code"), w.mails.Invite(tx, org, "Olive", "dana@home.example", "Office", "the-code"))
	})
	if err != nil {
		t.Fatal(err)
	}
	texts := testkit.Values[string](t, w.Database, `SELECT plain FROM app.mails WHERE org_id = $1 AND recipient = 'dana@home.example'`, testkit.A.ID)
	if len(texts) != 4 {
		t.Fatalf("%d mails, want 4", len(texts))
	}
	for _, text := range texts {
		if !strings.Contains(text, "http://alpha.fence.localhost:8080/") || strings.Count(text, "://") != strings.Count(text, "http://alpha.fence.localhost:8080/") {
			t.Errorf("this mail leads elsewhere:\n%s", text)
		}
	}
	for _, html := range testkit.Values[string](t, w.Database, `SELECT html FROM app.mails WHERE org_id = $1 AND recipient = 'dana@home.example'`, testkit.A.ID) {
		if strings.Contains(html, "<script") {
			t.Error("a company's name became markup")
		}
	}
}
