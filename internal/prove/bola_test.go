package prove

import (
	"testing"

	"fenceplatform.com/fence/internal/prove/bola"
	"fenceplatform.com/fence/internal/prove/lab"
)

// TestWhatIsAnothersIsNobodys: operations with ids that are not A's, by everybody. The short form takes every
// eighth operation, by seed; the long form all.
func TestWhatIsAnothersIsNobodys(t *testing.T) {
	part(t, "matrix", func(f *Figures) {
		l := lab.New(t, *seed, nil)
		bola.Prepare(t, l)
		r := bola.Matrix(t, l, sample(l.Probes, 8))
		for _, finding := range r.Findings {
			t.Error(finding)
		}
		f.Operations, f.Places, f.Pairs, f.Refused = r.Operations, r.Places, r.Pairs, r.Refused
		t.Logf("seed %d: %d of %d operations, %d places, %d pairs, %d refused", *seed, r.Operations, len(l.Probes), r.Places, r.Pairs, r.Refused)
	})
}
