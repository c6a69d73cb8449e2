package plan

import "time"

// Status is what the payment provider says of a subscription, in its words.
type Status string

// Every status that the provider has.
const (
	StatusActive            Status = "active"
	StatusTrialing          Status = "trialing"
	StatusPastDue           Status = "past_due"
	StatusUnpaid            Status = "unpaid"
	StatusPaused            Status = "paused"
	StatusIncomplete        Status = "incomplete"
	StatusCanceled          Status = "canceled"
	StatusIncompleteExpired Status = "incomplete_expired"
)

// Subscription is what is mirrored of one subscription at the payment provider.
type Subscription struct {
	ID                     string
	Status                 Status
	Plan                   Key
	Version                int
	AddOns                 []AddOn
	CreatedAt              time.Time
	PeriodStart, PeriodEnd time.Time
	CancelAt               time.Time // zero: it goes on
	CancelAtPeriodEnd      bool
	CollectionPaused       bool
	EndedAt                time.Time // zero: it has not ended
	Next                   Key       // the plan that follows at NextAt; empty: it stays
	NextVersion            int
	NextAt                 time.Time
}

// AddOn is more of a metric than the plan has, bought with it.
type AddOn struct {
	Name     string
	Metric   Metric
	Quantity int64
}

// Facts are what is stored about a company's plan. Everything that it may do follows from them and the time.
type Facts struct {
	// Plan is what the company began with or what the operator agreed with it. It holds as long as no
	// subscription was ever paid for; a trial holds until its end.
	Plan          Key
	Version       int
	TrialEndsAt   time.Time // zero without a trial
	Converted     bool      // the trial was used up by a subscription
	Subscriptions []Subscription
	FirstUnpaidAt time.Time // of the first invoice that is open; zero: none
	Disputed      bool      // a payment is disputed and not decided
	Comp          *Comp
	Hold          *Hold
	DeletedAt     time.Time // zero: it lives
	Overrides     []Override
}

// Comp is free use, granted by the operator until a date.
type Comp struct {
	Since  time.Time
	Until  time.Time
	Reason string
}

// Hold stops a company: abuse, a lost dispute, the law. Only the operator ends it.
type Hold struct {
	Since  time.Time
	Reason string
}

// Override is what the operator granted a company beyond its plan, or took from it.
type Override struct {
	Metric  Metric  // with Limit, or
	Feature Feature // a feature
	Limit   int64
	Reason  string
	Until   time.Time // zero: for good
}

// holds tells whether the override is in force at now.
func (o Override) holds(now time.Time) bool { return o.Until.IsZero() || now.Before(o.Until) }

// rank orders statuses by which of several subscriptions governs. One that is incomplete never does.
var rank = map[Status]int{
	StatusActive: 7, StatusTrialing: 6, StatusPastDue: 5, StatusUnpaid: 4, StatusPaused: 3, StatusCanceled: 2, StatusIncompleteExpired: 1,
}

// Governing is the subscription that decides.
func (f Facts) Governing() (best Subscription, found bool) { return f.governing() }

// Live tells that a subscription has begun and has not ended.
func (s Subscription) Live() bool { return rank[s.Status] > rank[StatusCanceled] }

// governing is the subscription that decides: the highest by status, then the newest.
func (f Facts) governing() (best Subscription, found bool) {
	for _, s := range f.Subscriptions {
		if rank[s.Status] == 0 {
			continue
		}
		if !found || s.governs(best) {
			best, found = s, true
		}
	}
	return best, found
}

func (s Subscription) governs(other Subscription) bool {
	if a, b := rank[s.Status], rank[other.Status]; a != b {
		return a > b
	}
	if !s.CreatedAt.Equal(other.CreatedAt) {
		return s.CreatedAt.After(other.CreatedAt)
	}
	return s.ID > other.ID
}

// ended is when the last of what the company could work by was over.
func (f Facts) ended(now time.Time) time.Time {
	var last time.Time
	for _, s := range f.Subscriptions {
		if s.Status == StatusCanceled || s.Status == StatusIncompleteExpired {
			last = later(last, first(s.EndedAt, s.PeriodEnd, s.CreatedAt))
		}
	}
	if !f.Converted {
		last = later(last, f.TrialEndsAt)
	}
	if f.Comp != nil && !now.Before(f.Comp.Until) {
		last = later(last, f.Comp.Until)
	}
	return last
}

// first is the first of times that is known.
func first(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
