package console

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SignUp is how far a new company has come.
type SignUp struct {
	CreatedAt   time.Time
	Source      string // where it came from
	NotedAt     *time.Time
	CustomerAt  *time.Time // at the payment provider
	WelcomedAt  *time.Time // when the first mail left
	ConfirmedAt *time.Time // an owner's address
	ActiveAt    *time.Time
	Quotes      int64
	Trouble     []string // kinds of its tasks that are in trouble
}

// StepState is how a step of a sign-up stands.
type StepState string

// Stuck is a step that waits for a task in trouble, or for longer than it ever takes.
const (
	Done    StepState = "done"
	Waits   StepState = "waits"
	Stuck   StepState = "stuck"
	NotOurs StepState = "not_ours" // for the company to do
)

// Step is one of a sign-up.
type Step struct {
	Name  string
	State StepState
	At    *time.Time
	Say   string // what it waits for
}

// takesMinutes is how long the steps take that need nobody.
const takesMinutes = 10 * time.Minute

// Steps are those of the sign-up in their order. taken tells that payments are.
func (u SignUp) Steps(taken bool, now time.Time) []Step {
	ours := func(name, kind, waits string, at *time.Time) Step {
		step := Step{Name: name, State: Done, At: at}
		if at == nil {
			step.State, step.Say = Waits, waits
			for _, k := range u.Trouble {
				if k == kind {
					step.State, step.Say = Stuck, "Its task fails: see stuck work."
				}
			}
			if step.State == Waits && now.Sub(u.CreatedAt) > takesMinutes {
				step.State, step.Say = Stuck, "It takes seconds, and has not happened."
			}
		}
		return step
	}
	theirs := func(name, waits string, at *time.Time) Step {
		if at == nil {
			return Step{Name: name, State: NotOurs, Say: waits}
		}
		return Step{Name: name, State: Done, At: at}
	}
	steps := []Step{{Name: "Company made", State: Done, At: &u.CreatedAt}, ours("Sign-up noted", "record_sign_up", "A task notes it.", u.NotedAt)}
	if taken {
		steps = append(steps, ours("Customer made at Stripe", "billing_open_account", "A task makes it.", u.CustomerAt))
	}
	steps = append(steps, ours("First mail sent", "send_mail", "A task sends it.", u.WelcomedAt),
		theirs("Address confirmed", "The owner has not opened the link in the mail.", u.ConfirmedAt))
	first := Step{Name: "First quote", State: NotOurs, Say: "None yet."}
	if u.Quotes > 0 {
		first = Step{Name: "First quote", State: Done}
	}
	return append(steps, first)
}

// StuckStep is the first one that is stuck, if any is.
func (u SignUp) StuckStep(taken bool, now time.Time) (Step, bool) {
	for _, step := range u.Steps(taken, now) {
		if step.State == Stuck {
			return step, true
		}
	}
	return Step{}, false
}

const signUpColumns = `o.created_at, coalesce(u.utm_source, '') AS source, u.at AS noted_at,
	(SELECT min(b.known_since) FROM platform.billing_customers b WHERE b.org_id = o.org_id) AS customer_at,
	(SELECT min(m.sent_at) FROM platform.mails m WHERE m.org_id = o.org_id) AS welcomed_at,
	(SELECT min(w.confirmed_at) FROM platform.owners w WHERE w.org_id = o.org_id) AS confirmed_at, o.last_active_at AS active_at,
	coalesce((SELECT g.used FROM platform.organization_usage g WHERE g.org_id = o.org_id AND g.metric = 'quotes'), 0) AS quotes,
	coalesce((SELECT array_agg(DISTINCT j.kind) FROM tasks.river_job j WHERE j.args @> jsonb_build_object('org_id', o.org_id::text) AND ` + troubledSQL + `), '{}') AS trouble`

func (s *Service) signUp(ctx context.Context, c *Company) (err error) {
	c.SignUp, err = pg.SystemOne[SignUp](ctx, s.System, `SELECT `+signUpColumns+` FROM platform.organizations o LEFT JOIN platform.sign_ups u ON u.org_id = o.org_id WHERE o.org_id = $2`, lateAfter, c.ID)
	return err
}

// SignedUp is a line of recent sign-ups.
type SignedUp struct {
	OrgID id.ID
	Name  string
	Host  string
	SignUp
}

// SignUps are one page of sign-ups, the newest first.
type SignUps struct {
	Lines []SignedUp
	Next  string
	Now   time.Time
}

// SignUps lists who signed up.
func (s *Service) SignUps(ctx context.Context, after string) (SignUps, error) {
	at, last, err := pg.ReadCursor(after)
	if err != nil {
		return SignUps{}, err
	}
	got, err := pg.SystemRows[SignedUp](ctx, s.System, `SELECT o.org_id, o.name, coalesce(h.host, '') AS host, `+signUpColumns+`
		FROM platform.organizations o LEFT JOIN platform.hosts h ON h.org_id = o.org_id AND h.kind = 'primary' LEFT JOIN platform.sign_ups u ON u.org_id = o.org_id
		WHERE ($2::timestamptz IS NULL OR (o.created_at, o.org_id) < ($2, $3)) ORDER BY o.created_at DESC, o.org_id DESC LIMIT $4`, lateAfter, at, last, pageSize+1)
	if err != nil {
		return SignUps{}, err
	}
	page := SignUps{Lines: got}
	if len(got) > pageSize {
		page.Lines = got[:pageSize]
		page.Next = pg.Cursor(got[pageSize-1].CreatedAt, got[pageSize-1].OrgID)
	}
	page.Now, err = s.now(ctx)
	return page, err
}

// now is the platform's time.
func (s *Service) now(ctx context.Context) (time.Time, error) {
	n, err := pg.SystemOne[struct{ Now time.Time }](ctx, s.System, `SELECT platform.now() AS now`)
	return n.Now, err
}

// FunnelStep is how many companies came as far as one product event. Detail tells first steps apart.
type FunnelStep struct {
	Event     string
	Detail    string
	Companies int64
}

// funnelOver is how long ago the companies that are counted signed up at most.
const funnelOver = 30 * 24 * time.Hour

// Funnel counts how far the companies of the last 30 days have come. Those that want nothing noted are in none of it.
func (s *Service) Funnel(ctx context.Context) ([]FunnelStep, error) {
	return pg.SystemRows[FunnelStep](ctx, s.System, `SELECT e.event, CASE e.event WHEN 'checklist_step_done' THEN e.detail ELSE '' END AS detail, count(DISTINCT e.org_id) AS companies
		FROM platform.organizations o JOIN platform.product_events e ON e.org_id = o.org_id WHERE o.created_at > platform.now() - $1::interval GROUP BY 1, 2`, funnelOver)
}
