// Package money counts US dollars in whole cents.
//
// Owns: the Cents type, its checked arithmetic, half-up rounding, largest-remainder allocation and the
// way money is written. Does not own: prices, taxes, discounts (pricing).
//
// Invariant: no operation creates or loses a cent, and none overflows silently.
package money

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Cents is an amount of US dollars in cents.
type Cents int64

// Max is the largest amount that any document of the platform may carry: ten billion dollars.
const Max Cents = 1_000_000_000_000

// RoundHalfUp rounds an exact rational number of cents, halves away from zero.
// ok is false when the result would pass Max.
func RoundHalfUp(exact *big.Rat) (c Cents, ok bool) {
	num, den := new(big.Int).Set(exact.Num()), exact.Denom()
	neg := num.Sign() < 0
	num.Abs(num)
	num.Lsh(num, 1).Add(num, den)
	q := num.Quo(num, new(big.Int).Lsh(den, 1))
	if !q.IsInt64() || q.Int64() > int64(Max) {
		return 0, false
	}
	c = Cents(q.Int64())
	if neg {
		c = -c
	}
	return c, true
}

// FromFloat rounds a number of cents half up. It corrects the binary representation error of decimal
// fractions (1.005 × 100 is 100.49999…), which an estimate in feet and hours carries.
// ok is false for NaN, infinities and anything past Max.
func FromFloat(cents float64) (c Cents, ok bool) {
	if math.IsNaN(cents) || math.Abs(cents) > float64(Max) {
		return 0, false
	}
	slack := math.Max(1e-7, math.Abs(cents)*1e-12)
	r := math.Floor(math.Abs(cents) + 0.5 + slack)
	return Cents(math.Copysign(r, cents)), true
}

// Allocate splits total over weights by largest remainder: the parts add up to total to the cent, and
// equal weights differ by at most one cent. Without a positive weight the first part takes everything.
func Allocate(total Cents, weights []Cents) []Cents {
	parts := make([]Cents, len(weights))
	if len(weights) == 0 {
		return parts
	}
	var sum int64
	for _, w := range weights {
		sum += int64(max(w, 0))
	}
	if sum == 0 {
		parts[0] = total
		return parts
	}
	type rest struct {
		index int
		rem   int64
	}
	rests := make([]rest, len(weights))
	left := total
	for i, w := range weights {
		part, rem := mulDiv(int64(total), int64(max(w, 0)), sum)
		parts[i] = Cents(part)
		left -= parts[i]
		rests[i] = rest{i, rem}
	}
	slices.SortStableFunc(rests, func(a, b rest) int { return cmp.Compare(abs(b.rem), abs(a.rem)) })
	step := Cents(1)
	if left < 0 {
		step = -1
	}
	for i := 0; left != 0; i++ {
		parts[rests[i%len(rests)].index] += step
		left -= step
	}
	return parts
}

// mulDiv is a*b/c, truncated, with the remainder, without overflow in between.
func mulDiv(a, b, c int64) (quo, rem int64) {
	if p := a * b; a == 0 || (p/a == b && abs(a) < math.MaxInt32*2 && abs(b) < math.MaxInt32) {
		return p / c, p % c
	}
	q, r := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(c), new(big.Int))
	return q.Int64(), r.Int64()
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// String writes the amount as people read it: $6,849.22, −$240.00.
func (c Cents) String() string {
	sign := ""
	v := int64(c)
	if v < 0 {
		sign = "−"
		v = -v
	}
	return fmt.Sprintf("%s$%s.%02d", sign, group(v/100), v%100)
}

// Dollars writes the amount in whole dollars, for list columns and mail subjects.
func (c Cents) Dollars() string {
	sign := ""
	v := int64(c)
	if v < 0 {
		sign = "−"
		v = -v
	}
	return sign + "$" + group((v+50)/100)
}

func group(v int64) string {
	s := strconv.FormatInt(v, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Parse reads an amount as people type it: 1500, $1,500, 1,500.5, −240.00. It refuses more than two decimals.
func Parse(s string) (Cents, error) {
	t := strings.TrimSpace(s)
	neg := false
	for _, minus := range []string{"-", "−"} {
		if rest, found := strings.CutPrefix(t, minus); found {
			neg, t = true, strings.TrimSpace(rest)
		}
	}
	t = strings.TrimSpace(strings.TrimPrefix(t, "$"))
	whole, frac, hasFrac := strings.Cut(t, ".")
	whole = strings.ReplaceAll(whole, ",", "")
	if whole == "" && frac != "" {
		whole = "0"
	}
	if hasFrac && (len(frac) == 0 || len(frac) > 2) || !digits(whole) || hasFrac && !digits(frac) || len(whole) > 10 {
		return 0, fmt.Errorf("%q is not an amount of dollars", s)
	}
	for len(frac) < 2 {
		frac += "0"
	}
	v, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not an amount of dollars", s)
	}
	if neg {
		v = -v
	}
	return Cents(v), nil
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
