package shell

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/ui/kit"
)

// Deed is how an audited action reads on a timeline: "created this customer".
type Deed struct{ Did, Icon string }

// Timeline turns a record's audit entries into days of events, newest first, in the organization's time.
// labels name the fields that a change shows; fields without a label are left out.
func Timeline(a tenancy.Actor, now time.Time, entries []audit.Entry, deeds map[string]Deed, labels map[string]string) kit.History {
	var h kit.History
	zone := a.Org.Zone()
	for _, e := range entries {
		at := e.At.In(zone)
		name := DayName(at, now.In(zone))
		if len(h.Days) == 0 || h.Days[len(h.Days)-1].Name != name {
			h.Days = append(h.Days, kit.Day{Name: name})
		}
		deed, known := deeds[e.Action]
		if !known {
			deed = Deed{Did: strings.ReplaceAll(e.Action, ".", " "), Icon: "circle-dot"}
		}
		day := &h.Days[len(h.Days)-1]
		ev := kit.Event{Icon: deed.Icon, Who: actorName(e), Did: deed.Did, When: at.Format("3:04 PM"),
			Exact: at.Format("Mon, Jan 2, 2006, 3:04:05 PM MST"), Stamp: at.Format(time.RFC3339)}
		ev.Before, ev.After = facts(e, labels)
		day.Events = append(day.Events, ev)
	}
	return h
}

// actorName names support as what it is, with who let it in.
func actorName(e audit.Entry) string {
	if tenancy.ActorKind(e.ActorKind) != tenancy.Support {
		return e.ActorName
	}
	return "Support (" + e.ActorName + ") for " + e.Behalf
}

// facts are the labelled fields in which before and after differ.
func facts(e audit.Entry, labels map[string]string) (before, after []kit.Fact) {
	if e.Before == nil || e.After == nil {
		return nil, nil
	}
	var names []string
	for name := range labels {
		if fmt.Sprint(e.Before[name]) != fmt.Sprint(e.After[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		before = append(before, kit.Fact{Label: labels[name], Value: said(e.Before[name])})
		after = append(after, kit.Fact{Label: labels[name], Value: said(e.After[name])})
	}
	return before, after
}

func said(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "yes"
		}
		return "no"
	}
	return fmt.Sprint(v)
}

// DayName is a day as people say it: today, yesterday, then the date; with its year if not this one.
func DayName(at, now time.Time) string {
	y, m, d := now.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	switch {
	case !at.Before(today) && at.Before(today.AddDate(0, 0, 1)):
		return "Today"
	case !at.Before(today.AddDate(0, 0, -1)) && at.Before(today):
		return "Yesterday"
	case at.Year() == y:
		return at.Format("Mon, Jan 2")
	}
	return at.Format("Mon, Jan 2, 2006")
}

// DateName is the name of a date without a time, which is read as midnight UTC, on the day that now is.
func DateName(date, now time.Time) string {
	y, m, d := date.Date()
	return DayName(time.Date(y, m, d, 0, 0, 0, 0, now.Location()), now)
}

// Base is a record as it was the given number of changes ago, from its timeline; nil when it does not reach back.
func Base(entries []audit.Entry, changes int) map[string]string {
	for _, e := range entries {
		if e.Before == nil {
			continue
		}
		if changes--; changes > 0 {
			continue
		}
		base := map[string]string{}
		for name, value := range e.Before {
			base[name] = said(value)
		}
		return base
	}
	return nil
}

// Blame names who saved last and when, for the page that sets two versions side by side.
func Blame(c *kit.Conflict, a tenancy.Actor, entries []audit.Entry) {
	if len(entries) > 0 {
		c.Who, c.When = entries[0].ActorName, entries[0].At.In(a.Org.Zone()).Format("3:04 PM")
	}
}
