package provider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// RS256 signs as most providers do.
func RS256(p *Provider, c jwt.MapClaims) string {
	return p.signed(jwt.SigningMethodRS256, c, p.kid, p.rsa)
}

// ES256 signs with the other key.
func ES256(p *Provider, c jwt.MapClaims) string {
	return p.signed(jwt.SigningMethodES256, c, p.kid+" ec", p.ecdsa)
}

// Unsigned is a token of the algorithm none.
func Unsigned(p *Provider, c jwt.MapClaims) string {
	return p.signed(jwt.SigningMethodNone, c, p.kid, jwt.UnsafeAllowNoneSignatureType)
}

// ByPublicKey signs with what everybody knows, as if it were a secret: HS256 with the public key as its text.
func ByPublicKey(p *Provider, c jwt.MapClaims) string {
	der, err := x509.MarshalPKIXPublicKey(&p.rsa.PublicKey)
	if err != nil {
		panic(err) // an RSA key can be written
	}
	return p.signed(jwt.SigningMethodHS256, c, p.kid, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// BySecret signs with the client's secret.
func BySecret(p *Provider, c jwt.MapClaims) string {
	return p.signed(jwt.SigningMethodHS256, c, p.kid, []byte(Secret))
}

// ByStranger signs with a key that is not the provider's, under the name of one that is.
func ByStranger(p *Provider, c jwt.MapClaims) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // the curve is one that it knows
	}
	return p.signed(jwt.SigningMethodES256, c, p.kid+" ec", key)
}

// Altered is a token whose words were changed after it was signed.
func Altered(p *Provider, c jwt.MapClaims) string {
	signed := RS256(p, c)
	c["sub"] = "somebody else"
	other := Unsigned(p, c)
	return cut(signed, 0) + "." + cut(other, 1) + "." + cut(signed, 2)
}

func (p *Provider) signed(by jwt.SigningMethod, c jwt.MapClaims, kid string, key any) string {
	t := jwt.NewWithClaims(by, c)
	t.Header["kid"] = kid
	text, err := t.SignedString(key)
	if err != nil {
		panic(err) // key and algorithm fit
	}
	return text
}

// cut is one of the three parts of a token.
func cut(token string, n int) string { return strings.SplitN(token, ".", 3)[n] }
