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
	sum := added(all)
	counts, _ := Reached(all)
	fmt.Fprintf(&b, "# Isolation certificate\n\nWritten by `make prove`; every figure is of a run that was green. %s, %s, PostgreSQL %s, seed %d, %s of work.\n"+
		"How it is done: [prover.md](prover.md).\n\n", at.UTC().Format("2 January 2006"), runtime.Version(), server, seed, sum.Took.Round(time.Second))
	figures(&b, sum, counts)
	killRates(&b, sum.Mutants)
	unequal(&b, sum.Kept)
	b.WriteString("\n## How often each operation was carried out\n\n| operation | asked | carried out |\n|---|---|---|\n")
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "| `%s` | %d | %d |\n", key, counts[key].Asked, counts[key].Done)
	}
	byName(&b, sum.Mutants)
	b.WriteString("\n## Statements that no probe runs, and so no mutant is made of\n\n")
	for _, text := range sum.Unrun {
		fmt.Fprintf(&b, "- `%s`\n", strings.ReplaceAll(text, "`", "'"))
	}
	if len(sum.Unrun) == 0 {
		b.WriteString("None.\n")
	}
	return b.String()
}

// added is the sum of the parts.
func added(all []Figures) (sum Figures) {
	for _, f := range all {
		sum.Requests, sum.AtOnce, sum.Took = sum.Requests+f.Requests, sum.AtOnce+f.AtOnce, sum.Took+f.Took
		sum.Columns, sum.Rows = max(sum.Columns, f.Columns), max(sum.Rows, f.Rows)
		sum.Disturbed, sum.Cancelled, sum.Panicked, sum.Cuts = sum.Disturbed+f.Disturbed, sum.Cancelled+f.Cancelled, sum.Panicked+f.Panicked, sum.Cuts+f.Cuts
		sum.Operations, sum.Places, sum.Pairs, sum.Refused = sum.Operations+f.Operations, sum.Places+f.Places, sum.Pairs+f.Pairs, sum.Refused+f.Refused
		sum.Statements, sum.Unrun, sum.Mutants = sum.Statements+f.Statements, append(sum.Unrun, f.Unrun...), append(sum.Mutants, f.Mutants...)
		if len(f.Kept) > 0 {
			sum.Kept = f.Kept
		}
	}
	return sum
}

func figures(b *strings.Builder, sum Figures, counts map[string]Count) {
	asked, done := 0, 0
	for _, c := range counts {
		asked, done = asked+c.Asked, done+c.Done
	}
	row := func(what, figure string, args ...any) {
		fmt.Fprintf(b, "| %s | %s |\n", what, fmt.Sprintf(figure, args...))
	}
	b.WriteString("| what | figure |\n|---|---|\n")
	row("operations of pages and API", "%d", len(counts))
	row("requests asked of both worlds", "%d", sum.Requests)
	row("carried out (2xx, or the way on after a form); the others are wrong on purpose", "%.1f %%", 100*float64(done)/float64(max(1, asked)))
	row("rarest operation", "carried out %d times", rarest(counts))
	row("columns of B rewritten, rows added", "%d, %d", sum.Columns, sum.Rows)
	row("differences between the worlds", "0")
	row("requests of A beside B at work", "%d, 0 differences", sum.AtOnce)
	row("requests in a disturbed pool of three", "%d (%d cancelled, %d panicked, line cut %d times), nothing of B", sum.Disturbed, sum.Cancelled, sum.Panicked, sum.Cuts)
	row("matrix: operations, places of ids, pairs compared, refusals", "%d, %d, %d, %d; foreign ≡ random", sum.Operations, sum.Places, sum.Pairs, sum.Refused)
	row("statements on tenants' tables run", "%d", sum.Statements)
}

func killRates(b *strings.Builder, all []mutants.Mutant) {
	b.WriteString("\n| mutants | all | killed | kill rate |\n|---|---|---|---|\n")
	report := &mutants.Report{Mutants: all}
	for _, kind := range mutants.Kinds {
		n, killed := report.Rate(kind)
		fmt.Fprintf(b, "| %s | %d | %d | %.0f %% |\n", kind, n, killed, 100*float64(killed)/float64(max(1, n)))
	}
}

// unequal tells what is not compared.
func unequal(b *strings.Builder, kept []string) {
	b.WriteString("\n## What is not compared, and why\n\nOne request after another: nothing is masked; time, ids and secrets are dealt alike to both worlds. " +
		"How long an answer takes is not compared.\nMany at once, these two:\n\n")
	for _, m := range differ.AtOnce {
		fmt.Fprintf(b, "- %s: %s.\n", m.Name, m.Why)
	}
	fmt.Fprintf(b, "\nColumns of B that a constraint held to what they were: %s.\n", strings.Join(kept, ", "))
}

func byName(b *strings.Builder, all []mutants.Mutant) {
	b.WriteString("\n## Killed mutants, by name\n\n")
	for _, m := range all {
		if m.Killed {
			fmt.Fprintf(b, "- %s: %s\n", m.Kind, m.Name)
		}
	}
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
