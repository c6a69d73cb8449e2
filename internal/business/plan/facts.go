package plan

import (
	"slices"
	"time"
)

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

	silent time.Time // since when a trial counts as unpaid because the provider was not heard; zero: it was
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
	LostDisputeAt time.Time // since when it is known that a dispute was lost, of which no operator has decided what follows; zero: none
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

// stopsAt is when a lost dispute stops the company unless an operator decides otherwise; zero: nothing does.
func (f Facts) stopsAt() time.Time {
	if f.LostDisputeAt.IsZero() {
		return time.Time{}
	}
	return f.LostDisputeAt.Add(DecidedWithin)
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

// ends is when the subscription ends by itself; zero: it goes on. Of one whose plan nobody here knows, nothing is
// foretold.
func (s Subscription) ends() time.Time {
	switch {
	case !s.known() || !s.silent.IsZero():
		return time.Time{}
	case s.CancelAt.IsZero() && s.CancelAtPeriodEnd:
		return s.PeriodEnd
	}
	return s.CancelAt
}

// silentAt is when a trial at the provider has been over for so long, without a word from the provider, that it counts
// as unpaid: whether it was paid nobody knows, and it is given as long as an invoice is. Zero: it is no trial.
func (s Subscription) silentAt() time.Time {
	if s.Status != StatusTrialing || s.PeriodEnd.IsZero() || !s.known() {
		return time.Time{}
	}
	return s.PeriodEnd.Add(Grace)
}

func (s Subscription) known() bool {
	_, err := Lookup(s.Plan, s.Version)
	return err == nil
}

// reached tells whether a moment, if there is one, has come.
func reached(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// at is the subscription at now: one whose announced end has come is over, whether the provider was heard since or not.
func (s Subscription) at(now time.Time) Subscription {
	switch {
	case rank[s.Status] <= rank[StatusCanceled]:
	case reached(s.silentAt(), now) && !reached(s.ends(), s.silentAt()): // nothing else is believed of it before the provider is heard
		s.silent = s.silentAt()
		s.Status = StatusUnpaid
	case reached(s.ends(), now):
		s.Status, s.EndedAt = StatusCanceled, s.ends()
	}
	return s
}

// at are the facts with subscriptions as they are at now. Whatever ended by its announcement has used the trial up.
func (f Facts) at(now time.Time) Facts {
	for i, s := range f.Subscriptions {
		if s.at(now).Status != s.Status {
			all := slices.Clone(f.Subscriptions)
			for j := i; j < len(all); j++ {
				all[j] = all[j].at(now)
			}
			f.Subscriptions, f.Converted = all, true
			return f
		}
	}
	return f
}

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

// ranks is where the subscription stands in that order. A trial that nobody hears of gives its place to no other.
func (s Subscription) ranks() int {
	if !s.silent.IsZero() {
		return rank[StatusTrialing]
	}
	return rank[s.Status]
}

func (s Subscription) governs(other Subscription) bool {
	if a, b := s.ranks(), other.ranks(); a != b {
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
