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
}

func newGround(t *testing.T) *ground {
	t.Helper()
	g := &ground{Database: testkit.NewDatabase(t)}
	g.super = g.Superuser(t)
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
	_, err := g.super.Exec(ctx, `TRUNCATE platform.billing_findings, platform.billing_hints, platform.invoices, platform.subscriptions, platform.billing_customers, app.plan_acts, app.seat_marks`)
	return err
}

// signUp is what sign-up writes of a company's trial.
func (g *ground) signUp(ctx context.Context, o testkit.Org, trialEnds time.Time) error {
	_, err := g.super.Exec(ctx, `UPDATE app.organizations SET trial_ends_at = $2 WHERE org_id = $1`, o.ID, trialEnds)
	return err
}
