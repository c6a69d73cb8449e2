package tenancy

import (
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/phone"
)

// UsagePath is the page that says what is used of the plan.
const UsagePath = "/settings/usage"

// BillingPath is the page on which a plan is chosen, changed and ended.
const BillingPath = "/settings/plan"

// ownerRole is the role of those who can choose a plan; identity says what else it may.
const ownerRole = "owner"

// reasons are why nothing can be changed, as people read them.
var reasons = map[plan.Cause]string{
	plan.TrialEnded:        "the trial ended",
	plan.SubscriptionEnded: "the plan ended",
	plan.Unpaid:            "an invoice is unpaid",
	plan.Paused:            "there is no card",
	plan.FirstPaymentOpen:  "the first payment has not gone through",
	plan.PlanUnknown:       "we do not know your plan, which is our mistake",
}

// RequirePlan refuses changes that the state of the plan does not allow, whoever asks.
func (a Actor) RequirePlan(now time.Time) error {
	e := a.Entitlements(now)
	if e.Access().Write {
		return nil
	}
	if err := a.refuseState(e); err != nil {
		return err
	}
	return a.subscriptionRequired(e, "Read-only"+a.sinceWords(e)+" because "+reasons[e.Cause]+".")
}

// RequireGrowth refuses more of what is billed while an invoice is open.
func (a Actor) RequireGrowth(m plan.Metric, now time.Time) error {
	e := a.Entitlements(now)
	if e.MayGrow(m) {
		return nil
	}
	if err := a.RequirePlan(now); err != nil {
		return err
	}
	return a.subscriptionRequired(e, "An invoice is unpaid"+a.sinceWords(e)+", and more people cost more.")
}

// RequireLinks refuses a homeowner's link while the company is away. What it says is the same for every link.
func (a Actor) RequireLinks(now time.Time) error {
	switch a.Entitlements(now).Access().Links {
	case plan.LinksWork:
		return nil
	case plan.LinksGone:
		return fault.Missing()
	}
	call := ""
	if a.Org.Phone != "" {
		call = " Call " + phone.Format(a.Org.Phone) + "."
	}
	return fault.New(fault.Forbidden, CodeAway, "%s cannot show its quotes here at the moment.%s", a.Org.Name, call)
}

// CodeAway is the refusal of a homeowner's link of a company that is away.
const CodeAway = "company-away"

// RequireOpen refuses a company that the state of its plan has closed: to everybody, or to all but its owners.
func (a Actor) RequireOpen(now time.Time) error { return a.refuseState(a.Entitlements(now)) }

func (a Actor) refuseState(e plan.Entitlements) error {
	access := e.Access()
	switch {
	case a.Kind == Support || a.Kind == Platform: // they see it in every state
		return nil
	case access.Read == plan.NobodyReads && access.Links == plan.LinksGone:
		return fault.Missing()
	case access.Read == plan.NobodyReads:
		return fault.New(fault.Forbidden, "org-suspended", "Fence Platform has stopped this company. Its owner can write to us.").
			With("state", string(e.State)).With("since", e.Since.UTC().Format(time.RFC3339))
	case access.Read == plan.OwnersRead && a.Role != ownerRole:
		return a.subscriptionRequired(e, "Only owners come in"+a.sinceWords(e)+": "+reasons[e.Cause]+" long ago.")
	}
	return nil
}

// RequireKeys refuses a program's key that the state of the plan lets rest, or only read.
func (a Actor) RequireKeys(reads bool, now time.Time) error {
	e := a.Entitlements(now)
	if keys := e.Access().Keys; a.Kind != Key || keys == plan.KeysWork || reads && keys == plan.KeysRead {
		return nil
	}
	return a.subscriptionRequired(e, "API keys rest"+a.sinceWords(e)+" because "+reasons[e.Cause]+".")
}

func (a Actor) subscriptionRequired(e plan.Entitlements, sentence string) error {
	return fault.New(fault.LimitReached, "subscription-required", "%s", sentence+" The owner can "+wayBack(e.Cause)+".").
		With("state", string(e.State)).With("since", e.Since.UTC().Format(time.RFC3339)).With("billing_url", BillingPath)
}

// wayBack is what opens the company again.
func wayBack(c plan.Cause) string {
	switch c {
	case plan.Unpaid, plan.FirstPaymentOpen:
		return "pay it"
	case plan.Paused:
		return "add one"
	}
	return "choose a plan"
}

// sinceWords is " since Mar 14", or nothing when nobody knows.
func (a Actor) sinceWords(e plan.Entitlements) string {
	if e.Since.IsZero() {
		return ""
	}
	return " since " + e.Since.In(a.Org.Zone()).Format("Jan 2")
}
