package document

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"
)

// Canonical is the version's canonical JSON, as doc.go defines it.
func (v Version) Canonical() ([]byte, error) { return canonical(v.normal()) }

// normal is the version with one way to say each thing: instants in UTC to the second, empty lists left out.
func (v Version) normal() Version {
	v.SentAt = v.SentAt.UTC().Truncate(time.Second)
	if len(v.Drawing.Layout.Gates) == 0 {
		v.Drawing.Layout.Gates = nil
	}
	if len(v.Drawing.Layout.Styles) == 0 {
		v.Drawing.Layout.Styles = nil
	}
	return v
}

// Hash is the version's fingerprint, the SHA-256 of its canonical JSON in hexadecimal.
func (v Version) Hash() (string, error) {
	text, err := v.Canonical()
	if err != nil {
		return "", err
	}
	return fingerprint(text), nil
}

func canonical(v any) ([]byte, error) {
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	return canonicalText(text)
}

// canonicalText brings JSON into canonical form. Normalizing the whole text normalizes every string in
// it: no character of JSON's own syntax composes with what follows it, and the text carries no escaped
// letters once it is formatted.
func canonicalText(text []byte) ([]byte, error) {
	value := jsontext.Value(text)
	if err := value.Canonicalize(); err != nil {
		return nil, err
	}
	if norm.NFC.IsNormal(value) {
		return value, nil
	}
	value = norm.NFC.Bytes(value)
	// Names that became equal, or whose order changed, are found here.
	if err := value.Canonicalize(jsontext.AllowDuplicateNames(false)); err != nil {
		return nil, err
	}
	return value, nil
}

func fingerprint(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
