// Package contextkey holds the keys that contexts of transactions are signed with.
//
// Owns: reading and making keys, signing, the half-computed form that the database verifies with.
// Does not own: what a context says (pg), who may have one (pg/mint), where keys are kept (app, and schema vault).
//
// Words: a context is the text by which a transaction proves to PostgreSQL in whose name it runs; see
// db/migrations/00008_signed_context.sql.
//
// Invariants: a key never leaves this package but as the pads for the database; printing, logging or encoding Keys
// tells ids only. The first key signs; one more may be known, for a rotation: install both, let every process sign
// with the new one, take the old one away.
package contextkey

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// size of a key in bytes: as much as the digest has.
const size = sha256.Size

// most is how many keys may be known at once.
const most = 2

// Keys sign contexts with the first of them. The zero value signs nothing that holds.
type Keys struct{ keys []key }

type key struct {
	id     string
	secret [size]byte
}

// New makes a key, in the text that Parse reads.
func New() string {
	var b [size]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}

// Parse reads one key, or two with a comma between: the one that signs first.
func Parse(text string) (Keys, error) {
	parts := strings.Split(text, ",")
	if len(parts) > most {
		return Keys{}, fmt.Errorf("%d keys, want one, or two while they change", len(parts))
	}
	var k Keys
	for _, part := range parts {
		b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(part))
		if err != nil || len(b) != size {
			return Keys{}, errors.New("want 32 bytes in base64, or two of them with a comma between")
		}
		one := key{secret: [size]byte(b)}
		sum := sha256.Sum256(append([]byte("fence context key "), b...))
		one.id = hex.EncodeToString(sum[:4])
		k.keys = append(k.keys, one)
	}
	if len(k.keys) == most && k.keys[0].id == k.keys[1].id {
		return Keys{}, errors.New("both keys are the same")
	}
	return k, nil
}

// IsZero tells that there is no key to sign with.
func (k Keys) IsZero() bool { return len(k.keys) == 0 }

// ID names the key that signs.
func (k Keys) ID() string {
	if k.IsZero() {
		return "00000000"
	}
	return k.keys[0].id
}

// Sign answers the signature of a text in hexadecimal digits.
func (k Keys) Sign(text []byte) string {
	var secret [size]byte
	if !k.IsZero() {
		secret = k.keys[0].secret
	}
	mac := hmac.New(sha256.New, secret[:])
	mac.Write(text)
	var sum [sha256.Size]byte
	return hex.EncodeToString(mac.Sum(sum[:0]))
}

// Installation is what the database verifies with: a key after the first step of HMAC (RFC 2104).
type Installation struct {
	ID                 string
	InnerPad, OuterPad []byte
}

// Installations are those of all keys.
func (k Keys) Installations() []Installation {
	all := make([]Installation, 0, len(k.keys))
	for _, one := range k.keys {
		all = append(all, Installation{ID: one.id, InnerPad: one.pad(0x36), OuterPad: one.pad(0x5c)})
	}
	return all
}

func (one key) pad(with byte) []byte {
	pad := make([]byte, sha256.BlockSize)
	copy(pad, one.secret[:])
	for i := range pad {
		pad[i] ^= with
	}
	return pad
}

// String tells ids only.
func (k Keys) String() string {
	ids := make([]string, 0, len(k.keys))
	for _, one := range k.keys {
		ids = append(ids, one.id)
	}
	return "context keys " + strings.Join(ids, ", ")
}

// GoString tells ids only.
func (k Keys) GoString() string { return k.String() }

// LogValue tells ids only.
func (k Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText tells ids only.
func (k Keys) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
