// Package openid proves somebody by an identity provider that speaks OpenID Connect: discovery, authorization code with
// PKCE (S256), a signed ID token.
//
// Owns: the conversation with a provider, what is believed of it, and what is wrong with one in words.
// Does not own: whom a proven subject stands for, and where the secret of a log-in is kept (identity); which addresses
// may be asked (outbound).
//
// Invariants: nothing of a provider is kept between two log-ins, so that its keys are those of now; state, nonce and
// verifier are derived from one secret that only the browser has; a token counts when its signature is by a key of the
// provider with an asymmetric algorithm that it names, and issuer, audience, authorized party, time and nonce are right.
package openid
