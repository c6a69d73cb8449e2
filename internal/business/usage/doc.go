// Package usage counts what companies use, in the transaction of the thing counted: exact under any
// concurrency, crash-proof.
//
// Owns: counters by billing period (Consume), levels (Grow, Shrink), what is read of both.
// Does not own: limits and periods (plan), the rows counted.
//
// Words: a counter starts anew with each period; a level goes up and down.
// Invariants: a counter is the sum of its events; a limit is checked by the operation that consumes it and
// nowhere else; shrinking is always allowed.
package usage
