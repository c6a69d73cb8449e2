// Package mail puts a message together and hands it to whoever delivers it.
//
// Owns: the look of a mail (plain twin and HTML from one set of facts), the two deliverers: a folder that a
// developer reads (Outbox) and an SMTP server.
// Does not own: what mails say and when (notify), the queue (tasks).
//
// Invariant: a message delivered twice has the same Message-ID, and the same file in the outbox.
package mail
