// Package halt names the places at which a test stops the process.
//
// Owns: how a place tells that it was reached. Does not own: the places; each stands in the code by its name, before
// and after a commit or a call to somebody else's server.
//
// Invariant: without a test nothing listens, and passing a place is one look into the context.
package halt

import "context"

type listening struct{}

// With has reached told the name of every place that is passed with the context, before what stands behind it. For
// tests: reached may end the process, or never return.
func With(ctx context.Context, reached func(place string)) context.Context {
	return context.WithValue(ctx, listening{}, reached)
}

// At is a place.
func At(ctx context.Context, place string) {
	if reached, ok := ctx.Value(listening{}).(func(string)); ok {
		reached(place)
	}
}
