package plan

import "time"

// Period is a billing period: from Start, up to but not including End.
type Period struct{ Start, End time.Time }

// PeriodAt is the monthly period that holds at, counted from anchor on the calendar of zone. An anchor on
// day 29 to 31 clamps to the month's last day and returns (Jan 31, Feb 28, Mar 31). A boundary that falls
// into a spring gap begins at the first instant after it, one that happens twice in autumn at the first.
// Every instant belongs to exactly one period.
func PeriodAt(anchor time.Time, zone *time.Location, at time.Time) Period {
	a, t := anchor.In(zone), at.In(zone)
	n := (t.Year()-a.Year())*12 + int(t.Month()) - int(a.Month())
	for boundary(a, n, zone).After(at) {
		n--
	}
	for !boundary(a, n+1, zone).After(at) {
		n++
	}
	return Period{Start: boundary(a, n, zone), End: boundary(a, n+1, zone)}
}

// boundary is the anchor's local date and time, n months on, as an instant.
func boundary(anchor time.Time, n int, zone *time.Location) time.Time {
	first := time.Date(anchor.Year(), anchor.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	lastDay := first.AddDate(0, 1, -1).Day()
	day := min(anchor.Day(), lastDay)
	return localInstant(first.Year(), first.Month(), day, anchor, zone)
}

// localInstant resolves a wall clock reading: the earlier instant when it happens twice, the end of the
// gap when it does not happen. time.Date leaves both cases open.
func localInstant(year int, month time.Month, day int, clock time.Time, zone *time.Location) time.Time {
	h, m, s := clock.Clock()
	wall := time.Date(year, month, day, h, m, s, clock.Nanosecond(), time.UTC)
	// A change of offset within a day and a half either side decides between at most two offsets.
	_, before := wall.Add(-36 * time.Hour).In(zone).Zone()
	_, after := wall.Add(36 * time.Hour).In(zone).Zone()
	early := wall.Add(-time.Duration(max(before, after)) * time.Second)
	late := wall.Add(-time.Duration(min(before, after)) * time.Second)
	for _, candidate := range []time.Time{early, late} {
		if sameWall(candidate.In(zone), wall) {
			return candidate.In(time.UTC)
		}
	}
	return gapEnd(early, late, zone)
}

func sameWall(t, wall time.Time) bool {
	return t.Year() == wall.Year() && t.YearDay() == wall.YearDay() &&
		t.Hour() == wall.Hour() && t.Minute() == wall.Minute() && t.Second() == wall.Second()
}

// gapEnd finds the instant between lo and hi at which the zone's offset jumps.
func gapEnd(lo, hi time.Time, zone *time.Location) time.Time {
	_, start := lo.In(zone).Zone()
	for hi.Sub(lo) > time.Second {
		mid := lo.Add(hi.Sub(lo) / 2).Truncate(time.Second)
		if mid.Equal(lo) {
			break
		}
		if _, o := mid.In(zone).Zone(); o == start {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi.Truncate(time.Second).In(time.UTC)
}
