// Package phone understands telephone numbers the way people in the United States type them.
//
// Owns: from what was typed to E.164 (Parse), from E.164 to what is shown (Format), what to say when a
// number cannot be one.
// Does not own: whether anybody answers; calling and texting.
//
// Invariant: what Parse returns has the form +1 and ten digits, and Parse of what Format shows of it
// gives it back.
//
// A number is judged by the form of the North American plan, not by lists of areas in use: lists are
// older than the newest area code, and a person who has it must not be refused.
package phone
