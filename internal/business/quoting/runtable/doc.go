// Package runtable shows a drawing as a table of runs, and makes the drawing again of a table that people changed.
//
// Owns: Row, the way from a layout to rows and back, what is wrong with a row, lengths as people type them.
// Does not own: what the layout means (takeoff), how the table looks (ui/sketches).
//
// Words: a row is one run, told as somebody walks it: so long, after such a turn. A row follows the one above it,
// or begins at a corner that an earlier row has, or at a spot of its own. A row joins when it ends at a corner
// that an earlier row has, as the last run of a closed yard does.
//
// Invariants: pure; a table that nobody changed makes the same drawing; ids stay with their runs, corners and
// gates, and so does what the table does not show (hinges, marks). Typed lengths are kept to the last digit: when
// a run of a loop is made longer, the run that joins gives way, and is no longer called measured.
package runtable
