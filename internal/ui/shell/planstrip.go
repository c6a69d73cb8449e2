package shell

import (
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
)

// usageStrips say of which limits little is left this month, or nothing.
func usageStrips(c *caller.Caller) []kit.Message {
	if !c.Actor.May(tenancy.UsageRead) {
		return nil
	}
	var strips []kit.Message
	warned := c.Actor.Warned(c.Now)
	for _, m := range plan.Metrics {
		if warned[m] == 0 {
			continue
		}
		limit := c.Actor.Entitlements(c.Now).Limit(m)
		s := kit.Message{Tone: kit.Watch, Text: kit.Figure(limit) + " " + usage.Noun(m, limit) + " are this month's limit, and 80 % of them are used.",
			Action: &kit.Action{Label: "See usage", Href: tenancy.PlanPath}}
		if warned[m] == 100 {
			s.Text = "All of this month's " + kit.Figure(limit) + " " + usage.Noun(m, limit) + " are used. They reset on " + c.Actor.Org.Period(c.Now).End.In(c.Actor.Org.Zone()).Format("Jan 2") + "."
		}
		strips = append(strips, s)
	}
	return strips
}

// planStrips say what the state of the plan stops, or will stop.
func planStrips(c *caller.Caller) []kit.Message {
	e := c.Actor.Entitlements(c.Now)
	switch {
	case e.State == plan.PastDue:
		return []kit.Message{{Tone: kit.Watch, Text: "An invoice is unpaid. On " + e.Until.In(c.Actor.Org.Zone()).Format("Jan 2") + " your company turns read-only."}}
	case !e.Access().Write:
		return []kit.Message{{Tone: kit.Watch, Text: fault.As(c.Actor.RequirePlan(c.Now)).Message}}
	}
	return nil
}
