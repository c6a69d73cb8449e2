package billingsim

import (
	"fmt"

	"fenceplatform.com/fence/internal/business/plan"
)

// plant is a mistake on purpose: a part of the product is replaced by one that is wrong, here and not in the product.
type plant string

// The plants.
const (
	noFence        plant = "fence"   // a reading counts although its lease is over
	payloadTrusted plant = "payload" // what a webhook shows is written as it is
	mailsByEvent   plant = "mails"   // what people are told is kept apart by the webhook's id
	relativeTrial  plant = "trial"   // a trial counts from when somebody looks
)

// planted does what is wrong with a webhook.
func (c *course) planted(e event) {
	if c.plant == payloadTrusted && e.customer != "" && len(e.kind) > len(subscriptionEvents) && e.kind[:len(subscriptionEvents)] == subscriptionEvents {
		_, _ = c.super.Exec(c.ctx, `WITH trusted AS (UPDATE platform.subscriptions SET status = $2 WHERE id = $1)
			UPDATE platform.billing_customers SET done = wanted WHERE id = $3`, e.object, e.status, e.customer) // what does not fit is not written
	}
}

const subscriptionEvents = "customer.subscription."

// mailByEvent has notices be kept apart by the newest webhook too.
func (c *course) mailByEvent() error {
	if c.plant != mailsByEvent {
		return nil
	}
	_, err := c.super.Exec(c.ctx, `CREATE OR REPLACE FUNCTION platform.by_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
		BEGIN
			NEW.cause := concat_ws(' ', NEW.cause, (SELECT id FROM platform.billing_hints ORDER BY received_at DESC LIMIT 1));
			RETURN NEW;
		END
		$$;
		CREATE TRIGGER by_event BEFORE INSERT ON app.plan_notices FOR EACH ROW EXECUTE FUNCTION platform.by_event()`)
	return err
}

// relativeTrial gives a company the whole trial again.
func (c *course) relativeTrial(co *company) {
	if c.plant == relativeTrial {
		_ = c.ground.signUp(c.ctx, co.org, c.now.Add(plan.TrialLength)) // it is the plant's
	}
}

func (p plant) check() error {
	switch p {
	case "", noFence, payloadTrusted, mailsByEvent, relativeTrial:
		return nil
	}
	return fmt.Errorf("there is no plant %q", p)
}
