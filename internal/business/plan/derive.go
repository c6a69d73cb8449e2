package plan

import "time"

const (
	// TrialLength is how long a new company may use growth without a card.
	TrialLength = 14 * 24 * time.Hour
	// Grace is how long an invoice may stay unpaid before the company turns read-only.
	Grace = 14 * 24 * time.Hour
	// DecidedWithin is how long operators have to decide what follows from a lost dispute. Then the company is stopped.
	DecidedWithin = 7 * 24 * time.Hour
	// ReadOnlyFor is how long everybody still reads after the end.
	ReadOnlyFor = 30 * 24 * time.Hour
	// KeptFor is how long after the end a company's rows are kept.
	KeptFor = 90 * 24 * time.Hour
	// ArchivedFor is how long the archive of a deleted company can be fetched.
	ArchivedFor = 30 * 24 * time.Hour
)

// State says where a company stands with its plan. What it may do in each is the table in access.go.
type State string

// The states, from the freest to the end.
const (
	Active          State = "active"
	Trialing        State = "trialing"
	PastDue         State = "past_due"
	Restricted      State = "restricted"
	Canceled        State = "canceled"
	Dormant         State = "dormant"
	Suspended       State = "suspended"
	PendingDeletion State = "pending_deletion"
	Deleted         State = "deleted"
)

// Cause is why a company is in its state.
type Cause string

// The causes.
const (
	ByAgreement       Cause = "agreement" // with the operator, without the payment provider
	BySubscription    Cause = "subscription"
	ByTrial           Cause = "trial"
	ByComp            Cause = "comp"
	ByHold            Cause = "hold"
	ByLostDispute     Cause = "lost_dispute"
	ByDeletion        Cause = "deletion"
	Unpaid            Cause = "unpaid"
	Paused            Cause = "paused"
	FirstPaymentOpen  Cause = "first_payment_open"
	TrialEnded        Cause = "trial_ended"
	SubscriptionEnded Cause = "subscription_ended"
	PlanUnknown       Cause = "plan_unknown" // to the catalogue: our mistake
)

// Flags are what people should be told beside the state.
type Flags struct {
	CancelAt          time.Time // when the subscription ends by itself
	CancelAtPeriodEnd bool
	CollectionPaused  bool
	Disputed          bool
	StopsAt           time.Time // when a lost dispute stops the company, unless an operator decides otherwise
	Next              Key       // the plan that follows at NextAt
	NextAt            time.Time
}

// Entitlements are what a company may do at one time, and why.
type Entitlements struct {
	State        State
	Cause        Cause     // of the state
	Since        time.Time // when the state began, as far as it is known
	Until        time.Time // when it ends by time alone; zero: it does not
	Plan         Plan      // whose limits and features hold
	Flags        Flags
	PurgeAfter   time.Time // when the company's rows may go; zero: they stay
	NextChangeAt time.Time // until then time alone changes nothing; zero: for ever

	addOns    []AddOn
	overrides []Override
	base      Contribution // what the plan is there by
}

// Derive says what a company may do at now: its state, plan, limits and features. It is total, asks nobody and
// remembers nothing, so that no timer is needed to enforce it. Whoever keeps its answer asks again at NextChangeAt.
func Derive(f Facts, now time.Time) Entitlements {
	e := Entitlements{Flags: Flags{Disputed: f.Disputed}}
	f = f.at(now)
	if f.DeletedAt.IsZero() && f.Hold == nil && now.Before(f.stopsAt()) {
		e.Flags.StopsAt = f.stopsAt()
		e.changesAt(f.stopsAt())
	}
	key, version := e.place(f, now)
	p, err := Lookup(key, version)
	switch {
	case err == nil:
	case e.Cause == ByComp: // granted by somebody who meant it to be of use
		p, _ = Lookup(Growth, CurrentVersion) // is in the catalogue
	default:
		p, _ = Lookup(Starter, CurrentVersion) // is in the catalogue
		if e.Access().Write {
			e.State, e.Cause, e.Since = Restricted, PlanUnknown, time.Time{}
		}
	}
	e.Plan = p
	e.base = Contribution{Source: FromPlan, Name: p.Name}
	switch e.Cause {
	case ByTrial:
		e.base.Source, e.base.Until = FromTrial, e.Until
	case ByComp:
		e.base.Source, e.base.Until, e.base.Reason = FromComp, e.Until, f.Comp.Reason
	}
	for _, o := range f.Overrides {
		if o.holds(now) {
			e.overrides = append(e.overrides, o)
			e.changesAt(o.Until)
		}
	}
	return e
}

// until ends the state at a time to come.
func (e *Entitlements) until(t time.Time) {
	e.Until = t
	e.changesAt(t)
}

// changesAt notes a time to come at which the answer may be another; zero is never.
func (e *Entitlements) changesAt(t time.Time) {
	if !t.IsZero() && (e.NextChangeAt.IsZero() || t.Before(e.NextChangeAt)) {
		e.NextChangeAt = t
	}
}

// place finds the state, in the order in which one thing outweighs another, and names the plan.
func (e *Entitlements) place(f Facts, now time.Time) (Key, int) {
	s, subscribed := f.governing()
	key, version := f.Plan, f.Version
	if subscribed {
		key, version, e.addOns = s.Plan, s.Version, s.AddOns
		if rank[s.Status] > rank[StatusCanceled] {
			e.changesAt(s.ends())
			e.changesAt(s.silentAt())
		}
	}
	switch {
	case !f.DeletedAt.IsZero():
		e.deleted(f.DeletedAt, now)
	case f.Hold != nil:
		e.State, e.Cause, e.Since = Suspended, ByHold, f.Hold.Since
	case reached(f.stopsAt(), now):
		e.State, e.Cause, e.Since = Suspended, ByLostDispute, f.stopsAt()
	case f.Comp != nil && now.Before(f.Comp.Until):
		e.State, e.Cause, e.Since = Active, ByComp, f.Comp.Since
		e.until(f.Comp.Until)
	case subscribed && rank[s.Status] > rank[StatusCanceled]:
		e.subscribed(f, s, now)
		if _, err := Lookup(Trial, trialVersion(f)); err == nil && s.Status == StatusTrialing && f.Plan == Trial && now.Before(f.TrialEndsAt) { // bought in the trial, which lasts as promised
			e.Cause, e.addOns = ByTrial, nil
			e.Flags.Next, e.Flags.NextAt = s.Plan, f.TrialEndsAt
			e.until(f.TrialEndsAt)
			return Trial, trialVersion(f)
		}
	case f.Plan != Trial && (!subscribed || s.Status == StatusIncompleteExpired):
		e.State, e.Cause = Active, ByAgreement
		return f.Plan, f.Version
	case f.TrialEndsAt.After(now) && !f.Converted:
		e.State, e.Cause, e.Since = Trialing, ByTrial, f.TrialEndsAt.Add(-TrialLength)
		e.until(f.TrialEndsAt)
		return Trial, trialVersion(f)
	case !subscribed && len(f.Subscriptions) > 0:
		e.State, e.Cause, e.Since = Restricted, FirstPaymentOpen, f.TrialEndsAt
	default:
		e.over(f, now)
	}
	return key, version
}

// trialVersion is the version of growth that a trial is of.
func trialVersion(f Facts) int {
	if f.Plan == Trial {
		return f.Version
	}
	return CurrentVersion
}

func (e *Entitlements) deleted(at, now time.Time) {
	e.State, e.Cause, e.Since, e.PurgeAfter = PendingDeletion, ByDeletion, at, at.Add(ArchivedFor)
	if now.Before(e.PurgeAfter) {
		e.until(e.PurgeAfter)
		return
	}
	e.State, e.Since = Deleted, e.PurgeAfter
}

func (e *Entitlements) subscribed(f Facts, s Subscription, now time.Time) {
	e.Cause, e.Since = BySubscription, s.CreatedAt
	e.Flags.CancelAt, e.Flags.CancelAtPeriodEnd, e.Flags.CollectionPaused = s.CancelAt, s.CancelAtPeriodEnd, s.CollectionPaused
	e.Until = s.ends()
	e.Flags.Next, e.Flags.NextAt = s.Next, s.NextAt
	unpaid := first(f.FirstUnpaidAt, s.PeriodStart, s.CreatedAt)
	switch s.Status {
	case StatusActive:
		e.State = Active
	case StatusTrialing:
		e.State = Trialing
	case StatusPastDue:
		e.State, e.Cause, e.Since = PastDue, Unpaid, unpaid
		if graceEnds := unpaid.Add(Grace); now.Before(graceEnds) {
			if e.Until.IsZero() || graceEnds.Before(e.Until) {
				e.until(graceEnds)
			}
		} else {
			e.State, e.Since = Restricted, graceEnds
		}
	case StatusUnpaid:
		e.State, e.Cause, e.Since = Restricted, Unpaid, first(s.silent, unpaid)
	default: // paused, for whatever reason
		e.State, e.Cause, e.Since = Restricted, Paused, first(s.PeriodStart, s.CreatedAt)
	}
}

// over is a company with nothing left to work by: it reads for a while, then only its owners do.
func (e *Entitlements) over(f Facts, now time.Time) {
	ended := f.ended(now)
	e.Cause = SubscriptionEnded
	if !f.Converted && !f.TrialEndsAt.IsZero() && len(f.Subscriptions) == 0 {
		e.Cause = TrialEnded
	}
	e.PurgeAfter = ended.Add(KeptFor)
	if dormantAt := ended.Add(ReadOnlyFor); now.Before(dormantAt) {
		e.State, e.Since = Canceled, ended
		e.until(dormantAt)
	} else {
		e.State, e.Since = Dormant, dormantAt
	}
}
