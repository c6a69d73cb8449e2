// Package jobs is the pages of jobs: the list, and the record of a fence that was sold.
//
// Owns: these pages. Does not own: jobs and why they wait (fieldwork), what was promised (quoting).
//
// Invariants: who may not read quotes sees neither prices nor papers; a waiting job says why, and who can lift it.
package jobs
