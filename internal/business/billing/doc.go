// Package billing knows what companies pay for, and lets them choose, change and end it by themselves.
//
// Owns: the mirror of the provider's customers, subscriptions, invoices, charges and disputes (schema platform), how it is
// kept right (hints, leases, the sweep), what is found in it for people, and which hints are believed; what owners ask the
// provider for (acts), and what people beyond those of a plan cost (marks).
// Does not own: what follows from the mirror for a company (plan.Derive), how the provider is spoken to (stripegw),
// counting (usage), who works here (identity).
//
// Words: a hint is a webhook: something about a customer may be different; dirty, a customer about whom there are hints
// that nobody followed up; a lease, the right of one worker to read and write a customer's state for a minute; a
// snapshot, everything that the provider says of a customer at one moment. A charge is a payment that went through; a
// finding, what only a person can put right. A contract is a subscription as it is at the provider now; an offer, what a
// plan costs there; a checkout, the provider's page on which it is paid. An act is something that an owner asked for; a
// mark, the most people of a period.
//
// Invariants: the mirror is written from whole snapshots only, never from a hint; a snapshot counts only while its
// reader's lease holds, so that an old one never lies over a newer; n hints cost one reading; no transaction is open
// while the provider is asked. An act is written down before the provider is asked for it, its id is in the key of the
// call, and what became of it is said once. A company has one checkout that is not over. What was shown of a price is
// what is billed.
//
// Whoever may not know yet is told once (Teller): what is due follows from what is known, each notice is noted by its
// cause in the transaction that writes its mails.
//
// Lifecycle: Worker.Start, then Stop, which waits for the reading under way. An act is asked, perhaps open, then done or
// dropped, which it stays.
package billing
