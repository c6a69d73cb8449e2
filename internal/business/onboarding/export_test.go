package onboarding

import "context"

// SlugOf is the address that a name gets when it is free.
var SlugOf = slugOf

// Hold takes a turn as a sign-up does.
func (t *Turns) Hold() (over func(), err error) { return t.take(context.Background()) }
