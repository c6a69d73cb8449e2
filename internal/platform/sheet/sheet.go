// Package sheet writes tables for spreadsheets: CSV in which no cell is taken for a formula.
//
// Owns: Writer, Guard and its way back. Does not own: what stands in the cells.
//
// Invariants: every cell is quoted, so that no other delimiter splits it; a cell that a spreadsheet would take
// for a formula begins with an apostrophe; Plain(Guard(s)) == s for every text.
package sheet

import (
	"bufio"
	"io"
	"strings"
)

// starts are the first characters that spreadsheets calculate with, their full-width twins, what trims to them,
// and the apostrophe itself, so that the way back is never in doubt.
const starts = "=+-@\t\r\n'＝＋－＠"

// Guard makes a cell that begins like a formula a text.
func Guard(cell string) string {
	if cell != "" && strings.ContainsRune(starts, firstRune(cell)) {
		return "'" + cell
	}
	return cell
}

// Plain takes back what Guard put before a cell: for reading a table that we wrote.
func Plain(cell string) string { return strings.TrimPrefix(cell, "'") }

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// Writer writes rows of cells.
type Writer struct{ out *bufio.Writer }

// NewWriter writes to w; Flush sends what is left.
func NewWriter(w io.Writer) *Writer { return &Writer{bufio.NewWriter(w)} }

// Cells writes one row. What went wrong is told by Flush.
func (w *Writer) Cells(cells ...string) {
	for i, cell := range cells {
		if i > 0 {
			_ = w.out.WriteByte(',') // bufio keeps its first error for Flush
		}
		_, _ = w.out.WriteString(`"` + strings.ReplaceAll(Guard(cell), `"`, `""`) + `"`) // the same
	}
	_, _ = w.out.WriteString("\r\n") // the same
}

// Flush sends what is left and tells the first thing that went wrong.
func (w *Writer) Flush() error { return w.out.Flush() }
