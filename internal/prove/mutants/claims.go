package mutants

import (
	"fmt"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/prove/bola"
	"fenceplatform.com/fence/internal/prove/worlds"
)

// statement is one org_id = $n of a statement.
type statement struct {
	sql   string
	claim int
}

func (s statement) name() string { return describe(s.sql, s.claim) }

// statements tries each org_id = $n with all policies down, in four worlds. In the first B is the twin of A, and its
// rows lie first. Those that nobody noticed are tried with B being there before A, at the end of the same and midway,
// with every row of B being locked, those that read with B's entries being of other ledgers, and with its rows last and
// its options where those of A are, and then with B's ids, of which the product must not know that they exist.
func (w *wall) statements() {
	w.l.Change(func(world *worlds.World) {
		for _, p := range policies(w.t, world) {
			world.Exec(w.t, p.open())
		}
	})
	w.alone("org_id = $n")
	left := w.ahead(w.each(w.pick(), w.notice), false)
	left = w.ahead(left, true)
	w.l.Held(true)
	left = w.each(left, w.notice)
	w.l.Held(false)
	left = w.elsewhere(left, statement.reads, w.notice, func(world *worlds.World) { worlds.Scatter(w.t, world) })
	left = w.elsewhere(left, statement.reads, w.notice, func(world *worlds.World) {
		worlds.Straighten(w.t, world)
		worlds.Arrange(w.t, world, worlds.Last)
	})
	left = w.elsewhere(left, nil, w.apart, func(world *worlds.World) { worlds.Apart(w.t, world, bola.Secrets(w.l)) })
	for _, s := range left {
		w.r.try(w.t, "statement", s.name(), func() string { return "" })
	}
}

// elsewhere tries those of the statements that are worth it in a changed world.
func (w *wall) elsewhere(all []statement, worth func(statement) bool, try func(probes []int) string, change func(*worlds.World)) (left []statement) {
	tried := slices.DeleteFunc(slices.Clone(all), func(s statement) bool { return worth != nil && !worth(s) })
	if len(tried) == 0 {
		return all
	}
	w.l.Change(change)
	tried = w.each(tried, try)
	return slices.DeleteFunc(all, func(s statement) bool { return (worth == nil || worth(s)) && !slices.Contains(tried, s) })
}

func (s statement) reads() bool { return strings.HasPrefix(strings.TrimSpace(s.sql), "SELECT") }

// pick lists the claims of the form that no earlier run killed.
func (w *wall) pick() (all []statement) {
	n := 0
	for _, sql := range w.c.Statements() {
		for i := range claims(sql) {
			if n++; !w.some["statement"](n) {
				continue
			}
			s := statement{sql, i}
			if by := w.r.known("statement", s.name()); by != "" {
				w.killed(s, by)
			} else {
				all = append(all, s)
			}
		}
	}
	return all
}

func (w *wall) killed(s statement, by string) {
	w.r.try(w.t, "statement", s.name(), func() string { return by })
}

// each tries statements on all probes that run them, and returns those that nobody noticed.
func (w *wall) each(all []statement, try func(probes []int) (by string)) (left []statement) {
	for _, s := range all {
		if by := w.mutated(s, w.c.readersFirst(slices.Clone(w.c.by[s.sql])), try); by != "" {
			w.killed(s, by)
		} else {
			left = append(left, s)
		}
	}
	return left
}

// mutated runs try with the claim taken out. What notices must be quiet again with the claim in.
func (w *wall) mutated(s statement, probes []int, try func(probes []int) string) string {
	changed := without(s.sql, s.claim)
	w.change(func(text string) string {
		if text == s.sql {
			return changed
		}
		return text
	})
	by := try(probes)
	w.change(nil)
	if by != "" {
		if again := try([]int{w.noticed}); again != "" {
			w.r.Findings = append(w.r.Findings, "without any mutant, "+again)
		}
	}
	return by
}

// ahead tries statements with B having, under the ids that will be dealt, what a request makes: rows that A made a
// moment ago have a twin then too.
func (w *wall) ahead(left []statement, midway bool) []statement {
	for i, p := range w.c.probes {
		if p.Method == "GET" {
			continue
		}
		var mine []statement
		for _, s := range left {
			if slices.Contains(w.c.by[s.sql], i) {
				mine = append(mine, s)
			}
		}
		if len(mine) == 0 {
			continue
		}
		end := w.l.Ahead(p.Request, midway)
		if what := w.notice([]int{i}); what != "" {
			w.r.Findings = append(w.r.Findings, "with B ahead of A, "+what)
			mine = nil
		}
		for _, s := range mine {
			if by := w.mutated(s, []int{i}, w.notice); by != "" {
				w.killed(s, "ahead of A, "+by)
				left = slices.DeleteFunc(left, func(o statement) bool { return o == s })
			}
		}
		end()
	}
	return left
}

// apart runs probes as they are, and then with B's ids and nobody's.
func (w *wall) apart(probes []int) string {
	for _, i := range probes {
		if by := w.notice([]int{i}); by != "" {
			return by
		}
		p := w.c.probes[i]
		for _, name := range bola.Names(p.Request) {
			foreign, random := worlds.AlphaToBeta(name), bola.Nobodys(name)
			theirs, nobodys := w.l.Run(bola.Named(p.Request, name, foreign)), w.l.Run(bola.Named(p.Request, name, random))
			theirs.Answer, nobodys.Answer = bola.Hidden(theirs.Answer, foreign), bola.Hidden(nobodys.Answer, random)
			if what := theirs.Differs(nobodys); what != "" {
				w.noticed = i
				return fmt.Sprintf("%s with B's id: %.160s", p.Key, what)
			}
		}
	}
	return ""
}
