// Package adoption takes a company's old database into its organization.
//
// Owns: what an old table and column means, how its values become ours, what is refused and why, the run with its
// progress, the comparison at the end, and the rows of tables that so far only adoption fills (leads, appointments,
// adopted quotes, ROI calculations, pricing approvals).
// Does not own: reading the old database (source), the rules for customers and properties (crm).
//
// Words: the source is the old database; a mapping says which column is which field; a pass reads the whole source
// once and judges every row: taken as it is, changed (something could not be kept as it was, and a note says what),
// or skipped; a run writes what a pass judged.
//
// Invariants: the source is read in one snapshot and never written; the id of a row follows from organization, label,
// table and key, so a second run writes nothing twice, and nothing that is there is written over; what has no column
// here, and every value that could not be kept exactly, is in extra by the source's own name; a batch, its progress
// and its part of the log commit together. No limit counts adopted rows.
package adoption
