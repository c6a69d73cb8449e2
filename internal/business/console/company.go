package console

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Company is everything that is known of one company without entering it.
type Company struct {
	Summary
	Usage         []Usage
	Overrides     []operator.Overridden
	Customers     []Customer
	Subscriptions []Subscription
	Invoices      []Invoice
	Disputes      []Dispute
	Findings      []Finding    // that are open
	Price         *AgreedPrice // what was agreed, of one on Enterprise
	Mail          Mail
	Trouble       []Task
	Former        []Host // addresses of before
	SignUp        SignUp
	People        int64
	Taken         bool // payments are taken at all
}

// Usage is how much of a metric is used.
type Usage struct {
	Metric    plan.Metric
	Used      int64
	PeriodEnd *time.Time // nil: it is a level
}

// Host is an address that the company had.
type Host struct {
	Host  string
	Kind  string // forward or tombstone
	Until *time.Time
}

// Customer is the company at the payment provider.
type Customer struct {
	ID         string
	Dirty      bool
	LastError  string
	Attempts   int
	DeadAt     *time.Time
	ReadAt     *time.Time
	GoneAt     *time.Time
	KnownSince time.Time
}

// Subscription is one that is mirrored.
type Subscription struct {
	ID          string
	CustomerID  string
	Status      plan.Status
	Plan        plan.Key
	PlanVersion int
	ExtraUsers  int64
	PeriodEnd   time.Time
	CreatedAt   time.Time
	EndedAt     *time.Time
}

// Invoice is one that is mirrored, and whether the bank asks the company's owner to confirm its payment.
type Invoice struct {
	ID            string
	CustomerID    string
	Number        string
	Status        string
	TotalCents    money.Cents
	OpenCents     money.Cents
	RefundedCents money.Cents // of what was paid
	Attempts      int64
	NextAttemptAt *time.Time
	CreatedAt     time.Time
	Confirm       bool
}

// Dispute is a bank that takes a payment of the company back.
type Dispute struct {
	ID          string
	CustomerID  string
	Invoice     string // its number; empty: of none that is known
	AmountCents int64  // in the currency's smallest unit
	TakenCents  int64  // that the bank has at present
	Currency    string
	Reason      string
	Status      billing.DisputeStatus
	AnswerBy    *time.Time
	CreatedAt   time.Time
}

// Mail is how the company's mails of the last 30 days fare, without to whom they go.
type Mail struct {
	Sent        int64
	Waiting     int64 // on their way
	Held        int64 // by a bound of the day or hour, or by the state of the plan
	Failing     int64
	QuotesToday int64 // that were sent
	LastError   string
	OldestAt    *time.Time // of those that fail
}

// AgreedPrice is what a company pays a month by agreement.
type AgreedPrice struct {
	ID           id.ID
	MonthlyCents money.Cents
	Price        string // at the payment provider; empty: not made yet
	AgreedBy     string
	AgreedAt     time.Time
}

// Company reads one company.
func (s *Service) Company(ctx context.Context, org id.ID) (c Company, err error) {
	if c.Summary, err = s.summary(ctx, org); err != nil {
		return c, err
	}
	c.Taken = s.Payments != nil
	for _, read := range []func(context.Context, *Company) error{s.usage, s.payments, s.findings, s.price, s.mail, s.hosts, s.signUp} {
		if err := read(ctx, &c); err != nil {
			return c, err
		}
	}
	if c.Overrides, err = s.Operators.OverridesOf(ctx, org); err != nil {
		return c, err
	}
	c.Trouble, err = s.Trouble(ctx, TroubleFilter{Org: &org})
	return c, err
}

func (s *Service) usage(ctx context.Context, c *Company) (err error) {
	c.Usage, err = pg.SystemRows[Usage](ctx, s.System, `SELECT u.metric, CASE WHEN u.period_end <= platform.now() THEN 0 ELSE u.used END AS used, u.period_end
		FROM platform.organization_usage u WHERE u.org_id = $1`, c.ID)
	for _, u := range c.Usage {
		if u.Metric == plan.Users {
			c.People = u.Used
		}
	}
	return err
}

// Used is how much of a metric is used.
func (c Company) Used(m plan.Metric) Usage {
	for _, u := range c.Usage {
		if u.Metric == m {
			return u
		}
	}
	return Usage{Metric: m}
}

const invoicesShown = 24

func (s *Service) payments(ctx context.Context, c *Company) (err error) {
	c.Customers, err = pg.SystemRows[Customer](ctx, s.System, `SELECT b.id, b.wanted > b.done AS dirty, b.last_error, b.attempts, b.dead_at, b.read_at, b.gone_at, b.known_since
		FROM platform.billing_customers b WHERE b.org_id = $1 ORDER BY b.known_since, b.id`, c.ID)
	if err != nil {
		return err
	}
	for i := range c.Customers {
		c.Customers[i].LastError = masked(c.Customers[i].LastError)
	}
	c.Subscriptions, err = pg.SystemRows[Subscription](ctx, s.System, `SELECT s.id, s.customer_id, s.status, s.plan, s.plan_version, s.extra_users, s.period_end, s.created_at, s.ended_at
		FROM platform.subscriptions s JOIN platform.billing_customers b ON b.id = s.customer_id WHERE b.org_id = $1 ORDER BY s.created_at DESC, s.id`, c.ID)
	if err != nil {
		return err
	}
	c.Invoices, err = pg.SystemRows[Invoice](ctx, s.System, `SELECT i.id, i.customer_id, i.number, i.status, i.total_cents, i.open_cents, i.attempts, i.next_attempt_at, i.created_at,
			coalesce((SELECT sum(h.refunded_cents) FROM platform.charges h WHERE h.invoice_id = i.id), 0)::bigint AS refunded_cents,
			i.status = 'open' AND i.asks_person AS confirm
		FROM platform.invoices i JOIN platform.billing_customers b ON b.id = i.customer_id WHERE b.org_id = $1 ORDER BY i.created_at DESC, i.id LIMIT $2`, c.ID, invoicesShown)
	if err != nil {
		return err
	}
	c.Disputes, err = pg.SystemRows[Dispute](ctx, s.System, `SELECT d.id, d.customer_id, coalesce(i.number, '') AS invoice, d.amount_cents, d.taken_cents, d.currency, d.reason, d.status, d.answer_by, d.created_at
		FROM platform.disputes d JOIN platform.billing_customers b ON b.id = d.customer_id LEFT JOIN platform.charges h ON h.id = d.charge_id LEFT JOIN platform.invoices i ON i.id = h.invoice_id
		WHERE b.org_id = $1 ORDER BY d.created_at DESC, d.id`, c.ID)
	return err
}

func (s *Service) price(ctx context.Context, c *Company) error {
	found, err := pg.SystemRows[AgreedPrice](ctx, s.System, `SELECT p.id, p.monthly_cents, p.price, p.agreed_by, p.agreed_at FROM platform.agreed_prices p WHERE p.org_id = $1 AND p.ended_at IS NULL`, c.ID)
	if len(found) > 0 {
		c.Price = &found[0]
	}
	return err
}

// mailSQL tells mails apart by their task: one that waits for a time to come is held, one that failed or has none fails.
const mailSQL = `WITH m AS (
	SELECT m.kind, m.created_at, m.sent_at, j.state, j.error
	FROM platform.mails m LEFT JOIN LATERAL (
		SELECT t.state::text AS state, coalesce(t.errors[array_upper(t.errors, 1)] ->> 'error', '') AS error FROM tasks.river_job t
		WHERE m.sent_at IS NULL AND t.kind = 'send_mail' AND t.args @> jsonb_build_object('org_id', m.org_id::text, 'mail_id', m.id::text)
		ORDER BY t.finalized_at IS NULL DESC, t.id DESC LIMIT 1) j ON true
	WHERE m.org_id = $1 AND m.created_at > platform.now() - interval '30 days'),
told AS (
	SELECT m.*, m.sent_at IS NULL AND m.state = 'scheduled' AS held, m.sent_at IS NULL AND coalesce(m.state, 'none') IN ('retryable', 'discarded', 'cancelled', 'none') AS failing FROM m)
SELECT count(*) FILTER (WHERE sent_at IS NOT NULL) AS sent, count(*) FILTER (WHERE held) AS held, count(*) FILTER (WHERE failing) AS failing,
	count(*) FILTER (WHERE sent_at IS NULL AND NOT held AND NOT failing) AS waiting,
	count(*) FILTER (WHERE kind = 'quote_sent' AND sent_at >= date_trunc('day', platform.now() AT TIME ZONE $2) AT TIME ZONE $2) AS quotes_today,
	coalesce((array_agg(error ORDER BY created_at DESC) FILTER (WHERE failing AND error <> ''))[1], '') AS last_error,
	min(created_at) FILTER (WHERE failing) AS oldest_at
FROM told`

func (s *Service) mail(ctx context.Context, c *Company) (err error) {
	c.Mail, err = pg.SystemOne[Mail](ctx, s.System, mailSQL, c.ID, c.Zone().String())
	c.Mail.LastError = masked(c.Mail.LastError)
	return err
}

func (s *Service) hosts(ctx context.Context, c *Company) (err error) {
	c.Former, err = pg.SystemRows[Host](ctx, s.System, `SELECT h.host, h.kind, h.until FROM platform.hosts h WHERE h.org_id = $1 AND h.kind <> 'primary' ORDER BY h.created_at DESC, h.host`, c.ID)
	return err
}
