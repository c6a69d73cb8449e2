package console

import (
	"slices"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
)

// day is a date as operators read it, in the company's zone.
func day(t time.Time, zone *time.Location) string { return t.In(zone).Format("Jan 2, 2006") }

func since(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return " since " + day(t, zone)
}

// becauses are why a company is read-only, or worse.
var becauses = map[plan.Cause]string{
	plan.Unpaid:           "an invoice is unpaid",
	plan.Paused:           "the subscription is paused at Stripe",
	plan.FirstPaymentOpen: "the first payment has not gone through",
	plan.PlanUnknown:      "its plan is not in our catalogue, which is our mistake",
	plan.ByLostDispute:    "a dispute was lost and nobody decided what follows within 7 days",
}

// because is why a company is read-only, or worse. Of what it worked by and is over, it says how that ended, and on which
// day when it did not stand so from that day on.
func because(e plan.Entitlements, standing tenancy.PlanStanding, zone *time.Location) string {
	if e.Cause != plan.TrialEnded && e.Cause != plan.SubscriptionEnded {
		return becauses[e.Cause]
	}
	ended, on := e.PurgeAfter.Add(-plan.KeptFor), ""
	if !ended.Equal(e.Since) {
		on = " on " + day(ended, zone)
	}
	for _, o := range standing.Overrides {
		if o.Kind == tenancy.OverrideComp && o.Until != nil && o.Until.Equal(ended) {
			return "the free use that was granted ended" + on
		}
	}
	for _, s := range standing.Subscriptions {
		if endedAt(s, ended) {
			return endOf(s, on)
		}
	}
	if e.Cause == plan.SubscriptionEnded {
		return "the trial ended" + on + " and the first payment of a plan was never made"
	}
	return "the trial ended" + on + " and no plan was chosen"
}

// endedAt tells whether a subscription was over at a moment: as Stripe said, or as had been announced.
func endedAt(s tenancy.Subscription, at time.Time) bool {
	return slices.ContainsFunc([]*time.Time{s.EndedAt, s.CancelAt, &s.PeriodEnd, &s.CreatedAt}, func(t *time.Time) bool { return t != nil && t.Equal(at) })
}

// endOf is how a subscription came to its end.
func endOf(s tenancy.Subscription, on string) string {
	name := "its subscription to " + planName(s.Plan, s.PlanVersion)
	switch {
	case s.Status == plan.StatusIncompleteExpired:
		return "the first payment of " + name + " was not made in time, and it lapsed" + on
	case s.CancelAtPeriodEnd:
		return name + " had been canceled and the period that was paid ended" + on
	case s.CancelAt != nil:
		return name + " had been canceled for a day to come, and ended" + on
	}
	return name + " was canceled at once" + on + ", by them or at Stripe"
}

// planName is how a plan is called; one that is not in the catalogue by its key.
func planName(key plan.Key, version int) string {
	if p, err := plan.Lookup(key, version); err == nil {
		return p.Name
	}
	return string(key)
}

// Sentence says where a company stands with its plan, in one sentence with the next change and its date, and in another
// when a lost dispute will stop it.
func Sentence(e plan.Entitlements, standing tenancy.PlanStanding, zone *time.Location) string {
	if stops := e.Flags.StopsAt; !stops.IsZero() {
		return sentence(e, standing, zone) + " It is stopped on " + day(stops, zone) + " because of a lost dispute, unless an operator decides otherwise."
	}
	return sentence(e, standing, zone)
}

func sentence(e plan.Entitlements, standing tenancy.PlanStanding, zone *time.Location) string {
	switch e.State {
	case plan.Active:
		return activeSentence(e, zone)
	case plan.Trialing:
		if e.Cause == plan.ByTrial {
			return "In trial of " + e.Plan.Name + " until " + day(e.Until, zone) + ", then read-only unless a plan is chosen."
		}
		return "In trial of " + e.Plan.Name + " by subscription" + since(e.Since, zone) + "." + ends(e, zone)
	case plan.PastDue:
		return "Past due: an invoice is unpaid" + since(e.Since, zone) + ". Read-only from " + day(e.Until, zone) + " unless it is paid."
	case plan.Restricted:
		return "Read-only" + since(e.Since, zone) + " because " + because(e, standing, zone) + ". It stays so until that changes."
	case plan.Canceled:
		return "Read-only" + since(e.Since, zone) + " because " + because(e, standing, zone) + ". From " + day(e.Until, zone) + " only owners come in."
	case plan.Dormant:
		return "Dormant" + since(e.Since, zone) + " because " + because(e, standing, zone) + ": only owners come in. Its rows are kept until " + day(e.PurgeAfter, zone) + "."
	case plan.Suspended:
		if e.Cause == plan.ByLostDispute {
			return "Stopped" + since(e.Since, zone) + " because " + becauses[e.Cause] + ". It stays so until an operator deals with what was found."
		}
		return "Stopped" + since(e.Since, zone) + " by an operator: " + holdOf(standing) + ". It stays so until an operator ends it."
	case plan.PendingDeletion:
		return "To be deleted. Its archive can be fetched until " + day(e.Until, zone) + "."
	}
	return "Deleted" + since(e.Since, zone) + "."
}

func activeSentence(e plan.Entitlements, zone *time.Location) string {
	switch e.Cause {
	case plan.ByComp:
		return "Active on " + e.Plan.Name + ", free until " + day(e.Until, zone) + ". Then what it has without that."
	case plan.ByAgreement:
		return "Active on " + e.Plan.Name + " by agreement, without a subscription." + next(e, zone)
	}
	return "Active on " + e.Plan.Name + " by subscription" + since(e.Since, zone) + "." + ends(e, zone)
}

// ends says how a subscription ends by itself, or what changes next.
func ends(e plan.Entitlements, zone *time.Location) string {
	switch {
	case !e.Flags.CancelAt.IsZero():
		return " It ends on " + day(e.Flags.CancelAt, zone) + "."
	case e.Flags.CancelAtPeriodEnd:
		return " It ends with the period that is paid."
	}
	return next(e, zone)
}

func next(e plan.Entitlements, zone *time.Location) string {
	switch {
	case e.NextChangeAt.IsZero():
		return " Nothing changes by time."
	case e.NextChangeAt.Equal(e.Flags.StopsAt): // a sentence of its own
		return ""
	}
	return " The next change is on " + day(e.NextChangeAt, zone) + ", when an override ends."
}

// holdOf is why a company was stopped.
func holdOf(standing tenancy.PlanStanding) string {
	for _, o := range standing.Overrides {
		if o.Kind == tenancy.OverrideHold {
			return o.Reason
		}
	}
	return "no reason is known"
}

// StateWord is a state in a word or two.
func StateWord(s plan.State) string {
	switch s {
	case plan.Active:
		return "Active"
	case plan.Trialing:
		return "Trial"
	case plan.PastDue:
		return "Past due"
	case plan.Restricted, plan.Canceled:
		return "Read-only"
	case plan.Dormant:
		return "Dormant"
	case plan.Suspended:
		return "Stopped"
	case plan.PendingDeletion:
		return "Leaving"
	}
	return "Deleted"
}
