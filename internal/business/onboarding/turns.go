package onboarding

import (
	"context"
	"math/rand/v2"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Turns bound how many sign-ups are made at once and how many wait. Of very many at once those without a place are asked
// to come again before anything of theirs is begun: else all of them would break off half-way when their time is over.
type Turns struct{ line, at chan struct{} }

// NewTurns lets so many be made at once, and eight times as many wait.
func NewTurns(atOnce int) *Turns {
	return &Turns{line: make(chan struct{}, 8*atOnce), at: make(chan struct{}, atOnce)}
}

// waitForTurn leaves most of a request's time to the sign-up itself.
const waitForTurn = 5 * time.Second

// take waits for a turn, which over gives back.
func (t *Turns) take(ctx context.Context) (over func(), err error) {
	if t == nil {
		return func() {}, nil
	}
	select {
	case t.line <- struct{}{}:
	default:
		return nil, errComeAgain()
	}
	defer func() { <-t.line }()
	ctx, cancel := context.WithTimeout(ctx, waitForTurn)
	defer cancel()
	select {
	case t.at <- struct{}{}:
		return func() { <-t.at }, nil
	case <-ctx.Done():
		return nil, errComeAgain().Because(ctx.Err())
	}
}

// errComeAgain spreads those who come again.
func errComeAgain() *fault.Error {
	e := fault.New(fault.RateLimited, "too-many-sign-ups", "Very many companies are signing up at this moment. Type your password again and press the button in a few seconds.")
	e.RetryAfter = 3*time.Second + rand.N(12*time.Second)
	return e
}
