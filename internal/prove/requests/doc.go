// Package requests makes what A asks.
//
// Owns: the catalogue of operations, read off our own OpenAPI document and the lists of pages; a session of A that
// makes valid requests from what it got before, with a hint for each operation that needs one; wrong requests.
// Does not own: who answers them (worlds), what is made of the answers (prove, bola, mutants).
//
// Words: an operation is a method and pattern of pages or API. A hint says how its valid request is made; an operation
// that needs one and has none stops the prover with a line that says so.
package requests
