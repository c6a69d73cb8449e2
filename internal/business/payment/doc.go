// Package payment is what homeowners pay the company: what is asked for, what came, what went back.
//
// Owns: the ledger of each signed quote, its rules and its standing; receipts; the list of payments and its export.
// Does not own: what was agreed (quoting), the work (fieldwork), what the company itself pays (billing).
//
// Place: it stands between quoting and fieldwork. A ledger is of a signature: a deposit is due before anybody opens a job,
// and a job may ask whether its deposit is paid; so fieldwork opens the ledger with the job, and payment knows of no job.
//
// Words: a ledger is everything of one acceptance; a request is what is asked for (the deposit, by the signature; a part of
// the rest, by the company); due, what is asked for and not paid; received, what was paid less what went back; the
// balance, what was agreed less what was received; credit, what was received beyond what was agreed.
//
// Rules: what people write down by hand is refused beyond the balance. What the payment provider has taken is written
// down whatever it is, and shown as credit. A refund or a dispute asks the homeowner for nothing again: that takes a new
// request by somebody.
//
// Invariants: entries are only added; standing = sum of entries in every transaction; 0 <= due <= agreed - received;
// refunds of a payment never pass it. Nothing here asks a homeowner's page for plan or usage.
package payment
