// Package prices is the pages on which a company arranges its prices: materials, styles, tiers, zones, rates and
// what its quotes say.
//
// Owns: these pages and forms, the drawing of a style, the sample yard beside a form. Does not own: the operations
// and the arithmetic (pricing, takeoff).
//
// Words: the sample yard is the engine's reference yard, built where the company is; a look prices it with what
// stands in a form and saves nothing.
//
// Invariants: a form that comes back holds what was typed, letter by letter; costs, margins and rates are neither
// shown nor hidden in the pages of a person without tenancy.CostsSee: they are not in them.
package prices
