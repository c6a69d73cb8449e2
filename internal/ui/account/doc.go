// Package account is a person's own pages: name, password, second factor with recovery codes, passkeys, the devices
// that are signed in, leaving.
//
// Owns: these pages and their forms. Does not own: what they do (identity), logging in (joining), other people's
// (settings).
// Invariants: a secret (an authenticator's, recovery codes) is shown on the answer that made it, never stored by us
// for showing again; after each change of how one proves oneself the browser gets a new cookie.
package account
