package prove

import (
	"testing"

	"fenceplatform.com/fence/internal/prove/lab"
	"fenceplatform.com/fence/internal/prove/mutants"
)

// every picks one of so many, by seed; the long form takes all.
func every(nth int) func(int) bool {
	return func(n int) bool { return *long || n%nth == int(*seed%uint64(nth)) }
}

// TestMutantsAreKilled takes out what keeps organizations apart, one thing at a time. The short form takes a sample.
func TestMutantsAreKilled(t *testing.T) {
	r, err := mutants.Resume(*progress)
	if err != nil {
		t.Fatal(err)
	}
	mutants.Keys(t, r, every(4))
	gate := &mutants.Gate{}
	l := lab.New(t, *seed, gate.Inside)
	mutants.Permissions(t, l, gate, r, every(24))
	mutants.Wall(t, l, r, every(16))
	for _, f := range r.Findings {
		t.Error(f)
	}
	for _, m := range r.Survivors() {
		t.Errorf("%s mutant lives: %s", m.Kind, m.Name)
	}
	for _, kind := range []string{"statement", "policy", "key", "permission"} {
		all, killed, equivalent := r.Rate(kind)
		t.Logf("%s: %d mutants, %d killed, %d equivalent", kind, all, killed, equivalent)
	}
	t.Logf("seed %d, %d statements on tenant tables run", *seed, r.Covered)
}
