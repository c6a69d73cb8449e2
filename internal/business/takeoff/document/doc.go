// Package document reads the engine's JSON documents strictly.
//
// Owns: what every document of the engine refuses before its meaning is looked at (syntax, unknown and
// repeated names, null, control characters, depth, size) and the sentences for it, each with the JSON
// pointer of the member. Does not own: what the members mean (takeoff, pricing, roi).
//
// Invariants: reading stops at the first offence, so a document of ten million nodes costs no more than
// the nodes that are allowed; every error is a fault of kind Invalid.
package document
