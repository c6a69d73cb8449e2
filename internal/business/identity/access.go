package identity

import (
	"errors"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// AccessToken is what a program sends with each request: a JWT that says who, in which organization, by which
// session. It is checked against session and person at each use, so its short life bounds only what a copy is worth.
type AccessToken struct {
	Token     string
	ExpiresAt time.Time
}

const (
	accessLife = 15 * time.Minute
	accessType = "at+jwt" // RFC 9068: no other kind of JWT can stand for an access token
)

// grant is what an access token says.
type grant struct {
	Org     id.ID
	Person  id.ID
	Session id.ID
	Version int // of the person's rights when it was signed
	Issued  time.Time
	Expires time.Time
}

// accessClaims is a grant on the wire.
type accessClaims struct {
	jwt.RegisteredClaims
	Session string `json:"sid"`
	Version int    `json:"ver"`
}

// current tells whether the grant is good at now, by what it says itself.
func (g grant) current(now time.Time) bool { return !now.Before(g.Issued) && now.Before(g.Expires) }

// holds tells whether the database agrees with the grant.
func (g grant) holds(c credential, now time.Time) bool {
	return g.current(now) && c.UserID == g.Person && c.Version == g.Version
}

func (s *Service) issuer() string { return s.notify.Site.Apex("") }

// sign makes the access token of a session.
func (s *Service) sign(t pg.Tenant, now time.Time, g grant) (AccessToken, error) {
	issued := now.Truncate(time.Second) // as JWT writes times
	until := issued.Add(accessLife)
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, accessClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: s.issuer(), Subject: g.Person.String(), Audience: jwt.ClaimStrings{t.Org().String()},
			IssuedAt: jwt.NewNumericDate(issued), NotBefore: jwt.NewNumericDate(issued), ExpiresAt: jwt.NewNumericDate(until),
		},
		Session: g.Session.String(), Version: g.Version,
	})
	key := s.keys.Access[0]
	token.Header["typ"], token.Header["kid"] = accessType, key.ID
	text, err := token.SignedString(key.Secret)
	return AccessToken{Token: text, ExpiresAt: until}, err
}

var errNoAccessToken = errors.New("no access token of ours")

// parser takes one algorithm, and no second spelling of the same bytes. Times are judged by the database's clock.
var parser = jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())

// maxAccessToken bounds what is looked at; ours have some 500 bytes.
const maxAccessToken = 2048

// prove reads an access token that one of our keys signed. Organization and times are for the caller to judge.
func (s *Service) prove(token string) (grant, error) {
	if len(token) > maxAccessToken {
		return grant{}, errNoAccessToken
	}
	var c accessClaims
	parsed, err := parser.ParseWithClaims(token, &c, s.keyOf)
	if err != nil {
		return grant{}, err
	}
	if parsed.Header["typ"] != accessType || c.Issuer != s.issuer() || len(c.Audience) != 1 || c.ExpiresAt == nil || c.NotBefore == nil || c.IssuedAt == nil ||
		c.ExpiresAt.Sub(c.IssuedAt.Time) > accessLife {
		return grant{}, errNoAccessToken
	}
	g := grant{Version: c.Version, Issued: later(c.IssuedAt.Time, c.NotBefore.Time), Expires: c.ExpiresAt.Time}
	for text, dst := range map[string]*id.ID{c.Audience[0]: &g.Org, c.Subject: &g.Person, c.Session: &g.Session} {
		if *dst, err = id.Parse(text); err != nil {
			return grant{}, err
		}
	}
	return g, nil
}

// keyOf finds the key that a token names. The name is compared with the names of our keys and nothing else: it is no
// path and no address, and a token that brings or points to a key of its own is refused.
func (s *Service) keyOf(t *jwt.Token) (any, error) {
	if len(t.Header) != 3 { // alg, kid, typ
		return nil, errNoAccessToken
	}
	i := slices.IndexFunc(s.keys.Access, func(k AccessKey) bool { return t.Header["kid"] == k.ID })
	if i < 0 {
		return nil, errNoAccessToken
	}
	return s.keys.Access[i].Secret, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
