package prove

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/testkit"
)

// The long form is asked for by flags; `make prove` does.
var (
	long   = flag.Bool("long", false, "the long form: every mode, every mutant, and figures for the certificate")
	seed   = flag.Uint64("seed", 20260101, "what everything by chance comes from")
	folder = flag.String("figures", "", "folder in which the long form keeps what is done, to go on from there")
	paper  = flag.String("certificate", "", "file that the certificate is written to once all parts are done")
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// part runs one part of the long form, unless it is done; the short form runs it and keeps nothing.
func part(t *testing.T, name string, run func(f *Figures)) {
	t.Helper()
	if *long {
		if _, done, err := Folder(*folder).Done(name, *seed); err != nil {
			t.Fatal(err)
		} else if done {
			t.Logf("%s is done with seed %d", name, *seed)
			return
		}
	}
	began := time.Now()
	f := &Figures{Part: name, Seed: *seed}
	run(f)
	f.Took = time.Since(began)
	if t.Failed() {
		t.Logf("to see it again: go test ./internal/prove -run '^%s$' -args -seed %d%s", t.Name(), *seed, map[bool]string{true: " -long -figures $(mktemp -d)"}[*long])
		return
	}
	if *long {
		if err := Folder(*folder).Keep(*f); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCertificate holds the figures of the long form against what is wanted of it, and writes them down. In the short
// form it is tried with figures that are not enough.
func TestCertificate(t *testing.T) {
	if !*long {
		if _, rare := Reached([]Figures{{Counts: map[string]*Count{"GET /": {Asked: 30, Done: 19}, "GET /docs": {Asked: 20, Done: 20}}}}); len(rare) != 1 {
			t.Errorf("an operation that was carried out 19 times is enough: %v", rare)
		}
		return
	}
	var all []Figures
	requests := 0
	for _, name := range Parts() {
		f, done, err := Folder(*folder).Done(name, *seed)
		if err != nil {
			t.Fatal(err)
		}
		if !done {
			t.Errorf("%s is not done with seed %d", name, *seed)
		}
		requests += f.Requests
		all = append(all, f)
	}
	if _, rare := Reached(all); len(rare) > 0 {
		for _, line := range rare {
			t.Error(line)
		}
	}
	if requests < WantedRequests {
		t.Errorf("%d requests, want %d", requests, WantedRequests)
	}
	if t.Failed() {
		return
	}
	version := testkit.Value[string](t, testkit.NewDatabase(t), "SELECT split_part(current_setting('server_version'), ' ', 1)")
	if err := os.WriteFile(*paper, []byte(Certificate(*seed, time.Now(), version, all)), 0o644); err != nil {
		t.Fatal(err)
	}
	fmt.Println("certificate:", *paper)
}
