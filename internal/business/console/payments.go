package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

func errNotTaken() error {
	return fault.New(fault.Conflict, "payments-not-taken", "This installation takes no payments.")
}

// FetchAgain has all of a company read anew at the provider: its customers are dirty from now on.
func (s *Service) FetchAgain(ctx context.Context, by operator.Doer, org id.ID) error {
	if s.Payments == nil {
		return errNotTaken()
	}
	c, err := s.Company(ctx, org)
	if err != nil {
		return err
	}
	if len(c.Customers) == 0 {
		return fault.New(fault.Conflict, "no-billing-customer", "Stripe has no customer for this company. Make it first.")
	}
	if err := s.log(ctx, by, org, "payments.fetched", "", nil); err != nil {
		return err
	}
	for _, customer := range c.Customers {
		if err := s.Payments.Mirror.ReadAgain(ctx, customer.ID); err != nil {
			return err
		}
	}
	return nil
}

// MakeCustomer has the task done again that makes the company a customer at the provider. One that is there stays the one.
func (s *Service) MakeCustomer(ctx context.Context, by operator.Doer, org id.ID) error {
	if s.Payments == nil {
		return errNotTaken()
	}
	if _, err := s.summary(ctx, org); err != nil {
		return err
	}
	if err := s.log(ctx, by, org, "customer.asked", "", nil); err != nil {
		return err
	}
	return tasks.EnqueueAll(ctx, s.System, []billing.OpenAccount{{OrgID: org}})
}

// log writes a line of the operators' log, for deeds that are no row of ours.
func (s *Service) log(ctx context.Context, by operator.Doer, org id.ID, action, reason string, of any) error {
	facts, err := operator.Facts(of)
	if err != nil {
		return err
	}
	var about *id.ID
	if org != id.Nil {
		about = &org
	}
	err = pg.SystemExec(ctx, s.System, `INSERT INTO platform.operator_log (id, org_id, operator_id, by_name, action, reason, facts, at) VALUES ($1, $2, $3, $4, $5, $6, coalesce(nullif($7::jsonb, 'null'), '{}'), platform.now())`,
		by.ActID(), about, by.OperatorID(), by.Name, action, reason, facts)
	if operator.Repeated(err) {
		return nil // what it says is done again, which changes nothing
	}
	return err
}

// Beside is what is mirrored of a customer and what the provider says at this moment.
type Beside struct {
	Customer Customer
	Here     billing.Snapshot
	There    billing.Snapshot
	Failed   string // why the provider could not be asked; There is empty then
}

// askWithin bounds what an operator waits for the provider.
const askWithin = 8 * time.Second

// Besides asks the provider for every customer of the company, with no transaction open.
func (s *Service) Besides(ctx context.Context, c Company) ([]Beside, error) {
	if s.Payments == nil {
		return nil, nil
	}
	var all []Beside
	for _, customer := range c.Customers {
		b := Beside{Customer: customer, Here: c.mirrored(customer.ID)}
		ask, cancel := context.WithTimeout(ctx, askWithin)
		there, err := s.Payments.Provider.Snapshot(ask, billing.Question{Customer: customer.ID})
		cancel()
		if b.There = c.shown(there); err != nil {
			s.Log.Warn("payments could not be compared", "customer", customer.ID, "error", err)
			b.There, b.Failed = billing.Snapshot{}, "Stripe did not answer. What is here is of the last reading."
		}
		all = append(all, b)
	}
	return all, nil
}

// shown is a snapshot without the invoices that are older than those that the company's page has.
func (c Company) shown(s billing.Snapshot) billing.Snapshot {
	if len(c.Invoices) == invoicesShown {
		oldest := c.Invoices[invoicesShown-1].CreatedAt
		s.Invoices = slices.DeleteFunc(slices.Clone(s.Invoices), func(i billing.Invoice) bool { return i.CreatedAt.Before(oldest) })
	}
	return s
}

// mirrored is what is known here of a customer, as a snapshot.
func (c Company) mirrored(customer string) billing.Snapshot {
	var s billing.Snapshot
	for _, sub := range c.Subscriptions {
		if sub.CustomerID == customer {
			s.Subscriptions = append(s.Subscriptions, plan.Subscription{ID: sub.ID, Status: sub.Status, Plan: sub.Plan, Version: sub.PlanVersion, PeriodEnd: sub.PeriodEnd})
		}
	}
	for _, i := range c.Invoices {
		if i.CustomerID == customer {
			s.Invoices = append(s.Invoices, billing.Invoice{ID: i.ID, Number: i.Number, Status: billing.InvoiceStatus(i.Status), Currency: billing.Currency, TotalCents: i.TotalCents, OpenCents: i.OpenCents})
		}
	}
	for _, d := range c.Disputes {
		if d.CustomerID == customer {
			s.Disputes = append(s.Disputes, billing.Dispute{ID: d.ID, Status: d.Status})
		}
	}
	return s
}

// PriceInput is what a company on Enterprise is to pay a month.
type PriceInput struct {
	Monthly money.Cents
	Reason  string
	By      operator.Doer
}

// Agree writes the price down and makes it at the provider. When the provider is away it stays written down, and
// MakePrice tries again.
func (s *Service) Agree(ctx context.Context, org id.ID, in PriceInput) error {
	if s.Payments == nil {
		return errNotTaken()
	}
	var p fault.Problems
	in.Reason = reasonOf(in.Reason, &p)
	if in.Monthly < 100 || in.Monthly > 100_000_000 {
		p.Add("/monthly", "A price is between $1 and $1,000,000 a month.")
	}
	if err := p.Err(); err != nil {
		return err
	}
	if _, err := s.summary(ctx, org); err != nil {
		return err
	}
	facts, err := operator.Facts(map[string]int64{"monthly_cents": int64(in.Monthly)})
	if err != nil {
		return err
	}
	err = pg.SystemExec(ctx, s.System, `
WITH former AS (UPDATE platform.agreed_prices p SET ended_at = platform.now() WHERE p.org_id = $1 AND p.ended_at IS NULL RETURNING 1),
logged AS (
	INSERT INTO platform.operator_log (id, org_id, operator_id, by_name, action, reason, facts, at) VALUES ($5, $1, $6, $4, 'price.agreed', $7, $8, platform.now()))
INSERT INTO platform.agreed_prices (org_id, id, monthly_cents, agreed_by, agreed_at) SELECT $1, $2, $3, $4, platform.now() FROM (SELECT count(*) FROM former) AS first`,
		org, id.New(), int64(in.Monthly), in.By.Name, in.By.ActID(), in.By.OperatorID(), in.Reason, facts)
	if operator.Repeated(err) {
		return s.MakePrice(ctx, org)
	}
	if pg.Violates(err, "agreed_prices_one") {
		return fault.New(fault.Conflict, "agreed-meanwhile", "Somebody else agreed a price a moment ago.")
	}
	if err != nil {
		return err
	}
	return s.MakePrice(ctx, org)
}

// MakePrice makes the agreed price at the provider, outside of any transaction. It may be called again after any failure:
// the same company and amount are the same price there.
func (s *Service) MakePrice(ctx context.Context, org id.ID) error {
	if s.Payments == nil {
		return errNotTaken()
	}
	agreed, err := pg.SystemOne[AgreedPrice](ctx, s.System, `SELECT p.id, p.monthly_cents, p.price, p.agreed_by, p.agreed_at FROM platform.agreed_prices p WHERE p.org_id = $1 AND p.ended_at IS NULL`, org)
	if err != nil || agreed.Price != "" {
		return err
	}
	price, err := s.Payments.Pricer.AgreedPrice(ctx, org, agreed.MonthlyCents)
	if err != nil {
		s.Log.Warn("an agreed price could not be made", "org", org, "error", err)
		return fault.New(fault.Unavailable, "price-not-made", "The price is written down. Stripe did not take it: make it there once it answers.").Because(err)
	}
	return pg.SystemExec(ctx, s.System, `UPDATE platform.agreed_prices p SET price = $3 WHERE p.org_id = $1 AND p.id = $2`, org, agreed.ID, price)
}

// Hint is a webhook that was believed, without what it carried.
type Hint struct {
	ID         string
	Type       string
	CustomerID *string
	ObjectID   string
	OrgID      *id.ID
	Company    string
	CreatedAt  time.Time
	ReceivedAt time.Time
}

// Inbox is what came from the provider lately.
type Inbox struct {
	Hints    []Hint
	Next     string
	Day      int64 // received within 24 hours
	Newest   *time.Time
	Dirty    int64 // customers about whom there are hints that nobody followed up yet
	Dead     int64 // customers that were given up
	Unknown  []Customer
	Refused  map[string]int64
	AskedFor bool // payments are taken
}

// unknownShown is how many customers of nobody are listed.
const unknownShown = 20

// Inbox reads one page of the webhooks, the newest first, and how the mirror stands.
func (s *Service) Inbox(ctx context.Context, after string) (box Inbox, err error) {
	at, last, err := readHintCursor(after)
	if err != nil {
		return box, err
	}
	if box.Hints, err = pg.SystemRows[Hint](ctx, s.System, `SELECT b.id, b.type, b.customer_id, b.object_id, c.org_id, coalesce(o.name, '') AS company, b.created_at, b.received_at
		FROM platform.billing_hints b LEFT JOIN platform.billing_customers c ON c.id = b.customer_id LEFT JOIN platform.organizations o ON o.org_id = c.org_id
		WHERE $1::timestamptz IS NULL OR (b.received_at, b.id) < ($1, $2) ORDER BY b.received_at DESC, b.id DESC LIMIT $3`, at, last, pageSize+1); err != nil {
		return box, err
	}
	if len(box.Hints) > pageSize {
		box.Hints = box.Hints[:pageSize]
		end := box.Hints[pageSize-1]
		box.Next = end.ReceivedAt.UTC().Format(time.RFC3339Nano) + "," + end.ID
	}
	type counts struct {
		Day, Dirty, Dead int64
		Newest           *time.Time
	}
	n, err := pg.SystemOne[counts](ctx, s.System, `SELECT (SELECT count(*) FROM platform.billing_hints b WHERE b.received_at > clock_timestamp() - interval '24 hours') AS day,
		(SELECT max(b.received_at) FROM platform.billing_hints b) AS newest,
		(SELECT count(*) FROM platform.billing_customers c WHERE c.wanted > c.done AND c.dead_at IS NULL) AS dirty, (SELECT count(*) FROM platform.billing_customers c WHERE c.dead_at IS NOT NULL) AS dead`)
	if err != nil {
		return box, err
	}
	box.Day, box.Dirty, box.Dead, box.Newest = n.Day, n.Dirty, n.Dead, n.Newest
	box.Unknown, err = pg.SystemRows[Customer](ctx, s.System, `SELECT b.id, b.wanted > b.done AS dirty, b.last_error, b.attempts, b.dead_at, b.read_at, b.gone_at, b.known_since
		FROM platform.billing_customers b WHERE b.org_id IS NULL ORDER BY b.known_since DESC, b.id LIMIT $1`, unknownShown)
	if box.AskedFor = s.Payments != nil; box.AskedFor && s.Payments.Refused != nil {
		box.Refused = s.Payments.Refused()
	}
	return box, err
}

// readHintCursor reads where a page of webhooks ended: their ids are the provider's.
func readHintCursor(text string) (*time.Time, string, error) {
	if text == "" {
		return nil, "", nil
	}
	stamp, last, _ := strings.Cut(text, ",")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil || len(last) > 255 {
		return nil, "", fault.InvalidField("/after", "This is not a cursor of this list.")
	}
	return &at, last, nil
}

// Replay follows a webhook up once more: its customer is read anew.
func (s *Service) Replay(ctx context.Context, by operator.Doer, hint string) error {
	if s.Payments == nil {
		return errNotTaken()
	}
	h, err := pg.SystemOne[Hint](ctx, s.System, `SELECT b.id, b.type, b.customer_id, b.object_id, c.org_id, '' AS company, b.created_at, b.received_at
		FROM platform.billing_hints b LEFT JOIN platform.billing_customers c ON c.id = b.customer_id WHERE b.id = $1`, hint)
	if err != nil {
		return err
	}
	if h.CustomerID == nil {
		return fault.New(fault.Conflict, "hint-of-no-customer", "This webhook is about no customer: there is nothing to read.")
	}
	org := id.Nil
	if h.OrgID != nil {
		org = *h.OrgID
	}
	if err := s.log(ctx, by, org, "hint.replayed", "", map[string]string{"hint": h.ID, "type": h.Type}); err != nil {
		return err
	}
	return s.Payments.Mirror.ReadAgain(ctx, *h.CustomerID)
}
