package prove

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/prove/differ"
	"fenceplatform.com/fence/internal/prove/mutants"
)

// WantedTimes is how often the long form has every operation carried out.
const WantedTimes = 20

// WantedRequests is how many requests the long form asks of both worlds, at least.
const WantedRequests = 20_000

// Parts of the long form.
func Parts() []string {
	return []string{"worlds-1", "worlds-2", "worlds-3", "worlds-4", "at-once", "chaos", "matrix", "mutants"}
}

// Reached adds up how often each operation was carried out, and lists those that were not often enough.
func Reached(all []Figures) (counts map[string]Count, rare []string) {
	counts = map[string]Count{}
	for _, f := range all {
		for key, c := range f.Counts {
			sum := counts[key]
			counts[key] = Count{sum.Asked + c.Asked, sum.Done + c.Done}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		if c := counts[key]; c.Done < WantedTimes {
			rare = append(rare, fmt.Sprintf("%s was carried out %d times of %d, want %d", key, c.Done, c.Asked, WantedTimes))
		}
	}
	return counts, rare
}

// Certificate writes what the long form gave. It is made of the figures of green parts alone.
func Certificate(seed uint64, at time.Time, server string, all []Figures) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	var sum Figures
	for _, f := range all {
		sum.Requests, sum.AtOnce, sum.Took = sum.Requests+f.Requests, sum.AtOnce+f.AtOnce, sum.Took+f.Took
		sum.Columns, sum.Rows = max(sum.Columns, f.Columns), max(sum.Rows, f.Rows)
		sum.Disturbed, sum.Cancelled, sum.Panicked, sum.Cuts = sum.Disturbed+f.Disturbed, sum.Cancelled+f.Cancelled, sum.Panicked+f.Panicked, sum.Cuts+f.Cuts
		sum.Operations, sum.Places, sum.Pairs, sum.Refused = sum.Operations+f.Operations, sum.Places+f.Places, sum.Pairs+f.Pairs, sum.Refused+f.Refused
		sum.Statements, sum.Mutants = sum.Statements+f.Statements, append(sum.Mutants, f.Mutants...)
		if len(f.Kept) > 0 {
			sum.Kept = f.Kept
		}
	}
	counts, _ := Reached(all)
	asked, done := 0, 0
	for _, c := range counts {
		asked, done = asked+c.Asked, done+c.Done
	}
	say("# Isolation certificate")
	say("")
	say("Written by `make prove`; every figure is of a run that was green. %s, %s, PostgreSQL %s, seed %d, %s of work.", at.UTC().Format("2 January 2006"), runtime.Version(), server, seed, sum.Took.Round(time.Second))
	say("How it is done: [prover.md](prover.md).")
	say("")
	say("| what | figure |")
	say("|---|---|")
	say("| operations of pages and API | %d |", len(counts))
	say("| requests asked of both worlds | %d |", sum.Requests)
	say("| carried out (2xx, or the way on after a form) | %.1f %% |", 100*float64(done)/float64(max(1, asked)))
	say("| rarest operation | carried out %d times |", rarest(counts))
	say("| columns of B rewritten, rows added | %d, %d |", sum.Columns, sum.Rows)
	say("| differences between the worlds | 0 |")
	say("| requests of A beside B at work | %d, 0 differences |", sum.AtOnce)
	say("| requests in a disturbed pool of three | %d (%d cancelled, %d panicked, line cut %d times), nothing of B |", sum.Disturbed, sum.Cancelled, sum.Panicked, sum.Cuts)
	say("| matrix: operations, places of ids, pairs compared, refusals | %d, %d, %d, %d; foreign ≡ random |", sum.Operations, sum.Places, sum.Pairs, sum.Refused)
	say("| statements on tenants' tables run | %d |", sum.Statements)
	say("")
	say("| mutants | all | killed | equivalent | kill rate |")
	say("|---|---|---|---|---|")
	report := &mutants.Report{Mutants: sum.Mutants}
	for _, kind := range mutants.Kinds {
		n, killed, equivalent := report.Rate(kind)
		say("| %s | %d | %d | %d | %.0f %% |", kind, n, killed, equivalent, 100*float64(killed)/float64(max(1, n-equivalent)))
	}
	say("")
	say("## What is not compared, and why")
	say("")
	say("One request after another: nothing is masked; time, ids and secrets are dealt alike to both worlds. How long an answer takes is not compared.")
	say("Many at once, these two:")
	say("")
	for _, m := range differ.AtOnce {
		say("- %s: %s.", m.Name, m.Why)
	}
	say("")
	say("Columns of B that a constraint held to what they were: %s.", strings.Join(sum.Kept, ", "))
	say("")
	say("## Mutants that nobody can notice")
	say("")
	named := 0
	for _, m := range sum.Mutants {
		if why := mutants.Equivalent(m); !m.Killed && why != "" {
			say("- %s %s: %s", m.Kind, m.Name, why)
			named++
		}
	}
	if named == 0 {
		say("None.")
	}
	say("")
	say("## How often each operation was carried out")
	say("")
	say("| operation | asked | carried out |")
	say("|---|---|---|")
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		say("| `%s` | %d | %d |", key, counts[key].Asked, counts[key].Done)
	}
	say("")
	say("## Killed mutants, by name")
	say("")
	for _, m := range sum.Mutants {
		if m.Killed {
			say("- %s: %s", m.Kind, strings.ReplaceAll(m.Name, "|", "\\|"))
		}
	}
	return b.String()
}

func rarest(counts map[string]Count) int {
	least := -1
	for _, c := range counts {
		if least < 0 || c.Done < least {
			least = c.Done
		}
	}
	return least
}
