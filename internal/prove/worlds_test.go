package prove

import (
	"testing"

	"fenceplatform.com/fence/internal/prove/requests"
)

// TestTwoWorldsAnswerAlike: every operation of the product, and wrong requests between, in two worlds that differ in
// B's data alone. The long form is TestLongForm.
func TestTwoWorldsAnswerAlike(t *testing.T) {
	p := NewPair(t, *seed)
	for _, line := range requests.Missing(p.Operations) {
		t.Error(line)
	}
	if t.Failed() {
		return
	}
	for _, line := range append(p.Walk(), p.Wander(p.Asked+250)...) {
		t.Error(line)
	}
	for _, d := range p.Differences {
		t.Error(d)
	}
	t.Logf("seed %d: %d operations, %d requests, %.0f %% carried out, %d columns of B rewritten, %d rows added; kept: %v",
		*seed, len(p.Operations), p.Asked, 100*p.Share(), p.Rewritten.Changed, p.Rewritten.Rows, p.Rewritten.Kept)
}
