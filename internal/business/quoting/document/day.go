package document

import "time"

// Day is a calendar day without a time or zone, written 2026-03-06.
type Day string

const dayLayout = "2006-01-02"

// DayOf is the calendar day at an instant in a zone.
func DayOf(at time.Time, zone *time.Location) Day { return Day(at.In(zone).Format(dayLayout)) }

// time is the day's midnight in UTC, for arithmetic; ok is false when it is no day.
func (d Day) time() (t time.Time, ok bool) {
	t, err := time.Parse(dayLayout, string(d))
	return t, err == nil && t.Year() >= 1900 && t.Year() <= 9000
}

// String writes the day as people read it: Fri, Mar 6, 2026.
func (d Day) String() string {
	t, ok := d.time()
	if !ok {
		return string(d)
	}
	return t.Format("Mon, Jan 2, 2006")
}

// LastDayToCancel is the day at whose midnight the right to cancel a sale made at home ends: the third business
// day after the sale (16 CFR 429). Saturdays are business days, Sundays and federal holidays are not.
// A holiday that is observed on another day counts on both: the buyer never gets less than the law gives.
func LastDayToCancel(sale Day) (last Day, ok bool) {
	t, ok := sale.time()
	if !ok {
		return "", false
	}
	for left := 3; left > 0; {
		t = t.AddDate(0, 0, 1)
		if t.Weekday() != time.Sunday && !federalHoliday(t) {
			left--
		}
	}
	return Day(t.Format(dayLayout)), true
}

// fixedHolidays are the federal holidays with a date of their own (5 U.S.C. 6103).
var fixedHolidays = [...]struct {
	month time.Month
	day   int
	since int
}{
	{time.January, 1, 1871}, {time.June, 19, 2021}, {time.July, 4, 1871}, {time.November, 11, 1938}, {time.December, 25, 1871},
}

// federalHoliday tells whether a federal holiday falls, or is observed, on the day.
func federalHoliday(t time.Time) bool {
	if weekdayHoliday(t) {
		return true
	}
	for _, h := range fixedHolidays {
		for year := t.Year(); year <= t.Year()+1; year++ { // New Year's Day may be observed on December 31
			if year < h.since {
				continue
			}
			day := time.Date(year, h.month, h.day, 0, 0, 0, 0, time.UTC)
			if t.Equal(day) || t.Equal(observed(day)) {
				return true
			}
		}
	}
	return false
}

// observed is the Friday before a Saturday and the Monday after a Sunday.
func observed(day time.Time) time.Time {
	switch day.Weekday() {
	case time.Saturday:
		return day.AddDate(0, 0, -1)
	case time.Sunday:
		return day.AddDate(0, 0, 1)
	default:
		return day
	}
}

// weekdayHoliday tells the holidays that are a certain Monday or Thursday of a month.
func weekdayHoliday(t time.Time) bool {
	week := (t.Day()-1)/7 + 1
	switch {
	case t.Weekday() == time.Monday:
		return t.Month() == time.January && week == 3 || // Martin Luther King Jr.
			t.Month() == time.February && week == 3 || // Washington's birthday
			t.Month() == time.May && t.Day() > 24 || // Memorial Day
			t.Month() == time.September && week == 1 || // Labor Day
			t.Month() == time.October && week == 2 // Columbus Day
	case t.Weekday() == time.Thursday:
		return t.Month() == time.November && week == 4 // Thanksgiving
	}
	return false
}
