package console_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"testing"
	"time"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/mail"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// provider says of customers what a test wants, and makes prices.
type provider struct {
	says    map[string]billing.Snapshot
	failing bool
	prices  map[string]int
}

func (p *provider) Snapshot(_ context.Context, q billing.Question) (billing.Snapshot, error) {
	if p.failing {
		return billing.Snapshot{}, errors.New("away")
	}
	return p.says[q.Customer], nil
}

func (p *provider) AgreedPrice(_ context.Context, org id.ID, monthly money.Cents) (string, error) {
	if p.failing {
		return "", errors.New("away")
	}
	price := fmt.Sprintf("price_%s_%d", org, int64(monthly))
	p.prices[price]++
	return price, nil
}

// postman delivers mails until it is told not to.
type postman struct{ refuses error }

func (p *postman) Deliver(context.Context, mail.Message) error { return p.refuses }

// world is a process with the console in it, and an operator who is logged in.
type world struct {
	*testkit.Database
	console   *console.Service
	operators *operator.Service
	signUps   *onboarding.Service
	people    *identity.Service
	mails     *notify.Service
	mirror    *billing.Mirror
	worker    *billing.Worker
	provider  *provider
	post      *postman
	olivia    operator.Doer
}

func setup(t *testing.T) *world {
	t.Helper()
	d := testkit.NewDatabase(t)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Database: d, provider: &provider{says: map[string]billing.Snapshot{}, prices: map[string]int{}}, post: &postman{}}
	w.mails = &notify.Service{DB: d.App, Queue: queue, Site: site, From: "mail@fence.localhost", Deliver: w.post}
	w.people = identity.NewService(d.App, w.mails, secret.NewTestPasswords(), func(string) bool { return false })
	w.signUps = &onboarding.Service{
		DB: d.App, People: w.people, Queue: queue, Site: site, Paid: true,
		PlaceOf: func(string) (onboarding.Place, bool) {
			return onboarding.Place{City: "Austin", State: "TX", TimeZone: "America/Chicago"}, true
		},
		SeedPrices: func(tx *pg.OrgTx, _ tenancy.Organization) error { return pricing.Seed(tx) },
	}
	w.operators = &operator.Service{DB: d.App, System: d.System, People: w.people, Passwords: secret.NewTestPasswords(), Log: quiet}
	w.mirror = billing.NewMirror(d.System)
	w.worker = billing.NewWorker(w.mirror, w.provider, quiet)
	w.console = &console.Service{System: d.System, Operators: w.operators, Site: site, Log: quiet, Payments: &console.Payments{Mirror: w.mirror, Provider: w.provider, Pricer: w.provider}}
	account, _, err := w.operators.Add(t.Context(), "Olivia Reyes", "olivia@platform.example")
	if err != nil {
		t.Fatal(err)
	}
	w.olivia = account.Doer("")
	return w
}

var request = tenancy.Request{ID: "test", IP: "192.0.2.7", UserAgent: "test"}

// signUp makes a company of its own, in its trial.
func (w *world) signUp(t *testing.T) tenancy.Organization {
	t.Helper()
	done, err := w.signUps.SignUp(t.Context(), request, onboarding.SignUpInput{Key: id.New().String(), Company: "Oak Fence", Email: "Kim@oak.example", Password: "seven cedar pickets", ZIP: "78701", UTMSource: "radio"})
	if err != nil {
		t.Fatal(err)
	}
	return done.Organization
}

func (w *world) company(t *testing.T, org id.ID) console.Company {
	t.Helper()
	c, err := w.console.Company(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// first is the first cause for which a company cannot do a thing.
func (w *world) first(t *testing.T, org id.ID, q console.Question) console.Answer {
	t.Helper()
	answers, err := w.console.Why(t.Context(), w.company(t, org), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(answers) == 0 {
		return console.Answer{}
	}
	return answers[0]
}

// owner is who owns A.
func (w *world) owner(t *testing.T) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, testkit.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	return tenancy.Of(a.Tenant(), a.Org).WithRequest(request).As(tenancy.Person, testkit.A.Owner(), "Sam", string(identity.Owner), identity.Owner.Permissions())
}

// pays has the provider say something of a customer of A's, and reads it.
func (w *world) pays(t *testing.T, s billing.Snapshot) (customer string) {
	t.Helper()
	customer = "cus_Alpha1"
	w.provider.says[customer] = s
	if err := w.mirror.Attach(t.Context(), testkit.A.ID, customer); err != nil {
		t.Fatal(err)
	}
	w.drain(t)
	return customer
}

func (w *world) drain(t *testing.T) {
	t.Helper()
	if err := w.worker.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// growth is a subscription in a status, begun three months ago.
func growth(s plan.Status, ended time.Time) plan.Subscription {
	now := time.Now()
	return plan.Subscription{ID: "sub_Alpha1", Status: s, Plan: plan.Growth, Version: 1, CreatedAt: now.AddDate(0, -3, 0), PeriodStart: now.AddDate(0, 0, -20), PeriodEnd: now.AddDate(0, 0, 10), EndedAt: ended}
}

// unpaid is an invoice that was first declined days ago.
func unpaid(days int) billing.Invoice {
	at := time.Now().AddDate(0, 0, -days)
	return billing.Invoice{ID: "in_Alpha1", SubscriptionID: "sub_Alpha1", Number: "A-0007", Status: billing.Open, Currency: "USD", TotalCents: 14900, OpenCents: 14900, Attempts: 2, CreatedAt: at, FinalizedAt: at}
}

// mail sends a mail of a kind in a company's name, and delivers it if the post takes it.
func (w *world) mail(t *testing.T, org tenancy.Organization, kind string) error {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, org.ID)
	if err != nil {
		t.Fatal(err)
	}
	err = w.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error {
		return w.mails.Send(tx, notify.Mail{Kind: kind, To: "dana@ruiz.example", Sender: org.Name, Content: mail.Content{Subject: "Your quote", Heading: org.Name, Sentence: "Here it is."}})
	})
	if err != nil {
		t.Fatal(err)
	}
	newest := testkit.Value[id.ID](t, w.Database, `SELECT id FROM app.mails WHERE org_id = $1 ORDER BY id DESC LIMIT 1`, org.ID)
	return w.mails.DeliverMail(t.Context(), a, newest, nil)
}

// noteActs does the tasks that write acts into companies' logs.
func (w *world) noteActs(t *testing.T) {
	t.Helper()
	for _, text := range testkit.Values[string](t, w.Database, `SELECT args ->> 'org_id' || ' ' || (args ->> 'act_id') FROM tasks.river_job WHERE kind = 'note_operator_act' ORDER BY id`) {
		org, err := id.Parse(text[:36])
		if err != nil {
			t.Fatal(err)
		}
		act, err := id.Parse(text[37:])
		if err != nil {
			t.Fatal(err)
		}
		a, err := tenancy.InTask(t.Context(), w.App, org)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.operators.Note(t.Context(), a, act); err != nil {
			t.Fatal(err)
		}
	}
}
