// Package mutants breaks the product on purpose, one thing at a time, and sees whether the prover notices.
//
// Owns: the mutants of statements (each `org_id = $n`), of policies, of keys (each organization column) and of
// permissions (each entry of the matrix, each route). None is argued for: each has to be noticed.
// Does not own: the probes (lab), the change on the wire (wire).
//
// Where two layers cover each other the other one is off: a statement is tried with the policies down, a policy with
// every `org_id = $n` taken out. Before that the same probes must be green with one layer alone: that is what "the
// wall holds even when our own code is wrong" means.
package mutants

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/prove/lab"
	"fenceplatform.com/fence/internal/prove/worlds"
	"fenceplatform.com/fence/internal/testkit"
)

// Kinds of mutants.
var Kinds = []string{"statement", "policy", "key", "permission"}

// Mutant is one thing that was taken out.
type Mutant struct {
	Kind   string `json:"kind"` // statement, policy, key, permission
	Name   string `json:"name"`
	Killed bool   `json:"killed"`
	By     string `json:"by"` // what noticed
}

// Report of a run.
type Report struct {
	Mutants  []Mutant
	Findings []string // what is wrong without any mutant
	Covered  int      // statements that the probes run
	Unrun    []string // statements of the source that no probe runs

	file string // progress, so that a run can go on
	done map[string]Mutant
}

// Resume reads the progress that a run left; an empty name keeps none.
func Resume(file string) (*Report, error) {
	r := &Report{file: file, done: map[string]Mutant{}}
	if file == "" {
		return r, nil
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	var known []Mutant
	if err := json.Unmarshal(b, &known); err != nil {
		return nil, fmt.Errorf("progress %s: %w", file, err)
	}
	for _, m := range known {
		if m.Killed {
			r.done[m.Kind+m.Name] = m
		}
	}
	return r, nil
}

// try runs a mutant unless an earlier run killed it already.
func (r *Report) try(t *testing.T, kind, name string, kill func() (by string)) {
	t.Helper()
	m, known := r.done[kind+name]
	if !known {
		m = Mutant{Kind: kind, Name: name, By: kill()}
		m.Killed = m.By != ""
	}
	r.Mutants = append(r.Mutants, m)
	if r.file == "" || known {
		return
	}
	r.done[kind+name] = m
	b, err := json.Marshal(slices.Collect(maps.Values(r.done)))
	if err == nil {
		err = os.WriteFile(r.file, b, 0o644)
	}
	if err != nil {
		t.Fatalf("keep the progress: %v", err)
	}
}

// known is what noticed a mutant in an earlier run.
func (r *Report) known(kind, name string) string { return r.done[kind+name].By }

// Rate counts the mutants of a kind.
func (r *Report) Rate(kind string) (all, killed int) {
	for _, m := range r.Mutants {
		if m.Kind != kind {
			continue
		}
		all++
		if m.Killed {
			killed++
		}
	}
	return all, killed
}

// Survivors are the mutants that nobody noticed.
func (r *Report) Survivors() (all []Mutant) {
	for _, m := range r.Mutants {
		if !m.Killed {
			all = append(all, m)
		}
	}
	return all
}

// Wall runs the mutants of policies and of statements: those that some picks.
func Wall(t *testing.T, l *lab.Lab, r *Report, some map[string]func(n int) bool) {
	t.Helper()
	l.Change(func(w *worlds.World) {
		if err := worlds.Mirror(t, w); err != nil {
			t.Fatalf("B cannot be the twin of A: %v", err)
		}
		addressed(t, w, slices.Concat(l.Probes, l.Further))
		worlds.Plant(t, w)
	})
	w := &wall{t: t, l: l, r: r, some: some}
	w.cover()
	w.policies()
	w.statements()
}

var email = regexp.MustCompile(`[a-z0-9.]+(?:@|%40)[a-z0-9]+\.example`)

// addressed gives B a person, and an invitation, at every address that a probe names: of them, too, A must not know.
func addressed(t *testing.T, w *worlds.World, probes []lab.Probe) {
	for _, p := range probes {
		for _, found := range email.FindAllString(p.Request.Body, -1) {
			w.Exec(t, `INSERT INTO app.users (org_id, id, name, email, role, password_hash, created_at)
				SELECT org_id, gen_random_uuid(), name, $2, 'crew', password_hash, created_at FROM app.users WHERE org_id = $1 LIMIT 1 ON CONFLICT DO NOTHING`,
				testkit.B.ID, strings.ReplaceAll(found, "%40", "@"))
			w.Exec(t, `INSERT INTO app.invitations (org_id, id, email, role, invited_by, code_hash, created_at, expires_at)
				SELECT org_id, gen_random_uuid(), $2, 'crew', id, sha256(convert_to('invitation of ' || $2, 'UTF8')), '2026-01-05', '2099-01-01' FROM app.users WHERE org_id = $1 LIMIT 1 ON CONFLICT DO NOTHING`,
				testkit.B.ID, strings.ReplaceAll(found, "%40", "@"))
		}
	}
}

type wall struct {
	t    *testing.T
	l    *lab.Lab
	r    *Report
	some map[string]func(n int) bool // by kind
	c    *Coverage

	noticed int // the probe that noticed last
}

// cover runs every probe beside its twin, with both layers up: its outcome is what all others are compared with.
func (w *wall) cover() {
	w.c = &Coverage{probes: slices.Concat(w.l.Probes, w.l.Further), by: map[string][]int{}}
	for i, p := range w.c.probes {
		ran := map[string]bool{}
		w.l.Fresh()
		w.l.World.Wire.Hear(func(sql string) { ran[sql] = true })
		o := w.l.Go(p.Request)
		w.l.World.Wire.Hear(nil)
		w.c.baseline = append(w.c.baseline, o)
		if i < len(w.l.Probes) && !o.CarriedOut(p.Request) {
			w.r.Findings = append(w.r.Findings, fmt.Sprintf("%s is not carried out beside a twin: %d %.200s", p.Key, o.Status, o.Body))
		}
		if len(o.Changed) > 0 {
			w.r.Findings = append(w.r.Findings, fmt.Sprintf("%s changed %v of the twin", p.Key, o.Changed))
		}
		for sql := range ran {
			if len(tablesOf(sql)) > 0 {
				w.c.by[sql] = append(w.c.by[sql], i)
			}
		}
	}
	w.r.Covered = len(w.c.by)
	var err error
	if w.r.Unrun, err = Unrun("../business", w.c.Statements()); err != nil {
		w.t.Fatal(err)
	}
}

// notice runs probes until one has another outcome than with both layers, and tells which.
func (w *wall) notice(probes []int) string {
	for _, i := range probes {
		if what := w.l.Run(w.c.probes[i].Request).Differs(w.c.baseline[i]); what != "" {
			w.noticed = i
			return fmt.Sprintf("%s: %.500s", w.c.probes[i].Key, what)
		}
	}
	return ""
}

// alone checks that every probe of the form is green with one layer alone.
func (w *wall) alone(layer string) {
	for i := range w.c.probes {
		if !w.some["policy"](i) {
			continue
		}
		if what := w.l.Run(w.c.probes[i].Request).Differs(w.c.baseline[i]); what != "" {
			w.r.Findings = append(w.r.Findings, fmt.Sprintf("with %s alone, %s: %s", layer, w.c.probes[i].Key, what))
		}
	}
}

func (w *wall) change(f func(string) string) {
	w.l.World.Wire.Change(f)
	w.l.World.Forget() // what a mutant told
	w.l.World.Reconnect(w.t)
}
