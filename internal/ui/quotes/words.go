package quotes

import (
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

var chips = map[quoting.Status]kit.Chip{
	quoting.Draft:     {Word: "Draft", Tone: kit.Calm, Icon: "pencil"},
	quoting.Sent:      {Word: "Sent", Tone: kit.Info, Icon: "send"},
	quoting.Viewed:    {Word: "Viewed", Tone: kit.Info, Icon: "eye"},
	quoting.Expired:   {Word: "Expired", Tone: kit.Watch, Icon: "calendar-x"},
	quoting.Accepted:  {Word: "Accepted", Tone: kit.Good},
	quoting.Declined:  {Word: "Declined", Tone: kit.Bad, Icon: "thumbs-down"},
	quoting.Replaced:  {Word: "Replaced", Tone: kit.Calm, Icon: "layers"},
	quoting.Withdrawn: {Word: "Withdrawn", Tone: kit.Calm, Icon: "ban"},
	quoting.Void:      {Word: "Discarded", Tone: kit.Calm, Icon: "trash-2"},
}

func chip(s quoting.Status) kit.Chip { return chips[s] }

// Chip is how a quote's state reads, also in other areas.
func Chip(s quoting.Status) kit.Chip { return chip(s) }

// day says on which day something was, in the organization's time.
func day(c *caller.Caller, at time.Time) string {
	zone := c.Actor.Org.Zone()
	name := shell.DayName(at.In(zone), c.Now.In(zone))
	return strings.ToLower(name[:1]) + name[1:]
}

// moment is day and time.
func moment(c *caller.Caller, at time.Time) string {
	zone := c.Actor.Org.Zone()
	return upper(shell.DayName(at.In(zone), c.Now.In(zone))) + ", " + at.In(zone).Format("3:04 PM")
}

// upper keeps names of days as they are and begins today and yesterday with a capital.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func dayCell(c *caller.Caller, at *time.Time) kit.Cell {
	if at == nil {
		return kit.Cell{}
	}
	zone := c.Actor.Org.Zone()
	return kit.Cell{Text: shell.DayName(at.In(zone), c.Now.In(zone)), Title: at.In(zone).Format("Mon, Jan 2, 2006, 3:04 PM MST")}
}

// lastDay is the last day of an offer that ends at until.
func lastDay(c *caller.Caller, until time.Time) string {
	zone := c.Actor.Org.Zone()
	return shell.DayName(until.Add(-time.Second).In(zone), c.Now.In(zone))
}

// deeds are how the audited actions of this area read.
var deeds = map[string]shell.Deed{
	"quote.created":             {Did: "began this quote", Icon: "file-text"},
	"quote.edited":              {Did: "changed the draft", Icon: "pencil"},
	"quote.repriced":            {Did: "took the sketch and the prices of today", Icon: "refresh-cw"},
	"quote.revised":             {Did: "began the next version", Icon: "layers"},
	"quote.sent":                {Did: "sent this quote", Icon: "send"},
	"quote.link_copied":         {Did: "copied a link", Icon: "link"},
	"quote.extended":            {Did: "held the prices open for longer", Icon: "calendar-check"},
	"quote.withdrawn":           {Did: "withdrew this quote", Icon: "ban"},
	"quote.discarded":           {Did: "discarded the draft", Icon: "trash-2"},
	"quote.accepted":            {Did: "signed this quote", Icon: "file-signature"},
	"quote.acceptance_recorded": {Did: "recorded an acceptance", Icon: "file-signature"},
	"quote.declined":            {Did: "declined this quote", Icon: "thumbs-down"},
	"quote.sealed":              {Did: "sealed the signed copy", Icon: "shield-check"},
}

// labels are the fields that a change shows.
var labels = map[string]string{
	"total_cents": "Total", "discount_cents": "Discount", "discount_bp": "Discount, in hundredths of a percent", "extras": "Extras", "valid_until": "Valid until",
}

// history is the timeline with amounts as people read them, and the reasons that people gave.
func history(c *caller.Caller, entries []audit.Entry) kit.History {
	told := make([]audit.Entry, len(entries))
	for i, e := range entries {
		e.Before, e.After = readable(e.Before), readable(e.After)
		told[i] = e
	}
	h := shell.Timeline(c.Actor, c.Now, told, deeds, labels)
	i := 0
	for d := range h.Days {
		for e := range h.Days[d].Events {
			if reason, ok := entries[i].After["reason"].(string); ok {
				h.Days[d].Events[e].Note = reason
			}
			i++
		}
	}
	return h
}

func readable(facts map[string]any) map[string]any {
	if facts == nil {
		return nil
	}
	out := make(map[string]any, len(facts))
	for name, v := range facts {
		if cents, ok := v.(float64); ok && strings.HasSuffix(name, "_cents") {
			v = money.Cents(cents).String()
		}
		out[name] = v
	}
	return out
}

var sections = []struct {
	key   quoting.Section
	label string
}{
	{quoting.SectionFence, "Fence"}, {quoting.SectionGates, "Gates"}, {quoting.SectionRemoval, "Removal"},
	{quoting.SectionCharges, "Travel and charges"}, {quoting.SectionExtras, "Extras"},
}
