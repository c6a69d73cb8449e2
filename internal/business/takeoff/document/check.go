package document

import (
	"strconv"

	"fenceplatform.com/fence/internal/platform/fault"
)

// maxProblems is how many problems one answer lists; whoever has more starts with these.
const maxProblems = 20

// Check collects what is wrong with a document. The zero value is ready.
type Check struct {
	problems fault.Problems
	count    int
}

// Add notes that the member at pointer is wrong.
func (c *Check) Add(pointer, format string, args ...any) {
	if c.count < maxProblems {
		c.problems.Add(pointer, format, args...)
	}
	c.count++
}

// Full tells that looking further would add nothing to the answer.
func (c *Check) Full() bool { return c.count >= maxProblems }

// Any tells whether anything was noted.
func (c *Check) Any() bool { return c.count > 0 }

// Err is nil when nothing was noted.
func (c *Check) Err() error { return c.problems.Err() }

// Number notes a value that is missing (NaN), not finite, or outside [lo, hi].
func (c *Check) Number(pointer string, v, lo, hi float64) {
	if !(v >= lo && v <= hi) {
		c.Add(pointer, "must be given, and lie between %s and %s", decimal(lo), decimal(hi))
	}
}

// Whole notes a value outside [lo, hi].
func (c *Check) Whole(pointer string, v, lo, hi int64) {
	if v < lo || v > hi {
		c.Add(pointer, "must be given, and lie between %d and %d", lo, hi)
	}
}

// decimal writes a bound as people write it; %v would say 1e+06.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
