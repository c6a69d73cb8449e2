// Package identity knows the people of a company and how they prove who they are.
//
// Owns: users, roles and the permission matrix, passwords, sessions, API keys, one-time codes, invitations,
// the throttle of sign-ins.
// Does not own: organizations (tenancy), the sign-up (onboarding), cookies (httpx).
//
// Words: a person is a user of exactly one organization; the same e-mail in two organizations is two people
// that share nothing. A code works once.
//
// Invariants: what is stored of a secret is its hash; answers do not tell whether an address is known; the
// throttle counts an address together with where the attempt came from, so that nobody can lock an owner out.
package identity
