// Package console is what the platform's operators see of companies, and do about them, without entering any.
//
// Owns: the list and the page of companies, why a company cannot do something, stuck work, the inbox of payments,
// agreed prices, what was found about payments and dealt with, the notice to all, the figures of health.
// Does not own: operators, overrides and the operators' log (operator), looking at a company's own rows, which takes its
// owner's leave (support), the mirror of the payment provider and what is found in it (billing).
//
// Words: a summary is what schema platform knows of a company; a thing is what somebody says a company cannot do; an
// answer is a cause of it with what to do; trouble is a task that failed or waits for too long.
//
// Invariants: everything is read from the schemas platform and tasks, by the system's role, which has no right to any
// company's rows, so no page of this package can show a company's customers; what is changed is in the operators' log by
// the same statement, and from there in the company's own; no transaction is open while the payment provider is asked.
package console
