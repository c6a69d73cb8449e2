// Package ratelimit says how much somebody may do in how short a time.
//
// Owns: the rule (GCRA, a leaky bucket kept as one time), a bounded memory of who did what (Local), the same shared by
// all processes (package shared). Does not own: who somebody is, what a deed costs, what the refusal says (httpx, caller).
//
// Words: policy, a quota that may be spent at once and comes back in its window; bucket, what one policy counts for one
// somebody; demand, the buckets that a deed spends from together; share, the part of a policy that one of several
// processes may give by itself; peek, a demand that costs nothing.
//
// Invariants: in any stretch of time t, no bucket gives more than quota + quota·t/window; a deed spends from all of its
// buckets or from none; a refusal and a peek spend nothing; a clock that is set back locks nobody out, and
// gives at most one quota more; memory is bounded whatever keys come.
package ratelimit
