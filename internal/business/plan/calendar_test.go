package plan

import (
	_ "embed"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

//go:embed testdata/zones.txt
var zoneList string

// allZones are the names of time/tzdata.
var allZones = strings.Fields(zoneList)

// long asks for every clock reading in eight years instead of one in a year and a half: FENCE_PERIODS=long.
var long = os.Getenv("FENCE_PERIODS") == "long"

func load(t interface{ Fatal(...any) }, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestPeriodsOfEveryZone walks from period to period in every zone with every anchor: each begins where the one before
// ended, on the anchor's day and clock reading or the first instant after a gap, and at the first of two readings.
func TestPeriodsOfEveryZone(t *testing.T) {
	t.Parallel()
	if len(allZones) < 400 {
		t.Fatalf("%d zones, want all of time/tzdata", len(allZones))
	}
	clocks, months := []time.Duration{150 * time.Minute}, 15 // 2:30, which many zones skip or repeat
	if long {
		clocks, months = []time.Duration{0, 30 * time.Minute, 90 * time.Minute, 150 * time.Minute, 24*time.Hour - time.Second}, 100
	}
	walked := make(chan int, len(allZones))
	t.Run("zones", func(t *testing.T) {
		for _, name := range allZones {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				zone, n := load(t, name), 0
				for day := 1; day <= 31; day++ {
					for _, clock := range clocks {
						n += walk(t, time.Date(2027, 1, day, 0, 0, int(clock.Seconds()), 0, zone), zone, months) // 2028 is a leap year
					}
				}
				walked <- n
			})
		}
	})
	close(walked)
	total := 0
	for n := range walked {
		total += n
	}
	t.Logf("%d zones × 31 anchors × %d clock readings: %d periods", len(allZones), len(clocks), total)
}

func walk(t *testing.T, anchor time.Time, zone *time.Location, months int) int {
	t.Helper()
	p := PeriodAt(anchor, zone, anchor)
	for n := range months {
		month := time.Date(anchor.Year(), anchor.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		wall := month.AddDate(0, 0, min(anchor.Day(), month.AddDate(0, 1, -1).Day())-1).Add(clockOf(anchor))
		got := readingOf(p.Start.In(zone))
		before := readingOf(p.Start.Add(-1).In(zone))
		switch {
		case got.Equal(wall): // and not for the second time
			if again := p.Start.Add(-time.Hour); readingOf(again.In(zone)).Equal(wall) {
				t.Errorf("anchor %v: the period of %v begins at its second reading", anchor, wall)
			}
		case got.After(wall) && before.Before(wall): // in a gap
		default:
			t.Errorf("anchor %v: a period begins when clocks read %v, want %v", anchor, got, wall)
		}
		if !p.End.After(p.Start) {
			t.Fatalf("anchor %v: a period from %v to %v", anchor, p.Start, p.End)
		}
		last, next := PeriodAt(anchor, zone, p.End.Add(-1)), PeriodAt(anchor, zone, p.End)
		if last != p || !next.Start.Equal(p.End) {
			t.Fatalf("anchor %v: %v, at its last instant %v, and then %v", anchor, p, last, next)
		}
		p = next
	}
	return months
}

// readingOf is what clocks show, as if it were UTC.
func readingOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

func clockOf(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
}

// A yearly plan has twelve months from its own anchor: the twelfth ends with the year.
func TestTwelvePeriodsAreAYear(t *testing.T) {
	t.Parallel()
	zone := load(t, "America/Denver")
	for _, anchor := range []time.Time{time.Date(2027, 3, 14, 2, 30, 0, 0, zone), time.Date(2028, 2, 29, 9, 0, 0, 0, zone), time.Date(2027, 8, 31, 0, 0, 0, 0, zone)} {
		p := PeriodAt(anchor, zone, anchor)
		for range 11 {
			p = PeriodAt(anchor, zone, p.End)
		}
		if want := boundary(anchor.In(zone), 12, zone); !p.End.Equal(want) {
			t.Errorf("anchor %v: the twelfth period ends %v, want %v", anchor, p.End, want)
		}
	}
}

func TestAMoveAppliesFromTheNextPeriod(t *testing.T) {
	t.Parallel()
	austin, york := load(t, "America/Chicago"), load(t, "America/New_York")
	c := Calendar{Anchor: time.Date(2027, 1, 5, 9, 0, 0, 0, austin), Zone: austin}
	now := time.Date(2027, 3, 20, 12, 0, 0, 0, time.UTC)
	was := c.At(now)
	moved := c.In(york, now)
	if got := moved.At(now); got != was {
		t.Errorf("the move changed the period that holds: %v, was %v", got, was)
	}
	next := moved.At(was.End)
	if want := time.Date(2027, 5, 5, 10, 0, 0, 0, york); !next.Start.Equal(was.End) || !next.End.Equal(want) {
		t.Errorf("the next is %v, want from %v to %v", next, was.End, want)
	}
	back := moved.In(austin, now.Add(time.Hour))
	if got := back.At(was.End); got != c.At(was.End) {
		t.Errorf("moved and moved back: %v, want %v", got, c.At(was.End))
	}
}

func TestASwitchClosesThePeriodEarly(t *testing.T) {
	t.Parallel()
	zone := load(t, "America/Chicago")
	c := Calendar{Anchor: time.Date(2027, 1, 5, 9, 0, 0, 0, zone), Zone: zone}
	at := time.Date(2027, 3, 20, 12, 0, 0, 0, zone)
	s := c.From(at)
	if p := s.At(at.Add(-1)); !p.Start.Equal(c.At(at).Start) || !p.End.Equal(at) {
		t.Errorf("the old one is %v, want it closed at %v", p, at)
	}
	if p := s.At(at); !p.Start.Equal(at) || !p.End.Equal(time.Date(2027, 4, 20, 12, 0, 0, 0, zone)) {
		t.Errorf("the new one is %v, want a month from %v", p, at)
	}
}

// Whatever is moved and switched, every instant has one period. A period that was not closed early by a switch, whose
// use is carried on, is no shorter than 28 days less a move across the world and an hour of summer.
func TestMovesAndSwitchesLeaveNoGapAndNoSecondReset(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.Custom(func(t *rapid.T) *time.Location { return load(t, rapid.SampledFrom(allZones).Draw(t, "zone")) })
		now := time.Date(2027, 1, rapid.IntRange(1, 31).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour"), 30, 0, 0, time.UTC)
		c := Calendar{Anchor: now, Zone: zone.Draw(t, "first")}
		reset, counted := now, c.At(now) // when use last began at nothing, and the period as it was counted in
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 40*24*60).Draw(t, "minutes")) * time.Minute)
			for !now.Before(counted.End) { // time goes on into the next
				next := c.At(counted.End)
				if !next.Start.Equal(counted.End) {
					t.Fatalf("after %v comes %v", counted, next)
				}
				if d := next.Start.Sub(reset); d < days(28)-27*time.Hour {
					t.Fatalf("reset again after %v", d)
				}
				reset, counted = next.Start, next
			}
			if got := c.At(now); got != counted {
				t.Fatalf("at %v the period is %v, want %v", now, got, counted)
			}
			if rapid.Bool().Draw(t, "switch") {
				overlaps := counted.End.After(now)
				c = c.From(now)
				if counted = c.At(now); !overlaps {
					reset = now
				}
			} else {
				c = c.In(zone.Draw(t, "to"), now)
			}
			if got := c.At(now); got.Start.After(now) || !got.End.After(now) || got.Start != counted.Start {
				t.Fatalf("at %v the period is %v, counted in %v", now, got, counted)
			}
			counted = c.At(now)
		}
	})
}
