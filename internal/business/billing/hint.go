package billing

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Hint is a webhook that was believed.
type Hint struct {
	ID         string
	Type       string
	CustomerID string // empty: it names none
	Charge     string // that it is about; a charge that is known names the customer too
	Intent     string // the same, by the attempt that the charge came of
	ObjectID   string
	APIVersion string
	CreatedAt  time.Time
	Payload    json.RawMessage
}

// Mirror is what is known here of the provider's customers.
type Mirror struct {
	sys  *pg.System
	wake func()
}

// NewMirror keeps the mirror as the system role.
func NewMirror(sys *pg.System) *Mirror { return &Mirror{sys: sys, wake: func() {}} }

// receiveSQL keeps a hint, once, and makes its customer dirty. One about a refund or a dispute names no customer: whose
// charge it is, is known here. A customer that was given up is tried again: something happened.
const receiveSQL = `WITH fresh AS (
	INSERT INTO platform.billing_hints (id, type, customer_id, object_id, api_version, payload, created_at)
	VALUES ($1, $2, coalesce(nullif($3, ''), (SELECT h.customer_id FROM platform.charges h WHERE h.id = $8 OR $9 <> '' AND h.intent = $9 LIMIT 1)), $4, $5, $6, $7)
	ON CONFLICT (id) DO NOTHING RETURNING customer_id),
dirty AS (
	INSERT INTO platform.billing_customers AS c (id, wanted) SELECT customer_id, 1 FROM fresh WHERE customer_id IS NOT NULL
	ON CONFLICT (id) DO UPDATE SET wanted = c.wanted + 1, dead_at = NULL, next_at = CASE WHEN c.dead_at IS NULL THEN c.next_at ELSE clock_timestamp() END)
SELECT count(*) = 1 AS fresh FROM fresh`

// Receive keeps a hint, and says whether it is new. Nobody is asked anything here: the sender waits.
func (m *Mirror) Receive(ctx context.Context, h Hint) (fresh bool, err error) {
	type outcome struct{ Fresh bool }
	o, err := pg.SystemOne[outcome](ctx, m.sys, receiveSQL, h.ID, h.Type, h.CustomerID, h.ObjectID, h.APIVersion, h.Payload, h.CreatedAt, h.Charge, h.Intent)
	if err != nil {
		return false, fmt.Errorf("keep hint %s: %w", h.ID, err)
	}
	if o.Fresh {
		m.wake()
		if strings.HasPrefix(h.Type, "checkout.session.") {
			err = m.actsMoved(ctx, h.CustomerID)
		}
	}
	return o.Fresh, err
}

// actsMoved has the company look at what it asked for. Were this lost, the end of what it asked for would have it looked at.
func (m *Mirror) actsMoved(ctx context.Context, customer string) error {
	type owner struct{ OrgID id.ID }
	owners, err := pg.SystemRows[owner](ctx, m.sys, `SELECT org_id FROM platform.billing_customers WHERE id = $1 AND org_id IS NOT NULL`, customer)
	if err != nil || len(owners) == 0 {
		return err
	}
	return tasks.EnqueueAll(ctx, m.sys, []SettleActs{{OrgID: owners[0].OrgID}})
}

// Attach says whose customer it is. A customer is one organization's for good.
func (m *Mirror) Attach(ctx context.Context, org id.ID, customer string) error {
	type outcome struct{ OrgID id.ID }
	o, err := pg.SystemOne[outcome](ctx, m.sys, `INSERT INTO platform.billing_customers AS c (id, org_id, wanted) VALUES ($1, $2, 1)
		ON CONFLICT (id) DO UPDATE SET org_id = coalesce(c.org_id, excluded.org_id), wanted = c.wanted + 1 RETURNING org_id`, customer, org)
	if err != nil {
		return fmt.Errorf("attach customer %s: %w", customer, err)
	}
	if o.OrgID != org {
		return fmt.Errorf("customer %s is another organization's", customer)
	}
	m.wake()
	return nil
}

// ReadAgain makes a customer dirty without a hint: somebody asked for it, or we changed something at the provider.
func (m *Mirror) ReadAgain(ctx context.Context, customer string) error {
	err := pg.SystemExec(ctx, m.sys, `UPDATE platform.billing_customers SET wanted = wanted + 1, dead_at = NULL, attempts = 0, next_at = clock_timestamp() WHERE id = $1`, customer)
	if err == nil {
		m.wake()
	}
	return err
}

// ReadEverybody makes everybody dirty: hints may have been lost at once.
func (m *Mirror) ReadEverybody(ctx context.Context) error {
	if err := pg.SystemExec(ctx, m.sys, `UPDATE platform.billing_customers SET wanted = wanted + 1 WHERE gone_at IS NULL`); err != nil {
		return fmt.Errorf("read everybody: %w", err)
	}
	m.wake()
	return nil
}

const (
	hintsKept    = 90 * 24 * time.Hour
	readAtLeast  = 24 * time.Hour
	readIfMoving = time.Hour
)

// Sweep makes dirty whose webhooks may have been lost: everybody once a day, and once an hour those about whom something
// is open or about to end, or who are paused and work again the moment they have a card. A dispute goes on when the
// customer is gone. Old hints go.
func (m *Mirror) Sweep(ctx context.Context) error {
	err := pg.SystemExec(ctx, m.sys, `UPDATE platform.billing_customers c SET wanted = wanted + 1 WHERE c.wanted = c.done AND (
		c.read_at < clock_timestamp() - $2::interval AND EXISTS (SELECT FROM platform.disputes d WHERE d.customer_id = c.id AND NOT d.decided)
		OR c.gone_at IS NULL AND (c.read_at < clock_timestamp() - $1::interval OR c.read_at < clock_timestamp() - $2::interval AND (
			EXISTS (SELECT FROM platform.subscriptions s WHERE s.customer_id = c.id AND (s.status IN ('past_due', 'unpaid', 'incomplete', 'trialing', 'paused') OR s.cancel_at IS NOT NULL OR s.cancel_at_period_end))
			OR EXISTS (SELECT FROM platform.invoices i WHERE i.customer_id = c.id AND i.status = 'open'))))`, readAtLeast, readIfMoving)
	if err != nil {
		return fmt.Errorf("sweep customers: %w", err)
	}
	if err := pg.SystemExec(ctx, m.sys, `DELETE FROM platform.billing_hints WHERE received_at < clock_timestamp() - $1::interval`, hintsKept); err != nil {
		return fmt.Errorf("sweep hints: %w", err)
	}
	m.wake()
	return nil
}
