// Package secret makes and compares what only its holder may know: tokens, codes, passwords.
//
// Owns: random tokens and their hashes, argon2id behind a semaphore.
// Does not own: where hashes are kept (identity, quoting).
// Invariant: what is stored of a token is its SHA-256, never the token.
package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// Token returns 256 random bits as text for addresses and headers.
func Token() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: the runtime aborts when the system has no randomness
	return base64.RawURLEncoding.EncodeToString(b)
}

// Hash is what is kept of a token. A token has 256 bits of chance, so a fast hash is enough.
func Hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
