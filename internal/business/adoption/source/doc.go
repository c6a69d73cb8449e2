// Package source reads somebody else's PostgreSQL database, and only reads it.
//
// Owns: the connection, the one snapshot in which everything is read, what tables and columns there are, rows as
// texts in the order of their keys. Does not own: what anything means (adoption).
//
// Words: a table is described by a Shape; a Row has a key and one Cell for each column; a Cell is the text that
// PostgreSQL writes, or nothing.
//
// Invariants: one transaction, repeatable read and read only, asserted before the first row; every name is quoted;
// what the role cannot see completely is refused and not read in part.
package source
