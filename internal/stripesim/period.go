package stripesim

import "time"

// interval is how often a price comes due.
type interval struct {
	unit  string // day, week, month, year
	count int64
}

// boundary is the nth boundary after an anchor. A day that a month does not have is the last that it has, and the
// anchor's day comes back where there is one: 31 January, 28 February, 31 March.
func (i interval) boundary(anchor, n int64) int64 {
	at := time.Unix(anchor, 0).UTC()
	n *= i.count
	switch i.unit {
	case "day":
		return at.AddDate(0, 0, int(n)).Unix()
	case "week":
		return at.AddDate(0, 0, int(7*n)).Unix()
	case "year":
		n *= 12
	}
	first := time.Date(at.Year(), at.Month()+time.Month(n), 1, at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(at.Day(), last)-1).Unix()
}

// span is a stretch of time, its end not in it.
type span struct{ from, to int64 }

// around is the period in which a moment lies. Before the anchor lie periods too, counted back.
func (i interval) around(anchor, at int64) span {
	n := i.guess(anchor, at)
	for i.boundary(anchor, n) > at {
		n--
	}
	for i.boundary(anchor, n+1) <= at {
		n++
	}
	return span{i.boundary(anchor, n), i.boundary(anchor, n+1)}
}

// guess is near the number of the period, so that around has few steps to go.
func (i interval) guess(anchor, at int64) int64 {
	length := map[string]int64{"day": 86_400, "week": 7 * 86_400, "month": 2_629_746, "year": 31_556_952}[i.unit]
	return (at - anchor) / (length * i.count)
}

// share is what of an amount falls on the rest of a span after a moment, to the cent, halves away from zero.
func share(amount int64, whole span, at int64) int64 {
	length := whole.to - whole.from
	if length <= 0 {
		return 0
	}
	rest := min(max(whole.to-at, 0), length)
	scaled := amount * rest
	if scaled < 0 {
		return -((-scaled*2 + length) / (2 * length))
	}
	return (scaled*2 + length) / (2 * length)
}
