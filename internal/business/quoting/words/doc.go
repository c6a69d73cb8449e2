// Package words is the catalogue of what a contractor's customers read about their quotes.
//
// Owns: every sentence, heading, label and button of the homeowner's pages, one file for each language; the rule
// that picks a plural form.
// Does not own: what the contractor wrote (terms, tiers, lines), amounts, dates and lengths (they come as values),
// the words of the office.
//
// Words: a text has a key of its place ("sign.consent"); a placeholder stands in it as {name}. A counted text has
// the forms key.zero, key.one and key.other.
//
// Invariants: pure. A text without a value for one of its placeholders, a key that nobody uses and a key that is
// used and missing are mistakes that the package's tests find; nothing of that is left for a page to meet.
package words
