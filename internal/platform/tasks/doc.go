// Package tasks does background work: enqueued in the transaction that makes it due, done by a worker later.
//
// Owns: Enqueue, the runner and its lifecycle. The queue itself is river, in schema tasks.
// Does not own: what a task does (worker, business), work on site (that is a job: fieldwork).
//
// Invariants: a task names its organization as its first argument, and the wall refuses one that names
// another; a task may run more than once, so what it does must be repeatable.
package tasks
