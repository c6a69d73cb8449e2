package shell

import (
	"slices"
	"strconv"
	"strings"
	"time"

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
			Action: &kit.Action{Label: "See usage", Href: tenancy.UsagePath}}
		if warned[m] == 100 {
			s.Text = "All of this month's " + kit.Figure(limit) + " " + usage.Noun(m, limit) + " are used. They reset on " + c.Actor.Org.Period(c.Now).End.In(c.Actor.Org.Zone()).Format("Jan 2") + "."
		}
		strips = append(strips, s)
	}
	return strips
}

// trialShown is how long before its end a trial is spoken of.
const trialShown = 7 * 24 * time.Hour

// planStrips say what the state of the plan stops, or will stop, and give who can do something about it the way there.
func planStrips(c *caller.Caller) (strips []kit.Message) {
	e, manages := c.Actor.Entitlements(c.Now), c.Actor.May(tenancy.BillingManage)
	day := func(t time.Time) string { return t.In(c.Actor.Org.Zone()).Format("Jan 2") }
	add := func(tone kit.Tone, text, forOwners, others string) {
		s := kit.Message{Tone: tone, Text: text + others}
		if manages {
			s.Text, s.Action = text, &kit.Action{Label: forOwners, Href: tenancy.BillingPath}
		}
		strips = append(strips, s)
	}
	switch left := e.Until.Sub(c.Now); {
	case e.State == plan.Trialing && e.Cause == plan.ByTrial && left <= trialShown && c.Actor.May(tenancy.UsageRead):
		add(kit.Info, "Your trial ends on "+day(e.Until)+", "+inDays(left)+". Without a plan everything turns read-only then.", "Choose a plan", " The owner can choose one.")
	case e.State == plan.PastDue && c.Actor.Org.Standing.BankAsks:
		add(kit.Watch, "The bank asks to confirm a payment. On "+day(e.Until)+" your company turns read-only.", "Confirm", " The owner can do it.")
	case e.State == plan.PastDue:
		add(kit.Watch, "An invoice is unpaid. On "+day(e.Until)+" your company turns read-only.", "Pay now", " The owner can pay it.")
	case !e.Access().Write:
		strips = append(strips, readOnlyStrip(c, e, day, manages))
	}
	if !manages || !e.Access().Write {
		return strips
	}
	if ends := e.Flags.CancelAt; !ends.IsZero() {
		add(kit.Info, "Your plan ends on "+day(ends)+". Then everything turns read-only.", "Keep it", "")
	}
	card := c.Actor.Org.Standing.Card
	if paying := e.Cause == plan.BySubscription || e.Cause == plan.Unpaid; paying && card.Expiring(c.Now) {
		text := "The card that ends in " + card.Last4 + " is good until the end of " + card.LastMonth() + "."
		if !c.Now.Before(card.EndsAt()) {
			text = "The card that ends in " + card.Last4 + " is no longer good."
		}
		add(kit.Watch, text, "Change card", "")
	}
	return strips
}

// readOnlyStrip says since when nothing can be changed and why, to owners also what brings it back.
func readOnlyStrip(c *caller.Caller, e plan.Entitlements, day func(time.Time) string, manages bool) kit.Message {
	s := kit.Message{Tone: kit.Watch, Text: fault.As(c.Actor.RequirePlan(c.Now)).Message}
	if manages {
		s.Text, _, _ = strings.Cut(s.Text, " The owner can ") // who reads it is one
	}
	if e.State == plan.Dormant && !e.PurgeAfter.IsZero() {
		s.Text += " What you have is kept until " + day(e.PurgeAfter) + "."
	}
	if manages && e.State != plan.Suspended {
		s.Action = &kit.Action{Label: "Choose a plan", Href: tenancy.BillingPath}
		if e.Cause == plan.Unpaid {
			s.Action.Label = "Pay now"
		}
	}
	return s
}

// elsewhere leaves out the strips that lead to the page they would stand on: it says the same itself.
func elsewhere(path string, strips []kit.Message) []kit.Message {
	return slices.DeleteFunc(strips, func(m kit.Message) bool { return m.Action != nil && m.Action.Href == path })
}

// inDays is how long something is away, in whole days.
func inDays(left time.Duration) string {
	switch days := int((left + 24*time.Hour - 1) / (24 * time.Hour)); {
	case days <= 1:
		return "within a day"
	default:
		return "in " + strconv.Itoa(days) + " days"
	}
}
