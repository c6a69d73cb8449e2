package money

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestAllocateKeepsEveryCent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := Cents(rapid.Int64Range(-1e11, 1e11).Draw(t, "total"))
		weights := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Cents {
			return Cents(rapid.Int64Range(0, 1e10).Draw(t, "w"))
		}), 1, 40).Draw(t, "weights")
		var sum Cents
		for _, p := range Allocate(total, weights) {
			sum += p
		}
		if sum != total {
			t.Fatalf("parts add up to %d, want %d", sum, total)
		}
	})
}

func TestWrittenAmountIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := Cents(rapid.Int64Range(-1e11, 1e11).Draw(t, "cents"))
		got, err := Parse(want.String())
		if err != nil || got != want {
			t.Fatalf("Parse(%q) = %d, %v; want %d", want.String(), got, err, want)
		}
	})
}

func TestParseAsPeopleType(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Cents{"1500": 150000, "$1,500": 150000, "1500.5": 150050, " $ 2.85 ": 285, ".5": 50, "-240": -24000} {
		if got, err := Parse(in); err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "$", "abc", "1.234", "1e5", "NaN", "1.", "99999999999", "--5", "１２"} {
		if got, err := Parse(in); err == nil {
			t.Errorf("Parse(%q) = %d, want an error", in, got)
		}
	}
}

func TestFromFloatRoundsDecimalHalvesUp(t *testing.T) {
	t.Parallel()
	for in, want := range map[float64]Cents{1.005 * 100: 101, 2.5: 3, -2.5: -3, 0.49999: 0, 1399.44 * 100: 139944} {
		if got, ok := FromFloat(in); !ok || got != want {
			t.Errorf("FromFloat(%v) = %d, %v; want %d", in, got, ok, want)
		}
	}
	for _, in := range []float64{math.NaN(), math.Inf(1), 1e308} {
		if _, ok := FromFloat(in); ok {
			t.Errorf("FromFloat(%v) was accepted", in)
		}
	}
}
