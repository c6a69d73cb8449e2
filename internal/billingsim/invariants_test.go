package billingsim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	subscriptionLine = `concat_ws(' ', s.id, s.status, s.extra_users, extract(epoch FROM s.period_start)::bigint, extract(epoch FROM s.period_end)::bigint, coalesce(extract(epoch FROM s.cancel_at)::bigint, 0),
		s.cancel_at_period_end, s.collection_paused, coalesce(extract(epoch FROM s.ended_at)::bigint, 0))`
	invoiceLine = `concat_ws(' ', i.id, i.status, i.total_cents, i.paid_cents, i.open_cents, i.attempts)`
	chargeLine  = `concat_ws(' ', h.id, h.amount_cents, h.refunded_cents, h.invoice_id IS NOT NULL OR h.refunded_cents = 0)`
	disputeLine = `concat_ws(' ', d.id, d.status, d.amount_cents)`
)

// mirrored are the lines of what is kept of customers.
func (c *course) mirrored(customers []string) (lines map[string][]string, err error) {
	lines = map[string][]string{}
	rows, err := c.super.Query(c.ctx, `SELECT c.id, `+subscriptionLine+` FROM platform.billing_customers c JOIN platform.subscriptions s ON s.customer_id = c.id WHERE c.id = ANY ($1)
		UNION ALL SELECT c.id, `+invoiceLine+` FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id WHERE c.id = ANY ($1)
		UNION ALL SELECT h.customer_id, `+chargeLine+` FROM platform.charges h WHERE h.customer_id = ANY ($1)
		UNION ALL SELECT d.customer_id, `+disputeLine+` FROM platform.disputes d WHERE d.customer_id = ANY ($1)`, customers)
	if err != nil {
		return nil, err
	}
	var customer, line string
	_, err = pgx.ForEachRow(rows, []any{&customer, &line}, func() error {
		lines[customer] = append(lines[customer], line)
		return nil
	})
	return lines, err
}

// lines are those of a snapshot.
func lines(r reading) (all []string) {
	for _, s := range r.Subscriptions {
		extra := int64(0)
		for _, a := range s.AddOns {
			extra += a.Quantity
		}
		all = append(all, fmt.Sprintln(s.ID, s.Status, extra, s.PeriodStart.Unix(), s.PeriodEnd.Unix(), seconds(s.CancelAt), letter(s.CancelAtPeriodEnd), letter(s.CollectionPaused), seconds(s.EndedAt)))
	}
	for _, i := range r.Invoices {
		all = append(all, fmt.Sprintln(i.ID, i.Status, int64(i.TotalCents), int64(i.PaidCents), int64(i.OpenCents), i.Attempts))
	}
	for _, h := range r.Charges {
		billed := h.InvoiceID != "" || slices.Contains(r.billed, h.ID)
		all = append(all, fmt.Sprintln(h.ID, int64(h.AmountCents), int64(h.RefundedCents), letter(billed || h.RefundedCents == 0)))
	}
	for _, d := range r.Disputes {
		all = append(all, fmt.Sprintln(d.ID, d.Status, int64(d.AmountCents)))
	}
	for n := range all {
		all[n] = strings.TrimSpace(all[n])
	}
	return all
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// letter is how PostgreSQL writes a boolean in a text.
func letter(b bool) string {
	if b {
		return "t"
	}
	return "f"
}

// checkFresh is I1 along the way: the mirror shows the newest reading whose lease held, and no other.
func (c *course) checkFresh() error {
	if len(c.fresh) == 0 {
		return nil
	}
	customers := sorted(c.fresh)
	kept, err := c.mirrored(customers)
	if err != nil {
		return err
	}
	for _, customer := range customers {
		if err := c.same(customer, kept[customer], lines(c.read[customer]), "what was read last"); err != nil {
			return err
		}
	}
	return nil
}

// same compares the mirror of a customer with what it should be. Of invoices that are through, older ones are kept.
func (c *course) same(customer string, kept, want []string, of string) error {
	for _, line := range want {
		if !slices.Contains(kept, line) {
			return c.fail("I1", "of %s the mirror has\n%s\nand %s is\n%s", customer, strings.Join(kept, "\n"), of, strings.Join(want, "\n"))
		}
	}
	for _, line := range kept {
		through := strings.HasPrefix(line, "in_") && (strings.Contains(line, " paid ") || strings.Contains(line, " void ") || strings.Contains(line, " uncollectible "))
		if !through && !slices.Contains(want, line) {
			return c.fail("I1", "of %s the mirror has %q, and %s is\n%s", customer, line, of, strings.Join(want, "\n"))
		}
	}
	return nil
}

// quiesce has everything told and read that can be, with no trouble on the way, and compares all of it with Stripe.
func (c *course) quiesce() error {
	c.Quiesces++
	c.trouble = false
	defer func() { c.trouble = true }()
	if err := c.noteFailing(false); err != nil {
		return err
	}
	for customer := range c.failing {
		c.failing[customer] = c.now
	}
	if err := c.tellElapsed(); err != nil {
		return err
	}
	if _, err := c.super.Exec(c.ctx, `UPDATE platform.billing_customers SET read_at = read_at - interval '1 day'`); err != nil {
		return err
	}
	if err := c.mirror.Sweep(c.ctx); err != nil {
		return err
	}
	if err := c.round(); err != nil {
		return err
	}
	if len(c.failing) > 0 {
		return c.fail("I1", "%d customers cannot be read without any trouble", len(c.failing))
	}
	if err := c.allTasks(); err != nil {
		return err
	}
	var customers []string
	for _, co := range c.companies {
		customers = append(customers, co.customers...)
	}
	kept, err := c.mirrored(customers)
	if err != nil {
		return err
	}
	for _, co := range c.companies {
		if err := c.compare(co, kept); err != nil {
			return fmt.Errorf("%s: %w", co.org.Slug, err)
		}
	}
	if err := c.handled(); err != nil {
		return err
	}
	if err := c.look(); err != nil {
		return err
	}
	for _, co := range c.companies {
		if !co.trialEnds.IsZero() {
			co.nightAt = c.now
		}
	}
	return errors.Join(c.letters(), c.once())
}

// allTasks does every task there is.
func (c *course) allTasks() error {
	for _, co := range c.companies {
		if co.customer() == "" {
			continue
		}
		co.tasksAt, co.seatsAt = c.now, c.now
		if err := c.tasks(co); err != nil {
			return err
		}
		c.nightOfPeriod(co)
	}
	return c.round()
}

// compare is I1, I4, I6 and I7 of one company, with Stripe's own words.
func (c *course) compare(co *company, kept map[string][]string) error {
	alive := 0
	disputes := c.all("/v1/disputes")
	for _, customer := range co.customers {
		gone := c.call("GET", "/v1/customers/"+customer).Deleted
		var want []string
		live := 0
		for _, s := range c.all("/v1/subscriptions", "customer", customer, "status", "all") {
			item := s.Items.Data[0]
			want = append(want, strings.TrimSpace(fmt.Sprintln(s.ID, s.Status, s.item("extra_user_v1").Quantity, item.PeriodStart, item.PeriodEnd, s.CancelAt, letter(s.CancelAtPeriodEnd), letter(s.PauseCollection != nil), s.EndedAt)))
			if s.live() && !co.byHand[s.ID] {
				live++
				if err := c.seatsAreBilled(co, s); err != nil {
					return err
				}
			}
		}
		if live > 1 {
			return c.fail("I4", "%d subscriptions of %s go on", live, customer)
		}
		paid := int64(0)
		for _, i := range c.all("/v1/invoices", "customer", customer) {
			want = append(want, strings.TrimSpace(fmt.Sprintln(i.ID, i.Status, i.Total, i.AmountPaid, i.AmountRemaining, i.AttemptCount)))
		}
		for _, ch := range c.all("/v1/charges", "customer", customer) {
			if ch.Status != "succeeded" {
				continue
			}
			paid += ch.Amount
			if !gone { // of who is gone, what went back is read when a webhook says so
				want = append(want, strings.TrimSpace(fmt.Sprintln(ch.ID, ch.Amount, ch.AmountRefunded, letter(true))))
			}
			for _, d := range disputes {
				if d.Charge == ch.ID {
					want = append(want, strings.TrimSpace(fmt.Sprintln(d.ID, d.Status, d.Amount)))
				}
			}
		}
		lines := kept[customer]
		if gone {
			lines = slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasPrefix(line, "ch_") })
		}
		if err := c.same(customer, lines, want, "what Stripe has"); err != nil {
			return err
		}
		if mirrored := paidOf(kept[customer]); mirrored != paid {
			return c.fail("I6", "%s has paid %d cents at Stripe, and %d in the mirror", customer, paid, mirrored)
		}
		if !gone {
			alive++
		}
	}
	if alive > 1 {
		return c.fail("I4", "it is %d customers", alive)
	}
	return nil
}

// paidOf sums what the invoices of the mirror say was paid.
func paidOf(kept []string) (sum int64) {
	for _, line := range kept {
		var id, status string
		var total, paid int64
		if n, _ := fmt.Sscan(line, &id, &status, &total, &paid); n == 4 && strings.HasPrefix(id, "in_") {
			sum += paid
		}
	}
	return sum
}

// listed are the events of which something is to follow, of the list that billing products agree on.
const listed = `checkout.session.completed checkout.session.async_payment_succeeded checkout.session.async_payment_failed checkout.session.expired
	customer.subscription.created customer.subscription.updated customer.subscription.deleted customer.subscription.paused customer.subscription.resumed
	customer.subscription.trial_will_end customer.subscription.pending_update_applied customer.subscription.pending_update_expired
	invoice.created invoice.finalized invoice.finalization_failed invoice.paid invoice.payment_succeeded invoice.payment_failed invoice.payment_action_required
	invoice.upcoming invoice.updated invoice.marked_uncollectible invoice.voided invoice.overdue invoice.will_be_due invoice_payment.paid
	customer.updated customer.deleted payment_method.attached payment_method.updated payment_method.automatically_updated payment_method.detached setup_intent.succeeded
	charge.refunded refund.updated refund.failed charge.dispute.created charge.dispute.updated charge.dispute.closed charge.dispute.funds_withdrawn charge.dispute.funds_reinstated
	radar.early_fraud_warning.created subscription_schedule.updated subscription_schedule.released subscription_schedule.canceled subscription_schedule.completed subscription_schedule.aborted
	price.updated price.deleted product.updated product.deleted`

// ofNobody are events whose object names no customer, and what tells of the same customer instead.
var ofNobody = map[string]string{
	"invoice_payment.paid":              "invoice.paid",
	"refund.updated":                    "charge.refunded",
	"refund.failed":                     "charge.refunded",
	"charge.dispute.created":            "the sweep, where the charge is not known yet",
	"charge.dispute.updated":            "the sweep, where the charge is not known yet",
	"charge.dispute.closed":             "the sweep, where the charge is not known yet",
	"charge.dispute.funds_withdrawn":    "the sweep, where the charge is not known yet",
	"charge.dispute.funds_reinstated":   "the sweep, where the charge is not known yet",
	"radar.early_fraud_warning.created": "the sweep, where the charge is not known yet",
	"payment_method.detached":           "customer.updated",
	"price.updated":                     "nobody: it is the catalogue's",
	"price.deleted":                     "nobody: it is the catalogue's",
	"product.updated":                   "nobody: it is the catalogue's",
	"product.deleted":                   "nobody: it is the catalogue's",
}

// handled is I10: every webhook was believed, is of the list, and had its customer read.
func (c *course) handled() error {
	rows, err := c.super.Query(c.ctx, `SELECT h.type, h.customer_id IS NULL, c.id IS NULL OR c.wanted > c.done FROM platform.billing_hints h LEFT JOIN platform.billing_customers c ON c.id = h.customer_id GROUP BY 1, 2, 3`)
	if err != nil {
		return err
	}
	known := strings.Fields(listed)
	var kind string
	var nobody, waits bool
	_, err = pgx.ForEachRow(rows, []any{&kind, &nobody, &waits}, func() error {
		_, expected := ofNobody[kind]
		switch {
		case !slices.Contains(known, kind):
			return c.fail("I10", "%s was taken and is not of the list", kind)
		case nobody && !expected:
			return c.fail("I10", "%s names no customer, and nothing else tells of it", kind)
		case !nobody && waits:
			return c.fail("I10", "of %s nobody has read what it is about", kind)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.counted()
}

// counted is the rest of I10, by the product's own counters.
func (c *course) counted() error {
	families, err := c.registry.Gather()
	if err != nil {
		return err
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			of, n := m.GetLabel()[0].GetValue(), int(m.GetCounter().GetValue())
			switch {
			case f.GetName() == "stripe_webhook_rejected_total" && n > 0:
				return c.fail("I10", "%d webhooks were refused as %s", n, of)
			case of == "repeated":
				c.Repeated = n
			}
		}
	}
	return nil
}
