package stripesim

import (
	"fmt"
	"slices"
)

// moves are the ways that a status may go. One that has none is an end.
type moves map[string][]string

// may tells whether a status may become another; staying is no move.
func (m moves) may(from, to string) bool { return slices.Contains(m[from], to) }

// must panics on a move that is not in the table: that is a fault of this package, not of whoever calls.
func (m moves) must(what, from, to string) {
	if !m.may(from, to) {
		panic(fmt.Sprintf("stripesim: a %s that is %s cannot become %s", what, from, to))
	}
}

// Statuses that several kinds of object have.
const (
	active     = "active"
	canceled   = "canceled"
	incomplete = "incomplete"
	expiredSub = "incomplete_expired"
	pastDue    = "past_due"
	paused     = "paused"
	trialing   = "trialing"
	unpaid     = "unpaid"

	draft         = "draft"
	open          = "open"
	paid          = "paid"
	uncollectible = "uncollectible"
	voided        = "void"

	needsMethod       = "requires_payment_method"
	needsConfirmation = "requires_confirmation"
	needsAction       = "requires_action"
	underway          = "processing"
	succeeded         = "succeeded"
	failed            = "failed"

	notStarted = "not_started"
	completed  = "completed"
	released   = "released"

	complete = "complete"
	over     = "expired"
)

// subscriptionMoves: canceled and incomplete_expired are ends.
var subscriptionMoves = moves{
	incomplete: {active, trialing, expiredSub, canceled},
	trialing:   {active, pastDue, paused, canceled, unpaid},
	active:     {trialing, pastDue, unpaid, canceled, paused},
	pastDue:    {active, unpaid, canceled, trialing},
	unpaid:     {active, canceled, pastDue, trialing},
	paused:     {active, canceled, trialing},
}

// invoiceMoves: what is paid or void stays so; what was given up can still be paid.
var invoiceMoves = moves{
	draft:         {open},
	open:          {paid, uncollectible, voided},
	uncollectible: {paid, voided},
}

var intentMoves = moves{
	needsMethod:       {needsConfirmation, needsAction, underway, succeeded, canceled},
	needsConfirmation: {needsMethod, needsAction, underway, succeeded, canceled},
	needsAction:       {needsMethod, needsConfirmation, underway, succeeded, canceled},
	underway:          {succeeded, needsMethod},
}

var scheduleMoves = moves{
	notStarted: {active, released, canceled},
	active:     {completed, released, canceled},
}

// disputeMoves: won and lost are ends, a warning is one that took no money.
var disputeMoves = moves{
	"needs_response":         {"under_review", "won", "lost"},
	"under_review":           {"won", "lost"},
	"warning_needs_response": {"warning_under_review", "warning_closed"},
	"warning_under_review":   {"warning_closed"},
}

var checkoutMoves = moves{open: {complete, over}}
