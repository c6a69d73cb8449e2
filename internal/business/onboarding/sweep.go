package onboarding

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/platform/pg"
)

// ForgetIntents is the nightly task that forgets sign-ups that led to nothing.
type ForgetIntents struct{}

// Kind implements tasks.SystemArgs.
func (ForgetIntents) Kind() string { return "forget_sign_up_intents" }

// intentLife is how long a form that was sent can be sent again and lead to the same company, when it led to none yet.
const intentLife = 24 * time.Hour

// Forget forgets them. They hold nothing: an address belongs to a company from the first moment, or to nobody.
func Forget(ctx context.Context, sys *pg.System) error {
	_, err := pg.SystemOne[struct{ Forgotten int }](ctx, sys, `SELECT platform.forget_sign_up_intents($1) AS forgotten`, intentLife)
	return err
}
