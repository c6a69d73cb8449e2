// Package doctor proves a running installation.
//
// Owns: what is looked at, and when it is a problem. Does not own: the rules of the catalogue (platform/lintdb), the
// proof that a serving process makes at its start (app, platform/migrate), how it is printed (cli).
//
// Words: a report has one result for each thing looked at; a result is in order and says what it saw, or has problems,
// each a sentence that says what to do.
//
// Invariants: looking changes nothing, but for an object of its own that is put into the bucket of files and taken out
// again; what cannot be looked at is a problem, never in order; backups and the certificate are asked for only when the
// platform has a public domain.
package doctor
