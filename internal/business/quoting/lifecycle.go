package quoting

import (
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Status is where a version stands at a time. Viewed and Expired are derived, the others are stored.
type Status string

// The statuses of a version.
const (
	Draft     Status = "draft"
	Sent      Status = "sent"
	Viewed    Status = "viewed"  // sent, and somebody opened it
	Expired   Status = "expired" // sent, and past its date
	Accepted  Status = "accepted"
	Declined  Status = "declined"
	Replaced  Status = "replaced" // a later version was sent
	Withdrawn Status = "withdrawn"
	Void      Status = "void" // a draft that was thrown away
)

// Event is something that happens to a version.
type Event string

// The events. Revise starts the next version and leaves this one as it is; Replace is what sending that next
// version does to this one.
const (
	Edit     Event = "edit"
	Send     Event = "send"
	View     Event = "view"
	Accept   Event = "accept"
	Decline  Event = "decline"
	Revise   Event = "revise"
	Replace  Event = "replace"
	Withdraw Event = "withdraw"
	Extend   Event = "extend"
	Discard  Event = "discard"
)

// transitions is the whole life of a version. What is not in it is refused.
var transitions = map[Status]map[Event]Status{
	Draft: {Edit: Draft, Send: Sent, Discard: Void},
	Sent: {View: Viewed, Accept: Accepted, Decline: Declined, Revise: Sent, Replace: Replaced,
		Withdraw: Withdrawn, Extend: Sent},
	Viewed: {View: Viewed, Accept: Accepted, Decline: Declined, Revise: Viewed, Replace: Replaced,
		Withdraw: Withdrawn, Extend: Viewed},
	Expired:   {View: Expired, Revise: Expired, Replace: Replaced, Withdraw: Withdrawn, Extend: Sent},
	Declined:  {Revise: Declined},
	Withdrawn: {Revise: Withdrawn},
	Accepted:  {},
	Replaced:  {},
	Void:      {},
}

// refusals say why nothing more, or not this, can happen to a version.
var refusals = map[Status]struct{ code, sentence string }{
	Draft:     {"quote-not-sent", "This version is a draft: it was not sent yet."},
	Sent:      {"quote-sent", "This version was sent and does not change any more. Make a new version."},
	Viewed:    {"quote-sent", "This version was sent and does not change any more. Make a new version."},
	Expired:   {"quote-expired", "The prices of this quote have ended. Ask for a new date."},
	Accepted:  {"quote-accepted", "This quote is signed already."},
	Declined:  {"quote-declined", "This quote was declined."},
	Replaced:  {"quote-replaced", "A newer version replaced this one."},
	Withdrawn: {"quote-withdrawn", "This quote was withdrawn."},
	Void:      {"quote-void", "This draft was thrown away."},
}

// next is the status after the event, or a Conflict that says why it cannot happen.
func next(from Status, e Event) (Status, error) {
	to, ok := transitions[from][e]
	if !ok {
		return "", refusal(from)
	}
	return to, nil
}

func refusal(s Status) *fault.Error {
	r := refusals[s]
	return fault.New(fault.Conflict, r.code, "%s", r.sentence).With("state", string(s))
}

// statusAt derives the status from what is stored.
func statusAt(stored Status, firstViewed, validUntil *time.Time, now time.Time) Status {
	switch {
	case stored != Sent:
		return stored
	case validUntil != nil && !now.Before(*validUntil):
		return Expired
	case firstViewed != nil:
		return Viewed
	}
	return Sent
}

// stored is how a status is written down.
func (s Status) stored() Status {
	if s == Viewed || s == Expired {
		return Sent
	}
	return s
}

// endOfDay is the instant at which a quote that is good through the day `days` after at ends, where the fence
// will stand: midnight at the end of that day.
func endOfDay(at time.Time, days int, zone *time.Location) time.Time {
	local := at.In(zone)
	return time.Date(local.Year(), local.Month(), local.Day()+days+1, 0, 0, 0, 0, zone)
}
