// Package quotes is the office's pages of quotes: the list, the start of a new one, the draft that is written and
// sent, and the record of what was sent, opened and signed.
//
// Owns: these pages and what their forms' fields mean. Does not own: quotes, their totals and states (quoting), what
// the homeowner sees (ui/homeowner), the paper (quoting/document).
//
// Invariants: a draft's page is one form, so that Send never leaves behind what was typed beside it; every amount on
// it was added up by the server; cost and margin never reach the bytes for who may not see them.
package quotes
