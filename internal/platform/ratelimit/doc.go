// Package ratelimit says how much somebody may do in how short a time.
//
// Owns: the rule (GCRA, a leaky bucket kept as one time) and a bounded memory of who did what.
// Does not own: who somebody is, what a deed costs, what the refusal says (httpx).
//
// Words: rate, what comes back each second; burst, what may be spent at once; cost, what a deed spends; key,
// who spends.
//
// Invariants: in any stretch of time t, no key spends more than burst + rate·t; a refused deed spends
// nothing; memory is bounded whatever keys come. One process counts for itself: behind n replicas a key
// may spend n times as much.
package ratelimit
