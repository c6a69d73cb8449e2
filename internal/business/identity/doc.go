// Package identity knows the people of a company and how they prove who they are.
//
// Owns: users, roles and the permission matrix (how far each permission reaches), whose rights an owner views as, passwords, sessions, access and refresh tokens, second factors
// (authenticator apps, recovery codes, passkeys), single sign-on at a company's own provider, API keys, one-time codes, invitations, the throttle of sign-ins.
// Does not own: organizations (tenancy), the sign-up (onboarding), cookies (caller), who holds the keys (app), the
// conversation with a provider (platform/openid).
//
// Words: a person is a user of exactly one organization; the same e-mail in two organizations is two people
// that share nothing. A code works once. A sign-in is at a step between password and second factor. A known device is
// a browser in which the person signed in before.
//
// Invariants: what is stored of a secret is its hash, or it is encrypted with a key that the database does not have;
// answers do not tell whether an address is known; a count of guesses can keep strangers out but not a known device, so
// nobody can lock an owner out; no provider lets an owner in; a change of rights or of the ways to prove oneself ends every other session and refuses
// every access token of before; a company always has an owner; reading writes nothing.
package identity
