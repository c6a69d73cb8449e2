// Package ledgers has the pages of customers' payments: the list with its export, one entry with refund and void, and the
// forms that write down or ask for money of a job.
//
// Owns: these pages and their forms. Does not own: the ledger and its rules (payment), the job's page (ui/jobs).
package ledgers
