// Package support lets an operator of the platform see a company, with its owner's leave.
//
// Owns: asking, granting, refusing and ending; the one-time code that carries the operator to the company's host; the
// session there; the log of every view; what a company's people are told while it runs.
// Does not own: operators and how they log in (operator); what an actor of support may do (tenancy.Supporting); pages.
//
// Words: access is the whole of it, from the question to its end; an open one waits for its answer or runs.
//
// Invariants: only an owner grants, for four hours at most, and the table says so too. Access ends by the clock, by
// either side, and with the operator's account, at the next request: nothing about it is remembered. No page is
// answered before its entry is in the company's log, with both people. The row of schema platform that the operator
// sees is written in the transaction of the company's own.
package support
