package drawing

import (
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/takeoff"
)

// Words says the drawing to those who do not see it:
// "Left 40 ft with one 48-in gate, Back 60 ft, Right about 41 ft".
func (p Plan) Words() string {
	runs := p.RunList()
	if len(runs) == 0 {
		return "Nothing drawn here yet"
	}
	parts := make([]string, len(runs))
	for i, r := range runs {
		length := FeetInchesWords(r.LengthFt)
		if !r.Measured {
			length = "about " + strings.TrimPrefix(AboutFeet(r.LengthFt), "~")
		}
		parts[i] = r.Name + " " + length
		if len(r.Gates) > 0 {
			parts[i] += " with " + GateWords(r.Gates)
		}
	}
	return strings.Join(parts, ", ")
}

// GateWords counts gates of one width together: "one 48-in gate and two 12-ft double gates".
func GateWords(gates []takeoff.Gate) string {
	var kinds []string
	count := map[string]int{}
	for _, g := range gates {
		kind := OpeningWords(g.OpeningIn)
		if g.Kind != takeoff.GateWalk && g.Kind != "" {
			kind += " " + string(g.Kind)
		}
		if count[kind]++; count[kind] == 1 {
			kinds = append(kinds, kind)
		}
	}
	for i, kind := range kinds {
		noun := " gate"
		if count[kind] > 1 {
			noun = " gates"
		}
		kinds[i] = numeral(count[kind]) + " " + kind + noun
	}
	if last := len(kinds) - 1; last > 0 {
		return strings.Join(kinds[:last], ", ") + " and " + kinds[last]
	}
	return strings.Join(kinds, "")
}

func numeral(n int) string {
	words := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}
