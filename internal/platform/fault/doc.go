// Package fault is the one vocabulary of errors that people and programs may see.
//
// Owns: the kinds of refusal, their safe sentence, code and field errors.
// Does not own: HTTP status codes and pages (httpx), what is refused (business).
//
// Invariants: a fault's Message and Fields are safe to show to whoever asked; the cause is not and
// never leaves the log. Any error that is not a fault is internal.
package fault
