package runtable

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

const (
	feetPerMetre = 1 / 0.3048
	longestFt    = 100_000
)

var (
	metresForm = regexp.MustCompile(`^(\d+(?:\.\d+)?|\.\d+)\s*m$`)
	inchesForm = regexp.MustCompile(`^([^'f]+?)\s*(?:in\.?|")$`)
	feetForm   = regexp.MustCompile(`^(\d+(?:\.\d*)?|\.\d+)\s*(?:'|ft\.?|feet)?$`)
	bothForm   = regexp.MustCompile(`^(\d+)\s*(?:'|ft\.?|feet|\s)\s*(.+?)\s*(?:"|in\.?)?$`)
	mixedForm  = regexp.MustCompile(`^(\d+(?:\.\d*)?|\.\d+)?(?:(?:^|\s+)(\d+)/(\d+))?$`)
)

// ParseLength reads a length as people type it, in feet: 40, 40.5, 40'6, 40 6 1/2, 486in, 12m. False when it is
// none.
func ParseLength(text string) (float64, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	feet, ok := parseFeet(text)
	return feet, ok && feet >= 0 && feet <= longestFt
}

func parseFeet(text string) (float64, bool) {
	if m := metresForm.FindStringSubmatch(text); m != nil {
		return decimal(m[1]) * feetPerMetre, true
	}
	if m := inchesForm.FindStringSubmatch(text); m != nil {
		in, ok := ParseInches(m[1])
		return in / 12, ok
	}
	if m := feetForm.FindStringSubmatch(text); m != nil {
		return decimal(m[1]), true
	}
	m := bothForm.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	in, ok := ParseInches(m[2])
	return decimal(m[1]) + in/12, ok && in < 12
}

var fractions = strings.NewReplacer("½", " 1/2", "¼", " 1/4", "¾", " 3/4")

// ParseInches reads inches with a fraction: 6, 6.5, 6 1/2, 6½.
func ParseInches(text string) (float64, bool) {
	text = strings.TrimSpace(fractions.Replace(text))
	m := mixedForm.FindStringSubmatch(text)
	if m == nil || text == "" {
		return 0, false
	}
	in := 0.0
	if m[1] != "" {
		in = decimal(m[1])
	}
	if m[2] != "" {
		part := decimal(m[2]) / decimal(m[3])
		if !(part < 1) {
			return 0, false
		}
		in += part
	}
	return in, true
}

// decimal reads what a pattern has found to be digits.
func decimal(digits string) float64 {
	v, _ := strconv.ParseFloat(digits, 64) // out of range is infinite, and refused by the bounds
	return v
}

// FeetInches splits a length into fields for feet and inches, to the nearest half inch.
func FeetInches(ft float64) (feet, inches string) {
	halves := math.Round(ft * 24)
	whole := math.Floor(halves / 24)
	rest := int(halves - whole*24)
	inches = strconv.Itoa(rest / 2)
	if rest%2 == 1 {
		inches += " 1/2"
	}
	return strconv.FormatFloat(whole, 'f', 0, 64), inches
}
