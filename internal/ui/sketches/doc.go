// Package sketches is the page on which a fence is drawn: the drawing's island, the table of runs that does the same
// without script, and beside them take-off, prices and checks.
//
// Owns: this page, its documents for the island (save, price), the form of the table. Does not own: sketches and
// checks (quoting), what a changed table means (quoting/runtable), drawing by hand (client/sketch).
//
// Invariants: whatever the island can do with the drawing's runs and gates the table can do too; a table that was
// typed is never lost, also when somebody else saved first; who may not see costs gets none in the bytes.
package sketches
