package drawing

import (
	"math"
	"strconv"
)

// FeetInches writes a length as drawings do, to the nearest half inch: 40', 62' 4", 62' 4½".
func FeetInches(ft float64) string {
	feet, inches := halfInches(ft)
	switch {
	case inches == "":
		return feet + "'"
	case feet == "0":
		return inches + `"`
	}
	return feet + "' " + inches + `"`
}

// FeetInchesWords writes a length as sentences do: 40 ft, 62 ft 4½ in.
func FeetInchesWords(ft float64) string {
	feet, inches := halfInches(ft)
	switch {
	case inches == "":
		return feet + " ft"
	case feet == "0":
		return inches + " in"
	}
	return feet + " ft " + inches + " in"
}

// AboutFeet writes a length that nobody measured: never finer than a foot.
func AboutFeet(ft float64) string {
	return "~" + strconv.FormatFloat(math.Round(ft), 'f', 0, 64) + " ft"
}

func halfInches(ft float64) (feet, inches string) {
	halves := math.Round(ft * 24)
	whole := math.Floor(halves / 24)
	rest := int(halves - whole*24)
	feet = strconv.FormatFloat(whole, 'f', 0, 64)
	if rest == 0 {
		return feet, ""
	}
	if rest/2 > 0 {
		inches = strconv.Itoa(rest / 2)
	}
	if rest%2 == 1 {
		inches += "½"
	}
	return feet, inches
}

// opening writes a gate's width: inches as the trade sells them up to 6 ft, feet above.
func opening(in float64) string {
	if in <= 72 {
		return strconv.FormatFloat(math.Round(in*2)/2, 'f', -1, 64) + `"`
	}
	return FeetInches(in / 12)
}

// OpeningWords writes a gate's width as an adjective: 48-in, 12-ft.
func OpeningWords(in float64) string {
	if in <= 72 || math.Mod(in, 12) != 0 {
		return strconv.FormatFloat(math.Round(in*2)/2, 'f', -1, 64) + "-in"
	}
	return strconv.FormatFloat(in/12, 'f', 0, 64) + "-ft"
}
