// Package shared counts deeds for all processes that share a Redis.
//
// Owns: the rule of ratelimit as a script that Redis runs, what happens while Redis is slow or away, how many processes
// there are. Does not own: the rule itself (ratelimit), the address (redis).
//
// Words: alone, decided by this process by its share of the limit; breaker, what keeps requests from waiting for a Redis
// that does not answer.
//
// Invariants: a decision takes no longer than the patience, whatever Redis does; time is Redis's own, so that no process's
// clock matters; all buckets of a demand are spent from in one script, or none; a command is never sent twice.
package shared
