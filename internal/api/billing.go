package api

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/money"
)

// billingDocument is what the page of plan and billing shows.
type billingDocument struct {
	Plan       billedPlan    `json:"plan"`
	State      string        `json:"state" enum:"active,trialing,past_due,restricted,canceled,dormant"`
	StateWord  string        `json:"state_word" doc:"The state as a page says it."`
	Sentence   string        `json:"sentence" doc:"Where the company stands, with its date and what comes then."`
	ReadOnly   bool          `json:"read_only"`
	NextChange *billedChange `json:"next_change" doc:"What time alone changes first: the plan, its state, or what was granted beside it. null: nothing."`
	Period     *billedPeriod `json:"period" doc:"That is paid; null: nothing is paid."`
	Seats      seats         `json:"seats"`
	Pending    *pending      `json:"pending" doc:"What was asked for and waits for its payment. Shown to who may manage the plan."`
	PlanURL    string        `json:"plan_url" doc:"The page on which an owner chooses, pays and ends the plan."`
	Invoices   []invoice     `json:"invoices" doc:"The newest first. Shown to who may manage the plan, which no API key may: else empty."`
}

type billedPlan struct {
	Key          string      `json:"key" enum:"starter,growth,enterprise"`
	Name         string      `json:"name"`
	MonthlyCents money.Cents `json:"monthly_cents" doc:"Of the plan by itself; 0: what was agreed."`
}

func newBilledPlan(p plan.Plan) billedPlan {
	return billedPlan{Key: string(p.Key), Name: p.Name, MonthlyCents: p.MonthlyCents}
}

type billedChange struct {
	At       time.Time  `json:"at"`
	Plan     billedPlan `json:"plan" doc:"Whose limits hold from then on."`
	State    string     `json:"state" enum:"active,trialing,past_due,restricted,canceled,dormant"`
	ReadOnly bool       `json:"read_only"`
}

type billedPeriod struct {
	Start        time.Time   `json:"start"`
	End          time.Time   `json:"end" doc:"The next bill is of this time, unless the plan ends then."`
	Ends         bool        `json:"ends" doc:"The plan ends then."`
	MonthlyCents money.Cents `json:"monthly_cents" doc:"The plan with the people beyond it."`
}

type seats struct {
	People     int64       `json:"people" doc:"Who works here now."`
	Included   int64       `json:"included" doc:"In the plan's price."`
	Limit      *int64      `json:"limit" doc:"null: no end."`
	Extra      int64       `json:"extra" doc:"Beyond those, and paid for."`
	MostExtra  int64       `json:"most_extra" doc:"The most beyond those at one time of this period: what the next bill is about."`
	ExtraCents money.Cents `json:"extra_cents" doc:"What each of them costs a month."`
}

type pending struct {
	Kind        string      `json:"kind" enum:"checkout,upgrade"`
	Plan        string      `json:"plan" enum:"starter,growth,enterprise"`
	AmountCents money.Cents `json:"amount_cents" doc:"Of an upgrade: what is to be paid."`
	ExpiresAt   time.Time   `json:"expires_at"`
	PageURL     string      `json:"page_url" doc:"On which it is paid."`
}

type invoice struct {
	Number        string      `json:"number"`
	Status        string      `json:"status" enum:"draft,open,paid,uncollectible,void"`
	Unpaid        bool        `json:"unpaid" doc:"It was to be paid and was not."`
	TotalCents    money.Cents `json:"total_cents"`
	OpenCents     money.Cents `json:"open_cents"`
	CreatedAt     time.Time   `json:"created_at"`
	NextAttemptAt *time.Time  `json:"next_attempt_at"`
	PageURL       string      `json:"page_url" doc:"The payment provider's page of it, on which it can be paid."`
	PDFURL        string      `json:"pdf_url"`
}

func newInvoice(i billing.OwnInvoice) invoice {
	return invoice{Number: i.Number, Status: string(i.Status), Unpaid: i.Unpaid(), TotalCents: i.TotalCents, OpenCents: i.OpenCents, CreatedAt: i.CreatedAt.UTC(),
		NextAttemptAt: inUTC(i.NextAttemptAt), PageURL: i.PageURL, PDFURL: i.PdfURL}
}

func newPending(kind string, x *billing.Act) *pending {
	return &pending{Kind: kind, Plan: string(x.Plan), AmountCents: money.Cents(x.Cents), ExpiresAt: x.ExpiresAt.UTC(), PageURL: x.PageURL}
}

func (s organization) billing(ctx context.Context, a tenancy.Actor, _ *nothing) (*answer[billingDocument], error) {
	o, err := billing.ReadOverview(ctx, s.DB, a)
	if err != nil {
		return nil, err
	}
	e := o.Entitlements
	out := billingDocument{
		Plan: newBilledPlan(e.Plan), State: string(e.State), StateWord: billing.StateWord(e), Sentence: billing.StateSentence(a, o), ReadOnly: e.ReadOnly(),
		Seats:    seats{People: o.People, Included: e.Plan.IncludedUsers, Limit: bounded(e.Limit(plan.Users)), Extra: o.ExtraUsers, MostExtra: o.Most, ExtraCents: e.Plan.ExtraUser},
		PlanURL:  s.Company.Site.Of(a.Org.Slug, tenancy.BillingPath),
		Invoices: each(o.Invoices, newInvoice),
	}
	if c := billing.NextChange(a, o); c != nil {
		out.NextChange = &billedChange{At: c.At.UTC(), Plan: newBilledPlan(c.Plan), State: string(c.State), ReadOnly: c.ReadOnly}
	}
	if p, err := plan.Lookup(o.Subscription.Plan, o.Subscription.Version); o.Subscription.ID != "" && err == nil {
		out.Period = &billedPeriod{Start: o.Subscription.PeriodStart.UTC(), End: o.Subscription.PeriodEnd.UTC(), Ends: e.Flags.CancelAtPeriodEnd,
			MonthlyCents: p.MonthlyCents + p.ExtraUser*money.Cents(o.ExtraUsers)}
	}
	switch {
	case o.Waiting != nil:
		out.Pending = newPending("upgrade", o.Waiting)
	case o.Checkout != nil:
		out.Pending = newPending("checkout", o.Checkout)
	}
	return &answer[billingDocument]{out}, nil
}
