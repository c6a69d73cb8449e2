// Package billing knows what companies pay for, as the payment provider says.
//
// Owns: the mirror of the provider's customers, subscriptions and invoices (schema platform), how it is kept right
// (hints, leases, the sweep), and which hints are believed.
// Does not own: what follows from the mirror for a company (plan.Derive), how the provider is spoken to (stripegw),
// counting (usage).
//
// Words: a hint is a webhook: something about a customer may be different; dirty, a customer about whom there are hints
// that nobody followed up; a lease, the right of one worker to read and write a customer's state for a minute; a
// snapshot, everything that the provider says of a customer at one moment.
//
// Invariants: the mirror is written from whole snapshots only, never from a hint; a snapshot counts only while its
// reader's lease holds, so that an old one never lies over a newer; n hints cost one reading; no transaction is open
// while the provider is asked.
//
// Lifecycle: Worker.Start, then Stop, which waits for the reading under way.
package billing
