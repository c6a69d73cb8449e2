// Package totp makes and checks the six digits of authenticator apps (RFC 6238).
//
// Owns: secrets, the address that apps read, which step of time a code belongs to.
// Does not own: where a secret is kept, and that a step is taken once (identity, operator).
package totp

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// What every authenticator app understands.
const (
	Digits = 6
	period = 30 // seconds
	skew   = 1  // steps that a clock may be off, either way
	length = 20 // bytes of a secret
)

var options = totp.ValidateOpts{Period: period, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// NewSecret is 160 bits of chance, as apps take them typed.
func NewSecret() string {
	b := make([]byte, length)
	_, _ = rand.Read(b) // never fails
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// URL is the address that apps read, with the place and the person to tell entries apart.
func URL(place, person, secret string) string {
	values := url.Values{"secret": {secret}, "issuer": {place}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + place + ":" + person, RawQuery: strings.ReplaceAll(values.Encode(), "+", "%20")}
	return u.String()
}

// Match is the step of time whose code was typed; 0 when it is none of those that are good now.
func Match(secret, code string, now time.Time) (int64, error) {
	var found int64
	for step := now.Unix()/period - skew; step <= now.Unix()/period+skew; step++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*period, 0), options)
		if err != nil {
			return 0, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = step
		}
	}
	return found, nil
}
