package billingsim

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
)

// nightlyAfter is how long after a moment the nightly task comes that tells of what time alone brought.
const nightlyAfter = 6 * time.Hour

// trialSteps are the days before a trial's end of which owners are told something, and the end.
var trialSteps = []time.Duration{7 * day, 3 * day, day, 0}

// nightAfter is when the nightly task next has something to say of a trial; zero: never again.
func (co *company) nightAfter(now time.Time) time.Time {
	for _, before := range trialSteps {
		if night := co.trialEnds.Add(nightlyAfter - before); night.After(now) {
			return night
		}
	}
	return time.Time{}
}

// letters does the tasks by which owners are told: those that readings left, and of the night those that are due.
func (c *course) letters() error {
	read, err := c.toTell()
	if err != nil {
		return err
	}
	for _, co := range c.companies {
		tonight := !co.nightAt.IsZero() && !co.nightAt.After(c.now)
		if tonight {
			co.nightAt = co.nightAfter(c.now)
		}
		if !tonight && !slices.Contains(read, co.org.ID) {
			continue
		}
		a, err := c.owner(co)
		if err == nil {
			err = c.teller.Tell(c.ctx, a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// toTell takes the tasks that readings left.
func (c *course) toTell() (orgs []id.ID, err error) {
	if c.Readings == c.toldUpTo {
		return nil, nil
	}
	c.toldUpTo = c.Readings
	rows, err := c.super.Query(c.ctx, `DELETE FROM tasks.river_job WHERE kind = $1 RETURNING (args ->> 'org_id')::uuid`, billing.TellPlan{}.Kind())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[id.ID])
}

// notice is one of which a mail went to the owner.
type notice struct {
	Org   id.ID
	Kind  billing.NoticeKind
	Cause string
}

// about is the fact that a notice tells of: an invoice, or a moment.
func (n notice) about() string {
	word, _, _ := strings.Cut(n.Cause, " ")
	if strings.HasPrefix(word, "in_") {
		return word
	}
	return n.Cause
}

// once is I5: one mail for each fact, of what is so at Stripe, and none missing.
func (c *course) once() error {
	rows, err := c.super.Query(c.ctx, `SELECT org_id, kind, cause FROM app.plan_notices`)
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[notice])
	if err != nil {
		return err
	}
	type fact struct {
		org  id.ID
		kind billing.NoticeKind
		of   string
	}
	known := map[fact]bool{}
	for _, n := range all {
		of := fact{n.Org, n.Kind, n.about()}
		if known[of] {
			return c.fail("I5", "more than one mail of %s: %s", n.Kind, n.about())
		}
		known[of] = true
		if err := c.isSo(n); err != nil {
			return err
		}
	}
	for _, co := range c.companies {
		if err := c.nothingMissing(co, func(of string, kinds ...billing.NoticeKind) bool {
			return slices.ContainsFunc(kinds, func(kind billing.NoticeKind) bool { return known[fact{co.org.ID, kind, of}] })
		}); err != nil {
			return err
		}
	}
	var mails int
	if err := c.super.QueryRow(c.ctx, `SELECT count(*) FROM app.mails WHERE kind = 'plan_notice'`).Scan(&mails); err != nil {
		return err
	}
	if mails != len(all) {
		return c.fail("I5", "%d notices are noted, and %d mails went to owners, of whom each company has one", len(all), mails)
	}
	c.Letters = mails
	return nil
}

// isSo holds a notice about an invoice against Stripe.
func (c *course) isSo(n notice) error {
	if !strings.HasPrefix(n.about(), "in_") {
		return nil
	}
	switch i := c.call("GET", "/v1/invoices/"+n.about()); {
	case n.Kind == billing.PaidAgain && i.AmountPaid == 0 && i.Total > 0:
		return c.fail("I5", "%s was told as paid, and nothing was taken for it", i.ID)
	case n.Kind != billing.PaidAgain && i.AttemptCount == 0 && i.DueDate == 0:
		return c.fail("I5", "%s was told as unpaid, and nobody tried to collect it", i.ID)
	}
	return nil
}

// nothingMissing wants the owner told of each invoice for which the company is held to be behind, and of its trial's end.
func (c *course) nothingMissing(co *company, was func(of string, kinds ...billing.NoticeKind) bool) error {
	s := co.sight
	if s.at.IsZero() || s.State == plan.Dormant || s.State == plan.Suspended {
		return nil
	}
	if s.State == plan.Canceled && s.Cause == plan.TrialEnded && !was(s.Since.UTC().Format(time.RFC3339), billing.TrialEnded) {
		return c.fail("I5", "%s was not told that its trial ended on %s", co.org.Slug, s.Since.Format(time.DateTime))
	}
	if s.Cause != plan.Unpaid {
		return nil
	}
	for _, customer := range co.customers {
		for _, i := range c.all("/v1/invoices", "customer", customer, "status", "open") {
			if late := i.DueDate != 0 && i.DueDate <= c.now.Unix(); (i.AttemptCount > 0 && i.DueDate == 0 || late) && !was(i.ID, billing.PaymentFailed, billing.BankAsks) {
				return c.fail("I5", "%s was not told that %s is unpaid", co.org.Slug, i.ID)
			}
		}
	}
	return nil
}

// event is what a webhook tells.
type event struct{ id, kind, customer, object, status string }

func readEvent(body []byte) event {
	var e struct {
		ID, Type string
		Data     struct {
			Object struct {
				ID, Object, Status string
				Customer           any
			}
		}
	}
	_ = json.Unmarshal(body, &e) // the simulator's own
	o := e.Data.Object
	customer, _ := o.Customer.(string) // empty: of none
	if o.Object == "customer" {
		customer = o.ID
	}
	return event{e.ID, e.Type, customer, o.ID, o.Status}
}
