// Package joining is the pages before somebody is signed in: the front page with sign-up on the apex; log-in,
// start, reset, confirm and join on a company's host.
//
// Owns: these pages and their forms. Does not own: what they do (onboarding, identity).
// Invariant: a link from a mail opens a page with a button; only the button changes something.
package joining
