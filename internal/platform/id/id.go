// Package id makes the identifiers of records.
//
// Owns: UUIDv7 values and their text form. Does not own: numbers that people read (quoting, fieldwork).
// A new id is time-ordered, so that rows inserted together lie together in an index.
package id

import (
	"crypto/sha256"
	"strings"

	"github.com/google/uuid"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id/internal/source"
)

// ID identifies a record. The zero value identifies nothing.
type ID = uuid.UUID

// Nil is the zero ID.
var Nil ID

// New returns a fresh time-ordered id. It panics only when the system's random source is broken.
func New() ID { return source.New() }

// Parse reads the canonical 36-character form and nothing else. A malformed id is answered like an
// unknown one: an address that leads nowhere.
func Parse(s string) (ID, error) {
	if len(s) != 36 {
		return Nil, fault.Missing()
	}
	v, err := uuid.Parse(s)
	if err != nil {
		return Nil, fault.Missing()
	}
	return v, nil
}

// Derive returns the id that always belongs to the parts, within the space of another id: a UUID of version 8 made
// by SHA-256. It orders nothing.
func Derive(space ID, parts ...string) ID {
	// The unit separator keeps ("ab", "c") apart from ("a", "bc").
	return uuid.NewHash(sha256.New(), space, []byte(strings.Join(parts, "\x1f")), 8)
}
