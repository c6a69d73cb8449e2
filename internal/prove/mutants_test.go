package prove

import (
	"path/filepath"
	"testing"

	"fenceplatform.com/fence/internal/prove/lab"
	"fenceplatform.com/fence/internal/prove/mutants"
)

// every picks one of so many, by seed; the long form takes all.
func every(nth int) func(int) bool {
	return func(n int) bool { return *long || n%nth == int(*seed%uint64(nth)) }
}

// sample is every so manieth probe, by seed; the long form takes all.
func sample(probes []lab.Probe, nth int) (some []lab.Probe) {
	pick := every(nth)
	for n, p := range probes {
		if pick(n) {
			some = append(some, p)
		}
	}
	return some
}

// TestMutantsAreKilled takes out what keeps organizations apart, one thing at a time. The short form takes a sample of
// each kind, and always all probes: the one that notices may be any.
func TestMutantsAreKilled(t *testing.T) {
	part(t, "mutants", func(f *Figures) {
		file := ""
		if *long {
			file = filepath.Join(*folder, "mutants-under-way.json")
		}
		r, err := mutants.Resume(file)
		if err != nil {
			t.Fatal(err)
		}
		mutants.Keys(t, r, every(4))
		gate := &mutants.Gate{}
		l := lab.New(t, *seed, gate.Inside)
		mutants.Permissions(t, l, gate, r, every(12))
		mutants.Wall(t, l, r, map[string]func(int) bool{"policy": every(8), "statement": every(24)})
		for _, finding := range r.Findings {
			t.Error(finding)
		}
		for _, m := range r.Survivors() {
			t.Errorf("%s mutant lives: %s", m.Kind, m.Name)
		}
		for _, kind := range mutants.Kinds {
			all, killed := r.Rate(kind)
			t.Logf("%s: %d mutants, %d killed", kind, all, killed)
		}
		f.Statements, f.Unrun, f.Mutants = r.Covered, r.Unrun, r.Mutants
		t.Logf("seed %d, %d statements on tenant tables run", *seed, r.Covered)
	})
}
