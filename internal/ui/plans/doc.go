// Package plans is the pages on which a company chooses, pays, changes and ends its plan.
//
// Owns: what is said of a plan's state, of its price and of what a change brings. Does not own: what happens
// (billing), what is used (usage), the card, which is on the payment provider's own page.
package plans
