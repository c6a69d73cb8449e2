package tenancy

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/mint"
)

// Organization is a company that uses the product.
type Organization struct {
	ID            id.ID        `db:"org_id" json:"id"`
	Slug          string       `db:"slug" json:"slug"`
	Name          string       `db:"name" json:"name"`
	TimeZone      string       `db:"time_zone" json:"time_zone"`
	ZIP           string       `db:"zip" json:"zip"`
	Phone         string       `db:"phone" json:"phone"`
	Email         string       `db:"email" json:"email"`
	Street        string       `db:"street" json:"street"`
	City          string       `db:"city" json:"city"`
	State         string       `db:"state" json:"state"`
	LicenseNumber string       `db:"license_number" json:"license_number"`
	BrandColor    string       `db:"brand_color" json:"brand_color"`
	Plan          plan.Key     `db:"plan" json:"plan"`
	PlanVersion   int          `db:"plan_version" json:"plan_version"`
	TrialEndsAt   *time.Time   `db:"trial_ends_at" json:"trial_ends_at"`
	PeriodAnchor  time.Time    `db:"period_anchor" json:"period_anchor"`
	PeriodSince   *time.Time   `db:"period_since" json:"-"` // the calendar of before is in the next three
	FormerAnchor  *time.Time   `db:"former_anchor" json:"-"`
	FormerZone    *string      `db:"former_zone" json:"-"`
	FormerSince   *time.Time   `db:"former_since" json:"-"`
	CreatedAt     time.Time    `db:"created_at" json:"created_at"`
	Version       int          `db:"version" json:"version"`
	Standing      PlanStanding `db:"standing" json:"-"`
	Warnings      []Warning    `db:"warnings" json:"-"` // of use, lately

	NoProductEvents bool `db:"no_product_events" json:"no_product_events"` // nothing is noted of how it comes along
}

// Warning is a share of a limit that was reached in a period; package usage writes them.
type Warning struct {
	Metric      plan.Metric `json:"metric"`
	PeriodStart time.Time   `json:"period_start"`
	Percent     int         `json:"percent"`
	Limit       int64       `json:"limit"`
}

// Warned are the metrics of which little is left in the present period, with the share that was reached. A limit that
// is another by now was not reached.
func (a Actor) Warned(now time.Time) map[plan.Metric]int {
	e, start := a.Entitlements(now), a.Org.Period(now).Start
	reached := map[plan.Metric]int{}
	for _, w := range a.Org.Warnings {
		if w.PeriodStart.Equal(start) && !w.Metric.Level() && w.Limit == e.Limit(w.Metric) {
			reached[w.Metric] = max(reached[w.Metric], w.Percent)
		}
	}
	return reached
}

// organizationSQL reads the organization entered, whose id is parameter $1. What was warned of is for who is shown pages.
const organizationSQL = organizationColumns + `,
	(SELECT jsonb_agg(jsonb_build_object('metric', w.metric, 'period_start', w.period_start, 'percent', w.percent, 'limit', w.limited_to))
		FROM app.usage_warnings w WHERE w.org_id = $1 AND w.at > app.now() - interval '40 days') AS warnings
	FROM app.organizations WHERE org_id = $1`

const organizationColumns = `SELECT org_id, slug, name, time_zone, zip, phone, email, street, city, state, license_number, brand_color, no_product_events,
	plan, plan_version, trial_ends_at, period_anchor, period_since, former_anchor, former_zone, former_since, created_at, version,
	platform.plan_standing() AS standing`

// PlanFacts are what entitlements are derived from.
func (o Organization) PlanFacts() plan.Facts {
	f := plan.Facts{Plan: o.Plan, Version: o.PlanVersion}
	if o.TrialEndsAt != nil {
		f.TrialEndsAt = *o.TrialEndsAt
	}
	o.Standing.lay(&f)
	return f
}

// Zone is the organization's time zone.
func (o Organization) Zone() *time.Location { return zoneOf(o.TimeZone) }

// zones are those that were read from the zone database, by name: each request asks for one.
var zones sync.Map

// zoneOf finds a zone. A name that the zone database no longer knows is UTC.
func zoneOf(name string) *time.Location {
	if z, known := zones.Load(name); known {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, z)
	return z
}

// Period is the billing period in which what happens at now is counted.
func (o Organization) Period(now time.Time) plan.Period { return o.calendar().At(now) }

// calendar is how the organization's billing periods run.
func (o Organization) calendar() plan.Calendar {
	c := plan.Calendar{Anchor: o.PeriodAnchor, Zone: o.Zone()}
	if o.PeriodSince == nil {
		return c
	}
	c.Since, c.Before = *o.PeriodSince, &plan.Calendar{Anchor: *o.FormerAnchor, Zone: zoneOf(*o.FormerZone)}
	if o.FormerSince != nil {
		c.Before.Since = *o.FormerSince
	}
	return c
}

// Moved is the organization in another time zone from now on. Its billing periods follow from the next one.
func (o Organization) Moved(zone string, now time.Time) Organization {
	if zone == o.TimeZone {
		return o
	}
	c := o.calendar().In(zoneOf(zone), now)
	former := o.TimeZone
	if o.PeriodSince != nil && now.Before(*o.PeriodSince) { // a move that was to come is made elsewhere
		former = *o.FormerZone
	}
	o.TimeZone, o.PeriodSince, o.FormerAnchor, o.FormerZone, o.FormerSince = zone, &c.Since, &c.Before.Anchor, &former, nil
	if !c.Before.Since.IsZero() {
		o.FormerSince = &c.Before.Since
	}
	return o
}

// QueueOrganization reads the organization with other statements of one round trip.
func QueueOrganization(r *pg.Reading, t pg.Tenant, dst *Organization) {
	pg.One(r, dst, organizationSQL, t.Org())
}

// LockOrganization reads the organization for a change, so that two changes follow each other.
func LockOrganization(tx *pg.OrgTx) (Organization, error) {
	return pg.CollectOne[Organization](tx, organizationColumns+`, NULL AS warnings FROM app.organizations WHERE org_id = $1 FOR UPDATE`, tx.Tenant().Org())
}

// InTask is the platform acting for an organization, in a task that names it.
func InTask(ctx context.Context, db *pg.DB, org id.ID) (Actor, error) {
	t := mint.Tenant(org)
	a := Actor{Kind: Platform, Name: "Fence Platform", Role: "platform", tenant: t, allowed: Permissions}
	_, err := db.Read(ctx, t, func(r *pg.Reading) { QueueOrganization(r, t, &a.Org) })
	return a, err
}

// Reread is the actor with the organization as it is now, for who waits for what others write.
func Reread(ctx context.Context, db *pg.DB, a Actor) (Actor, error) {
	_, err := db.Read(ctx, a.tenant, func(r *pg.Reading) { QueueOrganization(r, a.tenant, &a.Org) })
	return a, err
}

// Founding is the platform making a new organization: the only actor whose organization does not exist yet.
func Founding(org id.ID) Actor {
	return Actor{Kind: Platform, Name: "Sign-up", Role: "platform", tenant: mint.Tenant(org), Org: Organization{ID: org}, allowed: Permissions}
}

// insertOrganization writes the row of a new organization.
func insertOrganization(tx *pg.OrgTx, o Organization) error {
	_, err := tx.Exec(`INSERT INTO app.organizations (org_id, slug, name, time_zone, zip, phone, email, street, city, state,
			license_number, brand_color, plan, plan_version, trial_ends_at, period_anchor, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		o.ID, o.Slug, o.Name, o.TimeZone, o.ZIP, o.Phone, o.Email, o.Street, o.City, o.State,
		o.LicenseNumber, o.BrandColor, o.Plan, o.PlanVersion, o.TrialEndsAt, o.PeriodAnchor, o.CreatedAt)
	return err
}

// Found claims the first free host of candidates and writes the organization's row, its counters' rows and
// the operator's summary. It returns the organization with the name it got.
func Found(tx *pg.OrgTx, o Organization, candidates func(attempt int) string) (Organization, error) {
	for attempt := 0; ; attempt++ {
		o.Slug = candidates(attempt)
		var claimed bool
		if err := tx.QueryRow("SELECT platform.claim_host($1)", o.Slug).Scan(&claimed); err != nil {
			return Organization{}, err
		}
		if claimed {
			break
		}
	}
	o.ID, o.CreatedAt, o.PeriodAnchor, o.Version = tx.Tenant().Org(), tx.Now(), tx.Now(), 1
	if err := insertOrganization(tx, o); err != nil {
		return Organization{}, err
	}
	err := tx.Together(func(b *pgx.Batch) {
		b.Queue("SELECT platform.summarize_organization($1, $2, $3)", o.Name, o.Plan, o.TrialEndsAt)
		b.Queue("INSERT INTO app.audit_heads (org_id) VALUES ($1)", o.ID)
	})
	return o, err
}
