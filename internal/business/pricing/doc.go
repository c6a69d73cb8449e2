// Package pricing says what a fence costs and what is asked for it.
//
// Owns: the arithmetic from a take-off and a price list to cost, price, discount, tax and total, line by
// line; and the price catalogue of an organization: materials, styles, tiers, rates, what its quotes offer, its
// own zones beside the shared ones, and what a new organization starts with (Seed). Does not own: how many of
// what is needed (takeoff), what a customer is shown of it and what of it is frozen (quoting).
//
// Words: a leg is one kind of cost (material, labor, removal, travel, ...); direct is all legs but overhead;
// cost is direct and overhead; price is what the method makes of cost; net is price less discount; total
// is net and tax. A style is a fence as the engine's document with what is bought for each item; a tier is an
// offer built in one style; a zone scales kinds of cost to a place; the Book is all of that, read at once.
//
// Invariants of the arithmetic: pure; amounts are whole cents, rounded half up once at each line; a leg is
// the sum of its rounded lines; the lines' costs, prices and nets add up to cost, price and net, and no
// cent is created or lost between them. With members left out that tiers use (adjustment_pct,
// base_charge_cents) nothing changes.
//
// Invariants of the catalogue: a style says for every item of its kind what is bought, so that every layout
// has a price; the zone of a ZIP depends on the ZIP, the day and the zones, not on their order; the plan
// decides only whether a zone is looked for; nothing here reaches back into a quote that was made.
//
// The formulas and where they come from are in docs/engine.md.
package pricing
