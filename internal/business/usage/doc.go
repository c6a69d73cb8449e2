// Package usage counts what companies use, in the transaction of the thing counted: exact under any
// concurrency, crash-proof.
//
// Owns: counters by billing period (Consume, Void), levels (Grow, Shrink), blocks of API calls (Calls), warnings, the
// nightly comparison with what is counted (Auditor), what is read of all of it.
// Does not own: limits and periods (plan), the rows counted.
//
// Words: a counter starts anew with each period; a level goes up and down.
// Invariants: a counter is the sum of its events and of what processes were granted; no number of processes and no crash
// lets more calls through than the limit; a threshold is told once in a period; no repair locks out; a limit is checked by the operation that consumes it and
// nowhere else; shrinking is always allowed.
package usage
