package mutants

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"fenceplatform.com/fence/internal/prove/lab"
)

// claim is where a statement names the organization.
var claim = regexp.MustCompile(`(?:\b\w+\.)?\borg_id = (\$\d+)`)

// without takes the n-th claim out of a statement; -1 takes all. The parameter stays: the product sends it.
func without(sql string, n int) string {
	i := -1
	return claim.ReplaceAllStringFunc(sql, func(found string) string {
		if i++; n >= 0 && i != n {
			return found
		}
		return claim.ReplaceAllString(found, "(${1}::uuid IS NOT NULL)")
	})
}

// claims counts them.
func claims(sql string) int { return len(claim.FindAllString(sql, -1)) }

var tableName = regexp.MustCompile(`\b(app\.\w+|tasks\.river_job)\b`)

// tablesOf are the tenant tables that a statement names.
func tablesOf(sql string) []string {
	all := tableName.FindAllString(sql, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// Coverage tells which probes run which statement.
type Coverage struct {
	probes   []lab.Probe
	by       map[string][]int // probes by statement
	baseline []lab.Outcome
}

// Statements in a fixed order.
func (c *Coverage) Statements() []string {
	var all []string
	for sql := range c.by {
		all = append(all, sql)
	}
	sort.Strings(all)
	return all
}

// ofTable are the probes that run a statement on the table, those that read first.
func (c *Coverage) ofTable(table string) []int {
	var all []int
	for sql, probes := range c.by {
		if slices.Contains(tablesOf(sql), table) {
			all = append(all, probes...)
		}
	}
	return c.readersFirst(all)
}

func (c *Coverage) readersFirst(probes []int) []int {
	slices.Sort(probes)
	probes = slices.Compact(probes)
	slices.SortStableFunc(probes, func(x, y int) int { return c.cost(x) - c.cost(y) })
	return probes
}

// cost is what it takes to run a probe: one that reads leaves the world as it was.
func (c *Coverage) cost(probe int) int {
	if c.probes[probe].Method == "GET" {
		return 0
	}
	return 1
}

// short is a statement on one line.
func short(sql string) string {
	line := strings.Join(strings.Fields(sql), " ")
	if len(line) > 110 {
		line = line[:107] + "…"
	}
	return line
}

func describe(sql string, n int) string {
	where := claim.FindAllStringIndex(sql, -1)[n]
	from, sum := max(0, where[0]-40), sha256.Sum256([]byte(sql)) // several statements begin alike
	return fmt.Sprintf("%s [claim %d: …%s, of %x]", short(sql), n+1, strings.Join(strings.Fields(sql[from:where[1]]), " "), sum[:3])
}
