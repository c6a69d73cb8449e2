package quoting

import (
	"testing"
	"time"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/platform/fault"
)

var allStatuses = []Status{Draft, Sent, Viewed, Expired, Accepted, Declined, Replaced, Withdrawn, Void}
var allEvents = []Event{Edit, Send, View, Accept, Decline, Revise, Replace, Withdraw, Extend, Discard}

// lives is the table once more, written the other way round: by event.
var lives = map[Event]map[Status]Status{
	Edit:     {Draft: Draft},
	Send:     {Draft: Sent},
	Discard:  {Draft: Void},
	View:     {Sent: Viewed, Viewed: Viewed, Expired: Expired},
	Accept:   {Sent: Accepted, Viewed: Accepted},
	Decline:  {Sent: Declined, Viewed: Declined},
	Revise:   {Sent: Sent, Viewed: Viewed, Expired: Expired, Declined: Declined, Withdrawn: Withdrawn},
	Replace:  {Sent: Replaced, Viewed: Replaced, Expired: Replaced},
	Withdraw: {Sent: Withdrawn, Viewed: Withdrawn, Expired: Withdrawn},
	Extend:   {Sent: Sent, Viewed: Viewed, Expired: Sent},
}

func TestEveryTransitionIsAllowedOrRefusedWithAReason(t *testing.T) {
	t.Parallel()
	for _, from := range allStatuses {
		for _, e := range allEvents {
			got, err := next(from, e)
			want, allowed := lives[e][from]
			switch {
			case allowed && (err != nil || got != want):
				t.Errorf("%s of a version that is %s: %s, %v; want %s", e, from, got, err, want)
			case !allowed && (!fault.Is(err, fault.Conflict) || fault.As(err).Message == "" || fault.As(err).Facts["state"] != string(from)):
				t.Errorf("%s of a version that is %s: %v, want a Conflict that says why", e, from, err)
			}
		}
	}
}

func TestStatusFollowsTheClock(t *testing.T) {
	t.Parallel()
	ends := time.Date(2026, 3, 4, 6, 0, 0, 0, time.UTC)
	seen := ends.Add(-time.Hour)
	for _, c := range []struct {
		stored Status
		viewed *time.Time
		now    time.Time
		want   Status
	}{
		{Sent, nil, ends.Add(-time.Second), Sent},
		{Sent, &seen, ends.Add(-time.Second), Viewed},
		{Sent, &seen, ends, Expired},
		{Accepted, &seen, ends, Accepted},
		{Withdrawn, nil, ends, Withdrawn},
	} {
		if got := statusAt(c.stored, c.viewed, &ends, c.now); got != c.want {
			t.Errorf("%s, viewed %v, at %v: %s, want %s", c.stored, c.viewed, c.now, got, c.want)
		}
	}
}

func TestAQuoteEndsAtMidnightWhereTheFenceStands(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	sent := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC) // still February 28 in Austin
	got := endOfDay(sent, 10, zone)
	if want := time.Date(2026, 3, 11, 5, 0, 0, 0, time.UTC); !got.Equal(want) { // after the change to daylight time
		t.Errorf("good for ten days from Feb 28 in Austin: ends %v, want %v", got.UTC(), want)
	}
}
