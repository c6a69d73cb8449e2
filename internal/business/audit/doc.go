// Package audit keeps the log of who did what: append only, one hash chain in each organization, written in
// the transaction of the deed.
//
// Owns: Record, the timeline of a record, the log by person, action and time, its export, Verify of the chain.
//
// Words: on behalf of is the person for whom something else acted, as an API key's; views as is the role whose rights
// an owner looked through. Both actors stand in the entry.
// Does not own: application logs (slog), what counts as a deed (each operation says so).
//
// Invariant: hash = SHA-256(previous hash ‖ content); the head of the chain is the last row a transaction locks.
package audit
