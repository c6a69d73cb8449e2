// Package differ says what is different between two answers.
//
// Owns: the comparison, byte for byte, and the list of what is masked. Does not own: how answers were made equal
// otherwise (worlds deals time, ids and secrets, so that one turn after another nothing needs a mask).
package differ

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/prove/requests"
)

// Mask is something that is not compared, and why.
type Mask struct {
	Name, Why string
	hide      *regexp.Regexp
}

// AtOnce are the masks of answers that were made while others were: chance is dealt to the process, so who asks first
// gets the first of it. Answers one after another have no mask at all.
var AtOnce = []Mask{
	{"number of the request", "the next number of the process; it says how many asked before, and is by chance in production", regexp.MustCompile(`\b[A-Z2-7]{10}\b`)},
	{"one-time key of a form", "26 characters by chance, for each form that is shown", regexp.MustCompile(`\b[A-Z2-7]{26}\b`)},
}

// Compare tells the first difference; empty when there is none.
func Compare(a, b requests.Answer, masks ...Mask) string {
	if a.Status != b.Status {
		return fmt.Sprintf("status %d and %d: %s | %s", a.Status, b.Status, short(a.Body), short(b.Body))
	}
	names := slices.Sorted(maps.Keys(a.Header))
	if others := slices.Sorted(maps.Keys(b.Header)); !slices.Equal(names, others) {
		return fmt.Sprintf("headers %v and %v", names, others)
	}
	for _, name := range names {
		if x, y := masked(strings.Join(a.Header[name], "\n"), masks), masked(strings.Join(b.Header[name], "\n"), masks); x != y {
			return fmt.Sprintf("%s: %q and %q", name, x, y)
		}
	}
	return bodies(masked(a.Body, masks), masked(b.Body, masks))
}

func bodies(a, b string) string {
	if a == b {
		return ""
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	from := max(0, n-60)
	return fmt.Sprintf("body from byte %d of %d and %d: …%q | …%q", n, len(a), len(b), cut(a, from), cut(b, from))
}

func masked(s string, masks []Mask) string {
	for _, m := range masks {
		s = m.hide.ReplaceAllString(s, "‹"+m.Name+"›")
	}
	return s
}

func cut(s string, from int) string { return s[from:min(len(s), from+160)] }

func short(s string) string { return cut(s, 0) }
