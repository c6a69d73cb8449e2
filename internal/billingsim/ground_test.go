package billingsim

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// companiesPerSeed and months are what a course is.
const (
	companiesPerSeed = 20
	months           = 24
)

// ground is a database with twenty companies, on which courses run one after another.
type ground struct {
	*testkit.Database
	super *pgx.Conn
	orgs  []testkit.Org
	queue *tasks.Queue
	site  tenancy.Site
}

// standing is a clock that only moves when it is moved: what happens at one moment has one time, however slow the
// machine is.
const standing = `CREATE OR REPLACE FUNCTION app.now() RETURNS timestamptz
	LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	BEGIN
		RETURN timestamptz '2026-01-01T00:00:00Z' + (SELECT ahead FROM platform.clock);
	END
	$$`

// longest has a customer that could not be read wait until the course says so: how long it would wait is chance, by a
// clock that a course does not know.
const longest = `CREATE FUNCTION platform.wait_for_the_course() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		NEW.next_at := NEW.next_at + interval '1 hour';
		RETURN NEW;
	END
	$$;
	CREATE TRIGGER wait_for_the_course BEFORE UPDATE ON platform.billing_customers FOR EACH ROW WHEN (NEW.attempts > OLD.attempts)
		EXECUTE FUNCTION platform.wait_for_the_course()`

// setClock sets it, so many seconds after the beginning: days would be longer or shorter where the database is.
const setClock = `UPDATE platform.clock SET movable = true, ahead = make_interval(secs => $1)`

func newGround(t *testing.T) *ground {
	t.Helper()
	g := &ground{Database: testkit.NewDatabase(t)}
	g.super = g.Superuser(t)
	g.Exec(t, standing)
	g.Exec(t, longest)
	var err error
	if g.queue, err = tasks.NewQueue(); err != nil {
		t.Fatal(err)
	}
	if g.site, err = tenancy.NewSite("http://fence.localhost:8080"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.super.Close(context.Background()) })
	for n := range companiesPerSeed {
		o := testkit.Org{ID: id.Derive(testkit.A.ID, "billingsim", fmt.Sprint(n)), Slug: fmt.Sprintf("company-%d", n)}
		err := g.InOrg(t, o, func(tx *pg.OrgTx) error {
			ends := tx.Now()
			_, err := tenancy.Found(tx, tenancy.Organization{Name: "Company " + fmt.Sprint(n), TimeZone: "America/Chicago", Plan: plan.Trial, PlanVersion: plan.CurrentVersion, TrialEndsAt: &ends},
				func(int) string { return o.Slug })
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		g.orgs = append(g.orgs, o)
	}
	return g
}

// clear forgets what a course left.
func (g *ground) clear(ctx context.Context) error {
	_, err := g.super.Exec(ctx, `TRUNCATE platform.billing_findings, platform.disputes, platform.charges, platform.billing_hints, platform.invoices, platform.subscriptions, platform.billing_customers, app.plan_acts, app.plan_notices, app.mails, app.seat_marks, tasks.river_job`)
	if err == nil {
		_, err = g.super.Exec(ctx, `DROP TRIGGER IF EXISTS by_event ON app.plan_notices`)
	}
	if err == nil {
		_, err = g.super.Exec(ctx, `UPDATE app.users SET deactivated_at = created_at WHERE email LIKE 'person-%' AND deactivated_at IS NULL`)
	}
	return err
}

// signUp is what sign-up writes of a company's trial.
func (g *ground) signUp(ctx context.Context, o testkit.Org, trialEnds time.Time) error {
	_, err := g.super.Exec(ctx, `UPDATE app.organizations SET trial_ends_at = $2 WHERE org_id = $1`, o.ID, trialEnds)
	return err
}
