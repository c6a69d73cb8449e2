// Package quoting leads from a drawing to a signature: sketches of a property's fence, quotes in versions, the
// secret link to the homeowner, acceptance, and the papers that were sent and signed.
//
// Owns: sketches and the checks on them, the life of a version (lifecycle.go), its totals (totals.go), links,
// views, acceptances, the stored PDFs, the tasks that an acceptance makes due.
// Does not own: how many posts (takeoff), what they cost and the tiers (pricing), how a quote looks on paper
// and what its canonical document says (document), how a fence is drawn (drawing), what mails say (notify), the
// work on site (fieldwork).
//
// Words: a quote has versions; a version has one option for each tier; a line belongs to an option. An extra is a
// line that a person wrote; an optional extra is for the homeowner to tick. A link is one recipient's secret
// address of one version.
//
// Invariants: a version is written only while it is a draft, and frozen when it is sent: document, hash, lines
// and PDF. Lines add up to their option to the cent. A quote is accepted once. What a homeowner does asks neither
// plan nor usage nor billing state. The types made for homeowners have no member for cost or margin.
//
// Lock order: the quote's row, then its versions, then what every transaction locks last (usage counters,
// number sequences, audit head).
package quoting
