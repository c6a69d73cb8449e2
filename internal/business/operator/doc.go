// Package operator keeps the accounts of the platform's own operators, who log in at the apex.
//
// Owns: Account, the set-up link, logging in by password and authenticator app, sessions at the apex.
// Does not own: what an operator may see of a company (support), people of companies (identity).
//
// Words: a step is a log-in whose password was right; it opens nothing but the page of the second factor.
//
// Invariants: no session without a second factor; an account is made, renewed and disabled on the command line alone;
// everything here lies in schema platform, which the role that serves companies cannot read.
package operator
