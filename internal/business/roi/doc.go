// Package roi answers what a fence is worth over the years: two fences compared over their lives, what a
// sale recoups, a series of payments, a loan.
//
// Owns: the arithmetic of these questions and their documents. Does not own: who asked and where the answer
// is kept, the words that a homeowner reads.
//
// Words: a flow is money at the end of a year, year 0 is today; a rate is a fraction (0.05); net present
// value is what a series of flows is worth today; the internal rate of return is the rate at which it is
// worth nothing.
//
// Invariants: pure; amounts are whole cents, rounded half up once, at the end; what does not exist (a rate
// of return without a change of sign, a payback that never comes) is null and not a number.
//
// The formulas and where they come from are in docs/engine.md.
package roi
