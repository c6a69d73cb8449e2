package plan

import "time"

// Calendar is how a company's billing periods run: by the month, from an anchor, in a zone. Yearly plans have the
// same months from the same anchor. Every instant belongs to exactly one period.
type Calendar struct {
	Anchor time.Time
	Zone   *time.Location
	Since  time.Time // a period begins here, and this calendar with it; zero: it always held
	Before *Calendar // what held until then
}

// At is the period that holds at t.
func (c Calendar) At(t time.Time) Period {
	if c.Since.IsZero() {
		return PeriodAt(c.Anchor, c.Zone, t)
	}
	if t.Before(c.Since) {
		p := PeriodAt(c.Anchor, c.Zone, t)
		if c.Before != nil {
			p = c.Before.At(t)
		}
		if p.End.After(c.Since) {
			p.End = c.Since.UTC()
		}
		return p
	}
	if end := c.firstEnd(); t.Before(end) {
		return Period{Start: c.Since.UTC(), End: end}
	}
	return PeriodAt(c.Anchor, c.Zone, t)
}

// firstEnd ends the period that begins with the calendar: a month after that one of its own boundaries which lies
// nearest to the beginning. So no change makes a period of some hours, which would be a second reset.
func (c Calendar) firstEnd() time.Time {
	p := PeriodAt(c.Anchor, c.Zone, c.Since)
	if c.Since.Sub(p.Start) <= p.End.Sub(c.Since) {
		return p.End
	}
	return PeriodAt(c.Anchor, c.Zone, p.End).End
}

// In is the calendar after a move to another zone at now: it applies from the next period.
func (c Calendar) In(zone *time.Location, now time.Time) Calendar {
	if now.Before(c.Since) { // a move that is still to come is made elsewhere
		c.Zone = zone
		return c
	}
	return Calendar{Anchor: c.Anchor, Zone: zone, Since: c.At(now).End, Before: c.forget()}
}

// From is the calendar with a new anchor, as a switch of plans brings one: the period that holds closes early. What was
// used in it is carried into the new one, which overlaps what is left of it, so a switch gives nothing back.
func (c Calendar) From(anchor time.Time) Calendar {
	before := c.forget()
	if anchor.Before(c.Since) && c.Before != nil { // a move that was to come comes now
		before = c.Before.forget()
	}
	return Calendar{Anchor: anchor, Zone: c.Zone, Since: anchor, Before: before}
}

// forget is the calendar without what held before it: periods that far back are over and written down.
func (c Calendar) forget() *Calendar {
	c.Before = nil
	return &c
}
