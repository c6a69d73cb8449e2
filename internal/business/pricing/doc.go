// Package pricing says what a fence costs and what is asked for it.
//
// Owns: the arithmetic from a take-off and a price list to cost, price, discount, tax and total, line by
// line. Does not own: how many of what is needed (takeoff), what a customer is shown of it (quoting).
//
// Words: a leg is one kind of cost (material, labor, removal, travel, ...); direct is all legs but overhead;
// cost is direct and overhead; price is what the method makes of cost; net is price less discount; total
// is net and tax.
//
// Invariants of the arithmetic: pure; amounts are whole cents, rounded half up once at each line; a leg is
// the sum of its rounded lines; the lines' costs, prices and nets add up to cost, price and net, and no
// cent is created or lost between them. With members left out that tiers use (adjustment_pct,
// base_charge_cents) nothing changes.
//
// The formulas and where they come from are in docs/engine.md.
package pricing
