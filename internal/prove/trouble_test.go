package prove

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/prove/lab"
	"fenceplatform.com/fence/internal/prove/requests"
	"fenceplatform.com/fence/internal/prove/worlds"
	"fenceplatform.com/fence/internal/testkit"
)

// TestAtOnce: what A reads while B is at work is what A reads alone.
func TestAtOnce(t *testing.T) {
	part(t, "at-once", func(f *Figures) {
		p := NewPair(t, *seed)
		rounds := 2
		if *long {
			rounds = 20
		}
		f.AtOnce = p.AtOnce(rounds)
		for _, d := range p.Differences {
			t.Error(d)
		}
		t.Logf("seed %d: %d requests of A beside B's", *seed, f.AtOnce)
	})
}

// TestChaosOfThePool: cancels, panics in mid-batch and a line that is cut leave nothing of B to A.
func TestChaosOfThePool(t *testing.T) {
	part(t, "chaos", func(f *Figures) {
		asked := 400
		if *long {
			asked = 4000
		}
		c := Disturb(t, *seed, asked)
		f.Disturbed, f.Cancelled, f.Panicked, f.Cuts = c.Asked.Load(), c.Cancelled.Load(), c.Panicked.Load(), c.Cut.Load()
		if f.Cancelled == 0 || f.Panicked == 0 || f.Cuts == 0 {
			t.Errorf("there was no chaos: %d panics, %d cuts, %d cancels", f.Panicked, f.Cuts, f.Cancelled)
		}
		t.Logf("seed %d: %d requests, %d cancelled, %d panicked, the line cut %d times", *seed, f.Disturbed, f.Cancelled, f.Panicked, f.Cuts)
	})
}

// TestAPlantedLeakIsFound: an operation that tells how many customers B has, in a header, is found. A prover that
// cannot fail proves nothing.
func TestAPlantedLeakIsFound(t *testing.T) {
	p := NewPair(t, *seed)
	for _, w := range []*worlds.World{p.One, p.Two} {
		var customers int
		if err := w.Super(t).QueryRow(t.Context(), "SELECT count(*) FROM app.customers WHERE org_id = $1", testkit.B.ID).Scan(&customers); err != nil {
			t.Fatal(err)
		}
		w.Serve(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/v1/usage") {
					rw.Header().Set("X-Busy", fmt.Sprint(customers))
				}
				next.ServeHTTP(rw, r)
			})
		})
	}
	r, err := p.Session.Valid("GET /v1/usage")
	if err != nil {
		t.Fatal(err)
	}
	p.Ask(r)
	if len(p.Differences) != 1 || !strings.Contains(p.Differences[0].What, "X-Busy") {
		t.Errorf("the planted leak was not found: %v", p.Differences)
	}
	if p.Ask(requests.Request{Method: "GET", Path: "/v1/organization", Host: requests.Alpha}); len(p.Differences) > 1 {
		t.Errorf("a leak was found where none is: %v", p.Differences[1:])
	}
}

// TestAMissingHintIsTold: an operation that nobody said how to ask stops the prover, by name.
func TestAMissingHintIsTold(t *testing.T) {
	t.Parallel()
	lines := requests.Missing([]requests.Operation{{Key: "POST /v1/gutters/{id}", Method: "POST", Pattern: "/v1/gutters/{id}"}})
	if len(lines) == 0 || !strings.Contains(lines[0], "POST /v1/gutters/{id} has no hint") {
		t.Errorf("got %.300v", lines)
	}
}

// TestProbesCanBeRunTwice: the same probe from the snapshot has the same outcome; without that no mutant could be told. A
// page that writes down what it saw leaves it to no probe that follows.
func TestProbesCanBeRunTwice(t *testing.T) {
	l := lab.New(t, *seed, nil)
	for _, p := range sample(l.Probes, 12) {
		first := l.Run(p.Request)
		if what := l.Run(p.Request).Differs(first); what != "" {
			t.Errorf("%s: %s", p.Key, what)
		}
		if !first.CarriedOut(p.Request) {
			t.Errorf("%s is not carried out: %d %.300s", p.Key, first.Status, first.Body)
		}
	}
	for _, p := range l.Probes {
		if p.Request.Method == "GET" && strings.HasPrefix(p.Request.Path, "/settings/") {
			l.Run(p.Request)
		}
	}
	if left := l.Left(); len(left) > 0 {
		t.Errorf("pages left something in %v", left)
	}
}
