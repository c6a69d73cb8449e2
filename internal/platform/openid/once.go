package openid

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// Once is the secret of one log-in. What the provider and the browser's address bar see of it tells nothing about the
// rest: whoever reads a state cannot make the verifier.
type Once string

// State comes back in the address, and shows that the answer belongs to this browser.
func (o Once) State() string { return o.derived("state") }

// nonce comes back in the ID token, and shows that the token belongs to this log-in.
func (o Once) nonce() string { return o.derived("nonce") }

// verifier shows the provider that who exchanges the code is who asked for it (PKCE).
func (o Once) verifier() string { return o.derived("verifier") }

func (o Once) derived(use string) string {
	mac := hmac.New(sha256.New, []byte(o))
	mac.Write([]byte("fence openid " + use))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Answers tells whether a state is this log-in's.
func (o Once) Answers(state string) bool { return same(o.State(), state) }

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
