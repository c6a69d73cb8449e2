package shell

import (
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
)

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
