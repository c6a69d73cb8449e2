package pricing

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/platform/fault"
)

var (
	materialKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}(\.[a-z0-9_]{1,30}){0,2}$`)
	zipForm     = regexp.MustCompile(`^\d{5}$`)
)

// oneLine joins words with single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// cleanProse keeps paragraphs as typed, with the line ends of browsers made plain.
func cleanProse(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

func checkText(p *fault.Problems, pointer, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unprintable):
		p.Add(pointer, "Take out the hidden characters.")
	case n == 0 && least > 0:
		p.Add(pointer, "Enter something here.")
	case n > most:
		p.Add(pointer, "At most %d characters fit here. These are %d.", most, n)
	}
}

func unprintable(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 }

func checkWhole(p *fault.Problems, pointer string, v, least, most int64) {
	if v < least || v > most {
		p.Add(pointer, "Enter a number from %d to %d.", least, most)
	}
}

// checkNumber also refuses NaN.
func checkNumber(p *fault.Problems, pointer string, v, least, most float64) {
	if !(v >= least && v <= most) {
		p.Add(pointer, "Enter a number from %v to %v.", least, most)
	}
}
