// Package signup judges signing up as a whole: processes killed at each place of it, payment provider and mail server
// away, very many at once, strangers who want to know who is there.
//
// Owns: the tests of docs/sign-up.md that need the product as it is served. Does not own: rules that one package can
// show by itself (onboarding, notify). It has no code of its own: only tests.
package signup
