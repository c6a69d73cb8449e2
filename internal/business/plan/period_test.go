package plan

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

func TestEveryInstantBelongsToExactlyOnePeriod(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(allZones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		anchor := time.Unix(rapid.Int64Range(1.5e9, 1.9e9).Draw(t, "anchor"), 0)
		at := time.Unix(rapid.Int64Range(1.4e9, 2.2e9).Draw(t, "at"), 0)
		p := PeriodAt(anchor, zone, at)
		if p.Start.After(at) || !p.End.After(at) {
			t.Fatalf("%v lies outside of its period %v to %v", at, p.Start, p.End)
		}
		if next := PeriodAt(anchor, zone, p.End); !next.Start.Equal(p.End) {
			t.Fatalf("period after %v to %v starts %v: a gap or an overlap", p.Start, p.End, next.Start)
		}
		if last := PeriodAt(anchor, zone, p.Start.Add(-time.Second)); !last.End.Equal(p.Start) {
			t.Fatalf("period before %v ends %v", p.Start, last.End)
		}
		if d := p.End.Sub(p.Start); d < 27*24*time.Hour || d > 32*24*time.Hour {
			t.Fatalf("a month of %v", d)
		}
	})
}

func TestAnchorOnTheLastDaysClampsAndReturns(t *testing.T) {
	t.Parallel()
	zone, _ := time.LoadLocation("America/Chicago")
	anchor := time.Date(2027, 1, 31, 9, 30, 0, 0, zone)
	for _, want := range []time.Time{
		time.Date(2027, 2, 28, 9, 30, 0, 0, zone), time.Date(2027, 3, 31, 9, 30, 0, 0, zone),
		time.Date(2027, 4, 30, 9, 30, 0, 0, zone), time.Date(2028, 2, 29, 9, 30, 0, 0, zone),
	} {
		if got := PeriodAt(anchor, zone, want.Add(time.Hour)).Start; !got.Equal(want) {
			t.Errorf("period starts %v, want %v", got.In(zone), want)
		}
	}
}

func TestBoundaryInAGapStartsBehindItAndInARepeatAtTheFirst(t *testing.T) {
	t.Parallel()
	zone, _ := time.LoadLocation("America/New_York")
	spring := PeriodAt(time.Date(2027, 1, 14, 2, 30, 0, 0, zone), zone, time.Date(2027, 3, 15, 0, 0, 0, 0, zone)).Start
	if want := time.Date(2027, 3, 14, 7, 0, 0, 0, time.UTC); !spring.Equal(want) {
		t.Errorf("in the gap: %v, want %v", spring, want)
	}
	autumn := PeriodAt(time.Date(2027, 1, 7, 1, 30, 0, 0, zone), zone, time.Date(2027, 11, 8, 0, 0, 0, 0, zone)).Start
	if want := time.Date(2027, 11, 7, 5, 30, 0, 0, time.UTC); !autumn.Equal(want) {
		t.Errorf("in the repeated hour: %v, want %v", autumn, want)
	}
}
