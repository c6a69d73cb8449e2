package document_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/business/quoting/document"
)

func TestLastDayToCancelIsTheThirdBusinessDay(t *testing.T) {
	t.Parallel()
	for sale, want := range map[document.Day]document.Day{
		"2026-03-03": "2026-03-06", // Tuesday to Friday
		"2026-03-05": "2026-03-09", // Thursday: Friday, Saturday, Monday
		"2026-03-07": "2026-03-11", // Saturday: Monday, Tuesday, Wednesday
		"2026-03-08": "2026-03-11", // Sunday
		"2026-01-16": "2026-01-21", // Martin Luther King Jr. on the Monday
		"2026-02-13": "2026-02-18", // Washington's birthday
		"2026-05-22": "2026-05-27", // Memorial Day
		"2026-06-17": "2026-06-22", // Juneteenth on a Friday: Thursday, Saturday, Monday
		"2026-07-01": "2026-07-07", // July 4 on a Saturday, observed on Friday
		"2026-09-04": "2026-09-09", // Labor Day
		"2026-10-09": "2026-10-14", // Columbus Day
		"2026-11-10": "2026-11-14", // Veterans Day
		"2026-11-25": "2026-11-30", // Thanksgiving: Friday, Saturday, Monday
		"2026-12-23": "2026-12-28", // Christmas: Thursday, Saturday, Monday
		"2027-12-30": "2028-01-05", // New Year's Day on a Saturday, observed in the old year
		"2022-12-30": "2023-01-04", // New Year's Day on a Sunday, observed on Monday: Saturday, Tuesday, Wednesday
		"2020-06-18": "2020-06-22", // before Juneteenth was a holiday
		"2024-02-28": "2024-03-02", // leap day
	} {
		if got, ok := document.LastDayToCancel(sale); !ok || got != want {
			t.Errorf("LastDayToCancel(%s) = %s, %v; want %s", sale, got, ok, want)
		}
	}
	for _, no := range []document.Day{"", "2026-02-30", "03/03/2026", "0000-01-01"} {
		if got, ok := document.LastDayToCancel(no); ok {
			t.Errorf("LastDayToCancel(%q) = %s, want none", no, got)
		}
	}
}

func TestLastDayToCancelIsNeverSoonerThanThreeDaysNorASunday(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 40_000).Draw(t, "days"))
		last, ok := document.LastDayToCancel(document.DayOf(day, time.UTC))
		if !ok {
			t.Fatalf("no last day for %s", day)
		}
		end, err := time.Parse(time.DateOnly, string(last))
		if err != nil {
			t.Fatal(err)
		}
		if apart := int(end.Sub(day).Hours() / 24); apart < 3 || apart > 8 || end.Weekday() == time.Sunday {
			t.Fatalf("sold %s, last day %s, %d days", day.Format(time.DateOnly), last, apart)
		}
	})
}
