package billing

import (
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
)

// StateWord says in a word where a company stands with its plan.
func StateWord(e plan.Entitlements) string {
	switch {
	case e.State == plan.Trialing && !e.Flags.CancelAtPeriodEnd:
		return "Trial"
	case e.State == plan.PastDue:
		return "Unpaid"
	case e.State == plan.Suspended:
		return "Stopped"
	case e.Flags.CancelAtPeriodEnd && (e.State == plan.Trialing || e.State == plan.Active):
		return "Ends"
	case e.State == plan.Active:
		return "Active"
	}
	return "Read-only"
}

// StateSentence says where the company stands, with its date and what comes then.
func StateSentence(a tenancy.Actor, o Overview) string {
	e := o.Entitlements
	day := func(t time.Time) string { return Day(a, o.Now, t) }
	links := "your customers' links keep working"
	switch {
	case e.State == plan.Trialing && e.Flags.CancelAtPeriodEnd:
		return "Trial of " + e.Plan.Name + " until " + day(e.Until) + ". Then it ends and everything is read-only; " + links + "."
	case e.State == plan.Trialing && e.Cause == plan.ByTrial && e.Flags.Next != "":
		return "Trial of " + e.Plan.Name + " until " + day(e.Until) + ". Then " + PlanName(e.Flags.Next) + ", paid from that day on."
	case e.State == plan.Trialing && e.Cause == plan.ByTrial:
		return "Trial of " + e.Plan.Name + " until " + day(e.Until) + ". Then read-only unless you pick a plan; " + links + "."
	case e.State == plan.Trialing:
		return e.Plan.Name + ", free until " + day(o.Subscription.PeriodEnd) + "."
	case e.Cause == plan.ByComp:
		return e.Plan.Name + ", free of charge until " + day(e.Until) + "."
	case e.Cause == plan.ByAgreement:
		return e.Plan.Name + ", as agreed with Fence Platform. Nothing is paid here."
	case e.State == plan.Active && e.Flags.CancelAtPeriodEnd:
		return e.Plan.Name + " until " + day(o.Subscription.PeriodEnd) + ". Then it ends and everything is read-only; " + links + "."
	case e.State == plan.Active && e.Flags.Next != "":
		return e.Plan.Name + " until " + day(e.Flags.NextAt) + ", then " + PlanName(e.Flags.Next) + "."
	case e.State == plan.Active:
		return e.Plan.Name + ". The next bill comes on " + day(o.Subscription.PeriodEnd) + "."
	case e.State == plan.PastDue:
		return e.Plan.Name + ". An invoice is unpaid since " + day(e.Since) + ". On " + day(e.Until) + " everything turns read-only; " + links + "."
	case e.State == plan.Suspended:
		return "Fence Platform has stopped your company. Nothing is deleted. Write to us to sort it out."
	}
	sentence := "Read-only"
	if !e.Since.IsZero() {
		sentence += " since " + day(e.Since)
	}
	sentence += " because " + whyClosed(e.Cause) + "."
	if e.State == plan.Canceled && !e.Until.IsZero() {
		sentence += " Your customers' links work until " + day(e.Until) + "."
	}
	if !e.PurgeAfter.IsZero() {
		sentence += " Everything is kept until " + day(e.PurgeAfter) + "."
	}
	return sentence
}

func whyClosed(c plan.Cause) string {
	switch c {
	case plan.TrialEnded:
		return "the trial ended"
	case plan.SubscriptionEnded:
		return "the plan ended"
	case plan.Unpaid:
		return "an invoice is unpaid"
	case plan.Paused:
		return "there is no card"
	case plan.FirstPaymentOpen:
		return "the first payment has not gone through"
	}
	return "we do not know your plan, which is our mistake"
}

// PlanName is how a plan is called.
func PlanName(k plan.Key) string {
	p, err := plan.Lookup(k, plan.CurrentVersion)
	if err != nil {
		return string(k)
	}
	return p.Name
}

// Day is a day where the company is, with its year when that is another than now.
func Day(a tenancy.Actor, now, t time.Time) string {
	t = t.In(a.Org.Zone())
	if t.Year() != now.In(a.Org.Zone()).Year() {
		return t.Format("Jan 2, 2006")
	}
	return t.Format("Jan 2")
}

// Change is what becomes of a company's plan at a time to come, if nobody does anything.
type Change struct {
	At       time.Time
	State    plan.State
	Plan     plan.Plan // whose limits hold then
	ReadOnly bool
}

// NextChange is the first time at which time alone changes the plan, its state, or what was granted beside it; nil: nothing
// will.
func NextChange(a tenancy.Actor, o Overview) *Change {
	e := o.Entitlements
	var c *Change
	if at := e.NextChangeAt; !at.IsZero() {
		then := a.Entitlements(at)
		c = &Change{at, then.State, then.Plan, then.ReadOnly()}
	}
	if at := e.Flags.NextAt; e.Flags.Next != "" && !at.IsZero() && (c == nil || !c.At.Before(at)) {
		if p, err := plan.Lookup(e.Flags.Next, plan.CurrentVersion); err == nil {
			c = &Change{At: at, State: plan.Active, Plan: p}
		}
	}
	return c
}
