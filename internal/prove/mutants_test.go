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

// TestMutantsAreKilled takes out what keeps organizations apart, one thing at a time. The short form takes a sample; of
// statements it takes none, since to notice one may take any probe.
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
		mutants.Permissions(t, l, gate, r, every(12)) // by all probes: the one that notices may be any
		l.Probes = sample(l.Probes, 4)
		mutants.Wall(t, l, r, every(8), *long)
		for _, finding := range r.Findings {
			t.Error(finding)
		}
		for _, m := range r.Survivors() {
			if missing := mutants.Alive(m); missing != "" {
				t.Logf("%s mutant lives, as is known: %s (%s)", m.Kind, m.Name, missing)
				continue
			}
			t.Errorf("%s mutant lives: %s", m.Kind, m.Name)
		}
		for _, m := range r.Mutants {
			if m.Killed && mutants.Alive(m) != "" {
				t.Errorf("%s mutant is killed: take it off the list of those alive: %s", m.Kind, m.Name)
			}
		}
		for _, kind := range mutants.Kinds {
			all, killed, equivalent := r.Rate(kind)
			t.Logf("%s: %d mutants, %d killed, %d equivalent", kind, all, killed, equivalent)
		}
		f.Statements, f.Unrun, f.Mutants = r.Covered, r.Unrun, r.Mutants
		t.Logf("seed %d, %d statements on tenant tables run", *seed, r.Covered)
	})
}
