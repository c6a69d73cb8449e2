// Package dealt deals ids out in a known order.
//
// Only the prover may import it; the dependency test says so. Two worlds that are to answer alike, byte for byte,
// need the same ids for the same deeds, and a serving process must never have ids that can be foretold.
package dealt

import (
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/id/internal/source"
)

// By has next make all ids of this process until stop is called. Nothing may make ids while it is called.
func By(next func() id.ID) (stop func()) {
	before := source.New
	source.New = next
	return func() { source.New = before }
}
