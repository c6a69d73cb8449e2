package console

import (
	"context"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Summary is what schema platform knows of a company.
type Summary struct {
	ID                   id.ID `db:"org_id"`
	Host                 string
	Name                 string
	Plan                 plan.Key
	PlanVersion          int
	TrialEndsAt          *time.Time
	TimeZone             string
	CreatedAt            time.Time
	LastActiveAt         *time.Time
	SecondFactorRequired bool
	SignOnOnly           bool
	OwnerConfirmed       bool
	Standing             tenancy.PlanStanding
	Now                  time.Time
}

const summarySQL = `SELECT o.org_id, coalesce(h.host, '') AS host, o.name, o.plan, o.plan_version, o.trial_ends_at, o.time_zone, o.created_at, o.last_active_at,
		o.second_factor_required, o.sign_on_only, EXISTS (SELECT FROM platform.owners w WHERE w.org_id = o.org_id AND w.confirmed_at IS NOT NULL) AS owner_confirmed,
		platform.standing_of(o.org_id) AS standing, platform.now() AS now
	FROM platform.organizations o LEFT JOIN platform.hosts h ON h.org_id = o.org_id AND h.kind = 'primary'`

// Entitlements are what the company may do, from the same facts and by the same function as in its own requests.
func (s Summary) Entitlements() plan.Entitlements {
	o := tenancy.Organization{Plan: s.Plan, PlanVersion: s.PlanVersion, TrialEndsAt: s.TrialEndsAt, Standing: s.Standing}
	return plan.Derive(o.PlanFacts(), s.Now)
}

// Zone is the company's time zone.
func (s Summary) Zone() *time.Location { return tenancy.Organization{TimeZone: s.TimeZone}.Zone() }

// Summaries are one page of companies, the newest first. Next is empty on the last.
type Summaries struct {
	Summaries []Summary
	Next      string
}

// query is what was typed into the one box, told apart by its form.
type query struct {
	org     *id.ID
	payment string // a number of the payment provider: of a customer, a subscription, an invoice, a payment or a dispute
	email   string // whole; only its hash is known here
	text    string // a part of the name or of an address
}

func (s *Service) read(typed string) (q query) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	for _, prefix := range []string{"cus_", "sub_", "in_", "ch_", "pi_", "du_", "dp_"} {
		if strings.HasPrefix(typed, prefix) {
			return query{payment: typed}
		}
	}
	if org, err := id.Parse(typed); err == nil {
		return query{org: &org}
	}
	if strings.Contains(typed, "@") {
		return query{email: typed}
	}
	return query{text: s.label(typed)}
}

// label is the part of a typed address that names a company; anything else stays as it is.
func (s *Service) label(typed string) string {
	if _, after, found := strings.Cut(typed, "://"); found {
		typed = after
	}
	typed, _, _ = strings.Cut(typed, "/")
	host, _, _ := strings.Cut(typed, ":")
	if label, found := strings.CutSuffix(host, "."+s.Site.Base()); found {
		return label
	}
	return typed
}

// Find lists companies: all, or those that fit what was typed. Numbers of the payment provider are told apart by their
// letters' size too, so they are looked for as they stand there.
func (s *Service) Find(ctx context.Context, typed, after string) (Summaries, error) {
	at, last, err := pg.ReadCursor(after)
	if err != nil {
		return Summaries{}, err
	}
	q := s.read(typed)
	got, err := pg.SystemRows[Summary](ctx, s.System, summarySQL+` WHERE ($1::uuid IS NULL OR o.org_id = $1)
			AND ($2 = '' OR o.org_id IN (SELECT c.org_id FROM platform.billing_customers c WHERE lower(c.id) = $2
				OR EXISTS (SELECT FROM platform.subscriptions b WHERE b.customer_id = c.id AND lower(b.id) = $2)
				OR EXISTS (SELECT FROM platform.invoices i WHERE i.customer_id = c.id AND lower(i.id) = $2)
				OR EXISTS (SELECT FROM platform.charges h WHERE h.customer_id = c.id AND (lower(h.id) = $2 OR lower(h.intent) = $2))
				OR EXISTS (SELECT FROM platform.disputes d WHERE d.customer_id = c.id AND lower(d.id) = $2)))
			AND ($3 = '' OR h.host IN (SELECT f.host FROM platform.find_companies($3) f))
			AND ($4 = '' OR strpos(lower(o.name), $4) > 0 OR EXISTS (SELECT FROM platform.hosts x WHERE x.org_id = o.org_id AND strpos(x.host, $4) > 0))
			AND ($5::timestamptz IS NULL OR (o.created_at, o.org_id) < ($5, $6))
		ORDER BY o.created_at DESC, o.org_id DESC LIMIT $7`, q.org, q.payment, q.email, q.text, at, last, pageSize+1)
	page := Summaries{Summaries: got}
	if len(got) > pageSize {
		page.Summaries = got[:pageSize]
		page.Next = pg.Cursor(got[pageSize-1].CreatedAt, got[pageSize-1].ID)
	}
	return page, err
}

// Count is how many companies there are.
func (s *Service) Count(ctx context.Context) (int64, error) {
	n, err := pg.SystemOne[struct{ Count int64 }](ctx, s.System, `SELECT count(*) AS count FROM platform.organizations`)
	return n.Count, err
}

// summary is one company's.
func (s *Service) summary(ctx context.Context, org id.ID) (Summary, error) {
	return pg.SystemOne[Summary](ctx, s.System, summarySQL+` WHERE o.org_id = $1`, org)
}
