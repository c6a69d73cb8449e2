// Package formula writes formulas with their numbers, as in "18 bays × 3 rails".
//
// Owns: how numbers, counts and amounts stand in a formula. Does not own: the formulas (takeoff, pricing).
package formula

import (
	"math"
	"strconv"

	"fenceplatform.com/fence/internal/platform/money"
)

// Writer collects many formulas in one text, which is cut up at the end: words then cost two allocations
// and not one for every number in them. The zero value is ready.
type Writer struct{ text []byte }

// Grow makes room, so that the text is allocated once.
func (w *Writer) Grow(n int) { w.text = make([]byte, 0, n) }

// Len is where the next word will stand.
func (w *Writer) Len() int { return len(w.text) }

// Cut drops what was written since Len was n.
func (w *Writer) Cut(n int) { w.text = w.text[:n] }

// String is everything written.
func (w *Writer) String() string { return string(w.text) }

// Words writes s as it is.
func (w *Writer) Words(s string) *Writer {
	w.text = append(w.text, s...)
	return w
}

// Num writes a number with three decimals at most.
func (w *Writer) Num(v float64) *Writer {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		w.text = strconv.AppendInt(w.text, int64(v), 10)
		return w
	}
	w.text = strconv.AppendFloat(w.text, math.Round(v*1000)/1000, 'f', -1, 64)
	return w
}

// Count writes a whole number.
func (w *Writer) Count(n int) *Writer {
	w.text = strconv.AppendInt(w.text, int64(n), 10)
	return w
}

// Some writes a count with its noun: 1 gate, 2 gates.
func (w *Writer) Some(n int, noun string) *Writer {
	w.Count(n).Words(" ").Words(noun)
	if n != 1 {
		w.Words("s")
	}
	return w
}

// Amount writes dollars and cents, without a separator of thousands: $6849.22.
func (w *Writer) Amount(c money.Cents) *Writer {
	if c < 0 {
		w.Words("−")
		c = -c
	}
	w.Words("$")
	w.text = strconv.AppendInt(w.text, int64(c/100), 10)
	w.text = append(w.text, '.', byte('0'+c/10%10), byte('0'+c%10))
	return w
}
