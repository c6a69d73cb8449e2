package stripegw

import (
	"context"
	"fmt"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/money"
)

// Contract reads a subscription with what a change of it needs.
func (c *Client) Contract(ctx context.Context, subscriptionID string) (billing.Contract, error) {
	params := &stripe.SubscriptionRetrieveParams{}
	params.AddExpand("latest_invoice")
	s, err := c.stripe.V1Subscriptions.Retrieve(ctx, subscriptionID, params)
	if err != nil {
		return billing.Contract{}, trouble("read subscription", err)
	}
	out := billing.Contract{Subscription: subscription(s)}
	if err := c.next(ctx, s, &out.Subscription); err != nil {
		return out, err
	}
	if s.Customer != nil {
		out.Customer = s.Customer.ID
	}
	if s.Schedule != nil {
		out.Schedule = s.Schedule.ID
	}
	for _, item := range s.Items.Data {
		if item.Price == nil {
			continue
		}
		out.Yearly = out.Yearly || item.Price.Recurring != nil && item.Price.Recurring.Interval == stripe.PriceRecurringIntervalYear
		switch key, _ := sold(item.Price); key {
		case "":
		case extraUser:
			out.SeatItem, out.ExtraUsers = item.ID, item.Quantity
		default:
			out.PlanItem = item.ID
		}
	}
	if s.PendingUpdate != nil {
		out.Waiting, out.WaitsUntil = true, at(s.PendingUpdate.ExpiresAt)
	}
	if i := s.LatestInvoice; i != nil && i.Status == stripe.InvoiceStatusOpen {
		out.PayURL, out.PayCents, out.WaitsFor = i.HostedInvoiceURL, money.Cents(i.AmountRemaining), i.ID
	}
	return out, nil
}

// next reads what a schedule makes of the subscription at the end of its present phase.
func (c *Client) next(ctx context.Context, s *stripe.Subscription, out *plan.Subscription) error {
	if s.Schedule == nil || s.Schedule.ID == "" {
		return nil
	}
	schedule, err := c.stripe.V1SubscriptionSchedules.Retrieve(ctx, s.Schedule.ID, nil)
	if err != nil {
		return trouble("read schedule", err)
	}
	if schedule.CurrentPhase == nil {
		return nil
	}
	for _, p := range schedule.Phases {
		if p.StartDate < schedule.CurrentPhase.EndDate {
			continue
		}
		for _, item := range p.Items {
			if item.Price == nil {
				continue
			}
			price, err := c.stripe.V1Prices.Retrieve(ctx, item.Price.ID, nil)
			if err != nil {
				return trouble("read price", err)
			}
			if key, version := sold(price); key != "" && key != extraUser && plan.Key(key) != out.Plan {
				out.Next, out.NextVersion, out.NextAt = plan.Key(key), version, at(p.StartDate)
			}
		}
		return nil
	}
	return nil
}

// Preview asks Stripe for the bill. A switch within a trial has none.
func (c *Client) Preview(ctx context.Context, of billing.Contract, to billing.Item, from time.Time) (p billing.Preview, err error) {
	if of.Status == plan.StatusTrialing {
		return p, nil
	}
	prices, err := c.prices(ctx, to, of.Yearly)
	if err != nil {
		return p, err
	}
	var items []*stripe.InvoiceCreatePreviewSubscriptionDetailsItemParams
	for _, i := range switched(of, to, prices) {
		item := &stripe.InvoiceCreatePreviewSubscriptionDetailsItemParams{Price: i.price, Quantity: i.quantity}
		item.ID, item.Deleted = i.id, i.deleted
		items = append(items, item)
	}
	shown, err := c.stripe.V1Invoices.CreatePreview(ctx, &stripe.InvoiceCreatePreviewParams{
		Subscription: &of.ID,
		SubscriptionDetails: &stripe.InvoiceCreatePreviewSubscriptionDetailsParams{
			Items: items, ProrationBehavior: stripe.String("always_invoice"), ProrationDate: until(from),
		},
	})
	if err != nil {
		return p, trouble("preview", err)
	}
	if shown.Lines != nil {
		for _, l := range shown.Lines.Data {
			p.Lines = append(p.Lines, billing.Line{Words: l.Description, Cents: money.Cents(l.Amount)})
		}
	}
	if balance := shown.AmountDue - shown.Total; balance != 0 && shown.Total > 0 {
		p.Lines = append(p.Lines, billing.Line{Words: "Your credit", Cents: money.Cents(balance)})
	}
	p.Due = money.Cents(shown.AmountDue)
	return p, nil
}

// part is one item of a subscription as it is to be.
type part struct {
	id, price *string
	quantity  *int64
	deleted   *bool
}

// switched are the items of another plan: its price in place of the present one, and the people beyond it.
func switched(of billing.Contract, to billing.Item, prices priced) []part {
	first := part{price: &prices.plan.ID, quantity: stripe.Int64(1)}
	if of.PlanItem != "" {
		first.id = &of.PlanItem
	}
	parts := []part{first}
	switch {
	case prices.extra != nil && to.ExtraUsers > 0:
		seats := part{price: &prices.extra.ID, quantity: &to.ExtraUsers}
		if of.SeatItem != "" {
			seats.id = &of.SeatItem
		}
		parts = append(parts, seats)
	case of.SeatItem != "":
		parts = append(parts, part{id: &of.SeatItem, deleted: stripe.Bool(true)})
	}
	return parts
}

// Switch bills the change at once; the change itself waits until that is paid, and is dropped when it never is.
func (c *Client) Switch(ctx context.Context, key string, of billing.Contract, to billing.Item, from time.Time) error {
	prices, err := c.prices(ctx, to, of.Yearly)
	if err != nil {
		return err
	}
	params := &stripe.SubscriptionUpdateParams{
		PaymentBehavior: stripe.String("pending_if_incomplete"), ProrationBehavior: stripe.String("always_invoice"), ProrationDate: until(from),
	}
	if of.Status == plan.StatusTrialing {
		params.ProrationBehavior, params.ProrationDate = stripe.String("none"), nil
	}
	for _, i := range switched(of, to, prices) {
		params.Items = append(params.Items, &stripe.SubscriptionUpdateItemParams{ID: i.id, Price: i.price, Quantity: i.quantity, Deleted: i.deleted})
	}
	params.SetIdempotencyKey(key)
	_, err = c.stripe.V1Subscriptions.Update(ctx, of.ID, params)
	return trouble("switch", err)
}

// SwitchLater has a schedule take the subscription over: as it is until the period's end, and then the other plan.
func (c *Client) SwitchLater(ctx context.Context, key string, of billing.Contract, to billing.Item) error {
	prices, err := c.prices(ctx, to, of.Yearly)
	if err != nil {
		return err
	}
	name := of.Schedule
	if name == "" {
		params := &stripe.SubscriptionScheduleCreateParams{FromSubscription: &of.ID}
		params.SetIdempotencyKey(key)
		made, err := c.stripe.V1SubscriptionSchedules.Create(ctx, params)
		if err != nil {
			return trouble("make schedule", err)
		}
		name = made.ID
	}
	schedule, err := c.stripe.V1SubscriptionSchedules.Retrieve(ctx, name, nil)
	if err != nil {
		return trouble("read schedule", err)
	}
	if schedule.CurrentPhase == nil {
		return fmt.Errorf("schedule %s has ended", name)
	}
	now := &stripe.SubscriptionScheduleUpdatePhaseParams{StartDate: &schedule.CurrentPhase.StartDate, EndDate: &schedule.CurrentPhase.EndDate, ProrationBehavior: stripe.String("none")}
	for _, p := range schedule.Phases {
		if p.StartDate == schedule.CurrentPhase.StartDate {
			for _, i := range p.Items {
				now.Items = append(now.Items, &stripe.SubscriptionScheduleUpdatePhaseItemParams{Price: &i.Price.ID, Quantity: &i.Quantity})
			}
		}
	}
	then := &stripe.SubscriptionScheduleUpdatePhaseParams{StartDate: &schedule.CurrentPhase.EndDate, ProrationBehavior: stripe.String("none"),
		Duration: &stripe.SubscriptionScheduleUpdatePhaseDurationParams{Interval: stripe.String("month"), IntervalCount: stripe.Int64(1)},
		Items:    []*stripe.SubscriptionScheduleUpdatePhaseItemParams{{Price: &prices.plan.ID, Quantity: stripe.Int64(1)}}}
	if of.Yearly {
		then.Duration.Interval = stripe.String("year")
	}
	if prices.extra != nil && to.ExtraUsers > 0 {
		then.Items = append(then.Items, &stripe.SubscriptionScheduleUpdatePhaseItemParams{Price: &prices.extra.ID, Quantity: &to.ExtraUsers})
	}
	_, err = c.stripe.V1SubscriptionSchedules.Update(ctx, name, &stripe.SubscriptionScheduleUpdateParams{
		EndBehavior: stripe.String("release"), Phases: []*stripe.SubscriptionScheduleUpdatePhaseParams{now, then},
	})
	return trouble("set schedule", err)
}

// SetEnd says whether the subscription ends with its period. A schedule would not let it.
func (c *Client) SetEnd(ctx context.Context, of billing.Contract, atPeriodEnd bool) error {
	if err := c.DropNext(ctx, of); err != nil {
		return err
	}
	_, err := c.stripe.V1Subscriptions.Update(ctx, of.ID, &stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: &atPeriodEnd})
	return trouble("set the end", err)
}

// EndNow ends it; nothing more is collected for it.
func (c *Client) EndNow(ctx context.Context, of billing.Contract) error {
	_, err := c.stripe.V1Subscriptions.Cancel(ctx, of.ID, nil)
	if missing(err) { // it was ended, and the answer was lost
		return nil
	}
	return trouble("end", err)
}

// DropNext gives the subscription back to itself.
func (c *Client) DropNext(ctx context.Context, of billing.Contract) error {
	if of.Schedule == "" {
		return nil
	}
	_, err := c.stripe.V1SubscriptionSchedules.Release(ctx, of.Schedule, nil)
	return trouble("release schedule", err)
}

// DropWaiting voids the invoice that a change waits for, which drops the change.
func (c *Client) DropWaiting(ctx context.Context, of billing.Contract) error {
	if !of.Waiting || of.WaitsFor == "" {
		return nil
	}
	_, err := c.stripe.V1Invoices.VoidInvoice(ctx, of.WaitsFor, nil)
	return trouble("void invoice", err)
}

// SetSeats sets the number of people beyond those of the plan. Nothing is asked for when it is that already.
func (c *Client) SetSeats(ctx context.Context, key string, of billing.Contract, extra int64, billed billing.Billed) error {
	if of.ExtraUsers == extra {
		return nil
	}
	prices, err := c.prices(ctx, billing.Item{Plan: of.Plan, Version: of.Version}, of.Yearly)
	if err != nil {
		return err
	}
	if prices.extra == nil {
		return fmt.Errorf("plan %s: %w", of.Plan, billing.ErrNoPrice)
	}
	item := &stripe.SubscriptionUpdateItemParams{Quantity: &extra}
	switch {
	case of.SeatItem == "":
		item.Price = &prices.extra.ID
	case extra == 0:
		item = &stripe.SubscriptionUpdateItemParams{ID: &of.SeatItem, Deleted: stripe.Bool(true)}
	default:
		item.ID = &of.SeatItem
	}
	behavior := map[billing.Billed]string{billing.NotBilled: "none", billing.BilledLater: "create_prorations", billing.BilledAtOnce: "always_invoice"}[billed]
	params := &stripe.SubscriptionUpdateParams{Items: []*stripe.SubscriptionUpdateItemParams{item}, ProrationBehavior: &behavior}
	params.SetIdempotencyKey(key)
	_, err = c.stripe.V1Subscriptions.Update(ctx, of.ID, params)
	return trouble("set seats", err)
}
