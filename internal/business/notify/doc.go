// Package notify tells people things by mail.
//
// Owns: the queue of mails (rows of app.mails, written in the transaction of the deed), their delivery, the
// words of mails about accounts.
// Does not own: how a mail looks and travels (platform/mail), the words of quotes (quoting says its facts).
//
// Invariants: a mail is queued in the transaction that makes it true; it is delivered at least once and its
// Message-ID never changes; its body is emptied once delivered, because it may carry a link's secret;
// a mail to a stranger leaves only once it was admitted, counted under the lock of its organization; what the state of a
// company's plan lets out is asked when a mail is due, and what waits for it leaves when that is another.
package notify
