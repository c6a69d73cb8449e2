package fieldwork_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

type world struct {
	*testkit.Database
	jobs *fieldwork.Service
}

func queue(t *testing.T) *tasks.Queue {
	t.Helper()
	q, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func setup(t *testing.T) world {
	t.Helper()
	d := testkit.NewDatabase(t)
	return world{d, &fieldwork.Service{DB: d.App, Queue: queue(t), Files: keeper(t, d)}}
}

func (w world) platform(t *testing.T, o testkit.Org) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w world) actor(t *testing.T, o testkit.Org, allowed ...tenancy.Permission) tenancy.Actor {
	t.Helper()
	return w.platform(t, o).As(tenancy.Person, o.Owner(), "Olive Owner", "owner", allowed)
}

// signed plants one more acceptance of the fixture's kind.
func (w world) signed(t *testing.T, o testkit.Org, number int) id.ID {
	t.Helper()
	quote, version, option, acceptance := id.New(), id.New(), id.New(), id.New()
	for _, sql := range []string{
		`INSERT INTO app.quotes SELECT (jsonb_populate_record(q, jsonb_build_object('id', $2::text, 'number', $6::text))).* FROM app.quotes q WHERE org_id = $1 AND id = $7`,
		`INSERT INTO app.quote_versions SELECT (jsonb_populate_record(v, jsonb_build_object('id', $3::text, 'quote_id', $2::text))).* FROM app.quote_versions v WHERE org_id = $1 AND quote_id = $7`,
		`INSERT INTO app.quote_options SELECT (jsonb_populate_record(o, jsonb_build_object('id', $4::text, 'version_id', $3::text))).* FROM app.quote_options o
			JOIN app.quote_versions v ON v.org_id = o.org_id AND v.id = o.version_id WHERE o.org_id = $1 AND v.quote_id = $7`,
		`INSERT INTO app.acceptances SELECT (jsonb_populate_record(a, jsonb_build_object('id', $5::text, 'quote_id', $2::text, 'version_id', $3::text, 'option_id', $4::text))).*
			FROM app.acceptances a WHERE org_id = $1 AND quote_id = $7`,
	} {
		// Every statement takes the same parameters: those it does not need are named here.
		w.Exec(t, `WITH given AS (SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::uuid) `+sql,
			o.ID, quote.String(), version.String(), option.String(), acceptance.String(), fmt.Sprintf("Q-2026-%06d", number), o.Quote())
	}
	return acceptance
}

func (w world) limitJobs(t *testing.T, o testkit.Org, used int) {
	t.Helper()
	a := w.platform(t, o)
	p := a.Org.Period(testkit.Value[time.Time](t, w.Database, `SELECT app.now()`))
	w.Exec(t, `INSERT INTO app.usage_counters (org_id, metric, period_start, period_end, used) VALUES ($1, 'jobs', $2, $3, $4)
		ON CONFLICT (org_id, metric, period_start) DO UPDATE SET used = excluded.used`, o.ID, p.Start, p.End, used)
}

func TestAnAcceptanceOpensOneJob(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance := w.signed(t, testkit.A, 2)
	var first fieldwork.Opened
	var err error
	w.Untouched(t, testkit.B, func() { first, err = w.jobs.OpenJob(t.Context(), w.platform(t, testkit.A), acceptance) })
	if err != nil || first.Waiting != nil || !strings.HasPrefix(first.Number, "J-20") {
		t.Fatalf("opened %+v, %v", first, err)
	}
	again, err := w.jobs.OpenJob(t.Context(), w.platform(t, testkit.A), acceptance)
	if err != nil || again != first {
		t.Errorf("again: %+v, %v; want %+v", again, err, first)
	}
	if came, err := w.jobs.FindAcceptance(t.Context(), w.actor(t, testkit.A, tenancy.PaymentsRead), first.ID); err != nil || came != acceptance {
		t.Errorf("the job came of %v, %v, want %v", came, err, acceptance)
	}
	if _, err := w.jobs.FindAcceptance(t.Context(), w.actor(t, testkit.A, tenancy.JobsRead), first.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("without the right to read payments: %v", err)
	}
	rec, err := w.jobs.GetJob(t.Context(), w.actor(t, testkit.A, tenancy.JobsRead, tenancy.QuotesRead), first.ID)
	if err != nil || rec.Job.State != fieldwork.Sold || rec.Job.ContractCents != 684922 || rec.Job.CustomerID != testkit.A.Customer() || len(rec.Timeline) != 1 {
		t.Errorf("record %+v, %v", rec, err)
	}
	if used := testkit.Value[int64](t, w.Database, `SELECT sum(used)::bigint FROM app.usage_counters WHERE org_id = $1 AND metric = 'jobs'`, testkit.A.ID); used != 1 {
		t.Errorf("%d jobs counted, want 1", used)
	}
}

func TestTheSameJobOpenedAtOnceIsOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance := w.signed(t, testkit.A, 2)
	a := w.platform(t, testkit.A)
	opened := make([]fieldwork.Opened, 4)
	var all sync.WaitGroup
	for i := range opened {
		all.Go(func() {
			var err error
			if opened[i], err = w.jobs.OpenJob(t.Context(), a, acceptance); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, o := range opened[1:] {
		if o != opened[0] {
			t.Errorf("opened %+v and %+v, want one job", opened[0], o)
		}
	}
	if used := testkit.Value[int64](t, w.Database, `SELECT sum(used)::bigint FROM app.usage_counters WHERE org_id = $1 AND metric = 'jobs'`, testkit.A.ID); used != 1 {
		t.Errorf("%d jobs counted, want 1", used)
	}
}

func TestOverTheLimitAJobWaitsAndIsReleased(t *testing.T) {
	t.Parallel()
	w := setup(t)
	first, second := w.signed(t, testkit.A, 2), w.signed(t, testkit.A, 3)
	w.limitJobs(t, testkit.A, 500)
	for _, acceptance := range []id.ID{first, second} {
		job, err := w.jobs.OpenJob(t.Context(), w.platform(t, testkit.A), acceptance)
		if err != nil || job.Waiting == nil || *job.Waiting != fieldwork.OverPlanLimit {
			t.Fatalf("over the limit: %+v, %v; want a waiting job", job, err)
		}
	}
	owner := w.actor(t, testkit.A, tenancy.JobsRead, tenancy.SettingsWrite)
	if r, err := w.jobs.ReleaseWaiting(t.Context(), owner); err != nil || r != (fieldwork.Released{Waiting: 2}) {
		t.Errorf("without room: %+v, %v", r, err)
	}
	w.limitJobs(t, testkit.A, 499)
	var r fieldwork.Released
	var err error
	w.Untouched(t, testkit.B, func() { r, err = w.jobs.ReleaseWaiting(t.Context(), owner) })
	if err != nil || r != (fieldwork.Released{Released: 1, Waiting: 1}) {
		t.Errorf("with room for one: %+v, %v", r, err)
	}
	page, err := w.jobs.ListJobs(t.Context(), owner, fieldwork.JobFilter{WaitingOnly: true})
	if err != nil || len(page.Jobs) != 1 || page.Jobs[0].AcceptanceID != second {
		t.Errorf("still waiting: %+v, %v; want the younger", page.Jobs, err)
	}
	_, err = w.jobs.ReleaseWaiting(t.Context(), w.actor(t, testkit.A, tenancy.JobsRead))
	if !fault.Is(err, fault.Forbidden) {
		t.Errorf("release by somebody who may only read: %v", err)
	}
}

func TestWhileReadOnlyAJobWaits(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acceptance := w.signed(t, testkit.A, 2)
	w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = '2026-01-10T00:00:00Z' WHERE org_id = $1`, testkit.A.ID)
	job, err := w.jobs.OpenJob(t.Context(), w.platform(t, testkit.A), acceptance)
	if err != nil || job.Waiting == nil || *job.Waiting != fieldwork.ReadOnly {
		t.Fatalf("read-only: %+v, %v; want a waiting job", job, err)
	}
	_, err = w.jobs.ReleaseWaiting(t.Context(), w.platform(t, testkit.A))
	if !fault.Is(err, fault.LimitReached) {
		t.Errorf("release while read-only: %v", err)
	}
}

func TestJobsOfAnotherOrganizationAreNotThere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A, tenancy.JobsRead)
	w.Untouched(t, testkit.B, func() {
		for _, foreign := range []id.ID{testkit.B.Job(), id.New()} {
			if _, err := w.jobs.FindAcceptance(t.Context(), w.actor(t, testkit.A, tenancy.PaymentsRead), foreign); !fault.Is(err, fault.NotFound) {
				t.Errorf("acceptance of %v: %v, want not found", foreign, err)
			}
			if _, err := w.jobs.GetJob(t.Context(), a, foreign); !fault.Is(err, fault.NotFound) {
				t.Errorf("job %s: %v, want not found", foreign, err)
			}
		}
		if _, err := w.jobs.OpenJob(t.Context(), w.platform(t, testkit.A), testkit.B.Acceptance()); !fault.Is(err, fault.NotFound) {
			t.Errorf("opening for B's acceptance: %v, want not found", err)
		}
	})
	if _, err := w.jobs.ListJobs(t.Context(), w.actor(t, testkit.A), fieldwork.JobFilter{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("list without the right: %v", err)
	}
}

func TestListGoesThroughAllJobsPageByPage(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A, tenancy.JobsRead)
	for i := range 4 {
		if _, err := w.jobs.OpenJob(t.Context(), w.platform(t, testkit.A), w.signed(t, testkit.A, 10+i)); err != nil {
			t.Fatal(err)
		}
	}
	var numbers []string
	f := fieldwork.JobFilter{Limit: 2, CustomerID: testkit.A.Customer()}
	for {
		page, err := w.jobs.ListJobs(t.Context(), a, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range page.Jobs {
			numbers = append(numbers, j.Number)
		}
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	if len(numbers) != 5 || numbers[4] != "J-2026-000001" {
		t.Errorf("jobs %v, want five, the fixture's last", numbers)
	}
	if _, err := w.jobs.ListJobs(t.Context(), a, fieldwork.JobFilter{After: "x"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a cursor that is none: %v", err)
	}
}

func TestACrewSeesJobsWithoutPrices(t *testing.T) {
	t.Parallel()
	w := setup(t)
	crew := w.actor(t, testkit.A, tenancy.JobsRead)
	page, err := w.jobs.ListJobs(t.Context(), crew, fieldwork.JobFilter{})
	if err != nil || len(page.Jobs) != 1 || page.Jobs[0].ContractCents != 0 {
		t.Errorf("list for the crew: %+v, %v", page.Jobs, err)
	}
	rec, err := w.jobs.GetJob(t.Context(), crew, testkit.A.Job())
	if err != nil || rec.Job.ContractCents != 0 {
		t.Errorf("job for the crew: %+v, %v", rec.Job, err)
	}
}
