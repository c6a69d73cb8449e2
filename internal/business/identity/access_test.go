package identity_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

const issuer = "http://fence.localhost:8080"

// shared are keys that several processes of a test use.
func shared(names ...string) identity.Keys {
	k := identity.Keys{Vault: []byte(strings.Repeat("v", 32))}
	for _, name := range names {
		k.Access = append(k.Access, identity.AccessKey{ID: name, Secret: []byte(strings.Repeat(name[:1], 32))})
	}
	return k
}

func (w *world) useKeys(t *testing.T, s *identity.Service, k identity.Keys) *identity.Service {
	t.Helper()
	if err := s.UseKeys(k); err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) program(t *testing.T, o testkit.Org, email string) identity.Session {
	t.Helper()
	s, err := w.people.SignIn(t.Context(), w.visitor(t, o, "192.0.2.1"), identity.SignInInput{Email: email, Password: password, Kind: identity.AsToken})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// claimsOf reads an access token without proving anything.
func claimsOf(t *testing.T, token string) (header, claims map[string]any) {
	t.Helper()
	c := jwt.MapClaims{}
	parsed, _, err := jwt.NewParser().ParseUnverified(token, c)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Header, c
}

// forge signs a changed token with a key that is right unless the change says otherwise.
func forge(t *testing.T, method jwt.SigningMethod, key any, header, claims map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, jwt.MapClaims(claims))
	maps.Copy(token.Header, header)
	token.Header["alg"] = method.Alg()
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func with(m map[string]any, name string, value any) map[string]any {
	m = maps.Clone(m)
	if value == nil {
		delete(m, name)
	} else {
		m[name] = value
	}
	return m
}

func TestAccessTokenSaysWhatItIs(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.useKeys(t, w.people, shared("new"))
	s := w.program(t, testkit.A, "owner@a.example")
	header, claims := claimsOf(t, s.Access.Token)
	want := map[string]any{"alg": "HS256", "typ": "at+jwt", "kid": "new"}
	if !maps.Equal(header, want) {
		t.Errorf("header %v, want %v", header, want)
	}
	if claims["iss"] != issuer || claims["sub"] != testkit.A.Owner().String() || claims["sid"] != s.ID.String() || fmt.Sprint(claims["aud"]) != "["+testkit.A.ID.String()+"]" {
		t.Errorf("claims %v", claims)
	}
	if life := claims["exp"].(float64) - claims["iat"].(float64); life > 900 || life <= 0 {
		t.Errorf("lives %v s, want at most 900", life)
	}
	signed, err := w.people.Authenticate(t.Context(), w.owner(t, testkit.A).Tenant(), s.Access.Token)
	if err != nil || signed.Actor.UserID != testkit.A.Owner() || signed.Actor.SessionID != s.ID {
		t.Errorf("authenticated as %+v, %v", signed.Actor, err)
	}
}

// TestForgedAccessTokensAreRefused is S07: everything that is known to be tried with JWT.
func TestForgedAccessTokensAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.useKeys(t, w.people, shared("new"))
	s := w.program(t, testkit.A, "owner@a.example")
	header, claims := claimsOf(t, s.Access.Token)
	right := shared("new").Access[0].Secret
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	hs := jwt.SigningMethodHS256
	now := time.Now()
	tries := map[string]string{
		"none":                       forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, header, claims),
		"no signature":               s.Access.Token[:strings.LastIndexByte(s.Access.Token, '.')+1],
		"no key name":                forge(t, hs, right, with(header, "kid", ""), claims),
		"RS256":                      forge(t, jwt.SigningMethodRS256, private, header, claims),
		"HS384":                      forge(t, jwt.SigningMethodHS384, right, header, claims),
		"HS512":                      forge(t, jwt.SigningMethodHS512, right, header, claims),
		"another key":                forge(t, hs, []byte(strings.Repeat("x", 32)), header, claims),
		"an empty key":               forge(t, hs, []byte{}, header, claims),
		"a path as key name":         forge(t, hs, []byte{}, with(header, "kid", "../../../../dev/null"), claims),
		"SQL as key name":            forge(t, hs, []byte("x"), with(header, "kid", "' UNION SELECT 'x"), claims),
		"a list as key name":         forge(t, hs, right, with(header, "kid", []string{"new"}), claims),
		"an unknown key name":        forge(t, hs, right, with(header, "kid", "old"), claims),
		"jku":                        forge(t, hs, right, with(header, "jku", "https://evil.example/keys"), claims),
		"x5u":                        forge(t, hs, right, with(header, "x5u", "https://evil.example/cert"), claims),
		"jwk":                        forge(t, hs, right, with(header, "jwk", map[string]any{"kty": "oct", "k": "eA"}), claims),
		"crit":                       forge(t, hs, right, with(header, "crit", []string{"x"}), claims),
		"expired":                    forge(t, hs, right, header, with(with(claims, "exp", now.Add(-time.Minute).Unix()), "iat", now.Add(-10*time.Minute).Unix())),
		"no end":                     forge(t, hs, right, header, with(claims, "exp", nil)),
		"too long":                   forge(t, hs, right, header, with(claims, "exp", now.Add(time.Hour).Unix())),
		"not yet":                    forge(t, hs, right, header, with(claims, "nbf", now.Add(5*time.Minute).Unix())),
		"no beginning":               forge(t, hs, right, header, with(claims, "nbf", nil)),
		"another issuer":             forge(t, hs, right, header, with(claims, "iss", "https://evil.example")),
		"no issuer":                  forge(t, hs, right, header, with(claims, "iss", nil)),
		"no organization":            forge(t, hs, right, header, with(claims, "aud", nil)),
		"two organizations":          forge(t, hs, right, header, with(claims, "aud", []string{testkit.A.ID.String(), testkit.B.ID.String()})),
		"no ID for one":              forge(t, hs, right, header, with(claims, "aud", []string{"alpha"})),
		"another type":               forge(t, hs, right, with(header, "typ", "JWT"), claims),
		"no type":                    forge(t, hs, right, with(header, "typ", ""), claims),
		"no session":                 forge(t, hs, right, header, with(claims, "sid", nil)),
		"a session of nobody":        forge(t, hs, right, header, with(claims, "sid", id.New().String())),
		"a session of another":       forge(t, hs, right, header, with(claims, "sid", w.program(t, testkit.A, "admin@a.example").ID.String())),
		"a session of a browser":     forge(t, hs, right, header, with(claims, "sid", w.signIn(t, testkit.A, "owner@a.example").ID.String())),
		"another person":             forge(t, hs, right, header, with(claims, "sub", testkit.A.Admin().String())),
		"other rights":               forge(t, hs, right, header, with(claims, "ver", 2)),
		"a refresh token":            s.Token,
		"cut off":                    s.Access.Token[:len(s.Access.Token)-1],
		"with a tail":                s.Access.Token + ".x",
		"padded":                     s.Access.Token + "=",
		"a very long one":            s.Access.Token + strings.Repeat("A", 100_000),
		"a JSON web encryption":      "e30.e30.e30.e30.e30",
		"an empty one of three":      "..",
		"an empty document":          "e30.e30.e30",
		"what is no JSON":            base64.RawURLEncoding.EncodeToString([]byte("{")) + ".e30.e30",
		"a header that is a list":    base64.RawURLEncoding.EncodeToString([]byte("[]")) + ".e30.e30",
		"a NUL":                      s.Access.Token[:20] + "\x00" + s.Access.Token[21:],
		"a token in quotes":          `"` + s.Access.Token + `"`,
		"hexadecimal":                hex.EncodeToString([]byte(s.Access.Token)),
		"the rights of the platform": forge(t, hs, right, header, with(claims, "sub", id.Nil.String())),
	}
	w.refusesAll(t, tries)
	w.refusesFlips(t, s.Access.Token)
	t.Logf("%d forgeries and 100 flipped bits refused", len(tries))
}

func (w *world) refusesAll(t *testing.T, tries map[string]string) {
	t.Helper()
	tenant := w.owner(t, testkit.A).Tenant()
	w.Untouched(t, testkit.A, func() {
		for what, token := range tries {
			_, err := w.people.Authenticate(t.Context(), tenant, token)
			wantFault(t, what, err, fault.Unauthenticated, "unauthenticated")
		}
	})
}

func (w *world) refusesFlips(t *testing.T, token string) {
	t.Helper()
	tries := map[string]string{}
	for n := range 100 {
		flipped := []byte(token)
		at := (n*len(token)/100 + n) % len(token)
		if n == 99 {
			at = len(token) - 1 // the last letter has bits that some decoders ignore
		}
		flipped[at] ^= 1 << (n % 7)
		tries[fmt.Sprintf("bit %d of letter %d", n%7, at)] = string(flipped)
	}
	w.refusesAll(t, tries)
}

// A good token of another company is answered like a host of nobody; one that is too old there is too old here.
func TestAccessTokenOfAnotherCompany(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s := w.program(t, testkit.A, "owner@a.example")
	beta := w.owner(t, testkit.B).Tenant()
	_, err := w.people.Authenticate(t.Context(), beta, s.Access.Token)
	wantFault(t, "a good token of A on B's host", err, fault.NotFound, "not-found")
	w.Advance(t, 16*time.Minute)
	_, err = w.people.Authenticate(t.Context(), beta, s.Access.Token)
	wantFault(t, "an old token of A on B's host", err, fault.Unauthenticated, "unauthenticated")
}

func TestAccessTokenEndsWithItsSessionAndRights(t *testing.T) {
	t.Parallel()
	w := setup(t)
	tenant := w.owner(t, testkit.A).Tenant()
	other := w.useKeys(t, another(t, w.Database), shared("new"))
	w.useKeys(t, w.people, shared("new"))
	works := func(s identity.Session) error {
		_, err := other.Authenticate(t.Context(), tenant, s.Access.Token)
		return err
	}
	for what, end := range map[string]func(identity.Session) error{
		"log out": func(s identity.Session) error {
			signed, err := w.people.Authenticate(t.Context(), tenant, s.Access.Token)
			if err != nil {
				return err
			}
			return w.people.SignOut(t.Context(), signed.Actor, s.Access.Token)
		},
		"another role": func(identity.Session) error {
			_, err := w.people.ChangeRole(t.Context(), w.owner(t, testkit.A), w.about(t, testkit.A.Office(), identity.Crew))
			return err
		},
		"age": func(identity.Session) error { w.Advance(t, 15*time.Minute+time.Second); return nil },
		"deactivation": func(identity.Session) error {
			_, err := w.people.Deactivate(t.Context(), w.owner(t, testkit.A), w.about(t, testkit.A.Office(), ""))
			return err
		},
	} {
		w.Exec(t, `UPDATE app.users SET role = 'office', deactivated_at = NULL WHERE id = $1`, testkit.A.Office())
		s := w.program(t, testkit.A, "office@a.example")
		if err := works(s); err != nil {
			t.Fatalf("before %s: %v", what, err)
		}
		if err := end(s); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		ended := time.Now()
		for works(s) == nil {
			if time.Since(ended) > 1500*time.Millisecond {
				t.Fatalf("%s: the token still works on another replica after a second and a half", what)
			}
			time.Sleep(20 * time.Millisecond)
		}
		wantFault(t, "after "+what, works(s), fault.Unauthenticated, "unauthenticated")
	}
}

// about names a person as they are now.
func (w *world) about(t *testing.T, person id.ID, role identity.Role) identity.MemberInput {
	t.Helper()
	return identity.MemberInput{Person: person, Role: role, Version: testkit.Value[int](t, w.Database, `SELECT version FROM app.users WHERE id = $1`, person)}
}

// A new key signs while the one before still proves; when that is gone its tokens are nothing.
func TestKeysRotateWithoutLosingARequest(t *testing.T) {
	t.Parallel()
	w := setup(t)
	tenant := w.owner(t, testkit.A).Tenant()
	before := w.useKeys(t, another(t, w.Database), shared("old"))
	during := w.useKeys(t, another(t, w.Database), shared("new", "old"))
	after := w.useKeys(t, another(t, w.Database), shared("new"))
	w.people = before
	old := w.program(t, testkit.A, "owner@a.example")
	if _, err := during.Authenticate(t.Context(), tenant, old.Access.Token); err != nil {
		t.Errorf("the old key's token while both are known: %v", err)
	}
	w.people = during
	fresh := w.program(t, testkit.A, "owner@a.example")
	for what, s := range map[string]*identity.Service{"both": during, "the new one": after} {
		if _, err := s.Authenticate(t.Context(), tenant, fresh.Access.Token); err != nil {
			t.Errorf("the new key's token where %s is known: %v", what, err)
		}
	}
	_, err := after.Authenticate(t.Context(), tenant, old.Access.Token)
	wantFault(t, "the old key's token afterwards", err, fault.Unauthenticated, "unauthenticated")
	if next, err := after.Refresh(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), old.Token); err != nil || next.Access.Token == "" {
		t.Errorf("refreshing does not depend on the key: %v", err)
	}
}

func TestBadKeysAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	short := shared("new")
	short.Access[0].Secret = short.Access[0].Secret[:31]
	noVault := shared("new")
	noVault.Vault = nil
	for what, k := range map[string]identity.Keys{"none": shared(), "a short one": short, "one name twice": shared("new", "new"), "no vault": noVault, "no name": {Vault: short.Vault, Access: []identity.AccessKey{{Secret: short.Vault}}}} {
		if err := w.people.UseKeys(k); err == nil {
			t.Errorf("%s: used", what)
		}
	}
}

func TestRefreshIsWatchedByTheSecondCompany(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	first := w.program(t, testkit.A, "owner@a.example")
	foreign := w.program(t, testkit.B, "owner@b.example")
	w.Untouched(t, testkit.B, func() {
		second, err := w.people.Refresh(t.Context(), v, first.Token)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.people.Refresh(t.Context(), v, foreign.Token)
		wantFault(t, "a refresh token of B", err, fault.NotFound, "not-found")
		for what, token := range map[string]string{
			"nothing": "", "a family of nobody": strings.Replace(second.Token, second.Token[26:40], strings.Repeat("A", 14), 1),
			"a session token": w.signIn(t, testkit.A, "admin@a.example").Token, "an access token": second.Access.Token,
		} {
			_, err = w.people.Refresh(t.Context(), v, token)
			wantFault(t, what, err, fault.Unauthenticated, "refresh-refused")
		}
		third, err := w.people.Refresh(t.Context(), v, second.Token)
		if err != nil {
			t.Fatalf("guesses ended the session: %v", err)
		}
		_, err = w.people.Refresh(t.Context(), v, first.Token)
		wantFault(t, "the first token again", err, fault.Unauthenticated, "refresh-refused")
		_, err = w.people.Refresh(t.Context(), v, third.Token)
		wantFault(t, "the newest token after that", err, fault.Unauthenticated, "refresh-refused")
	})
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1 AND content LIKE '%session.reuse_found%'`, testkit.A.ID); n != 1 {
		t.Errorf("%d entries tell of the reuse, want 1", n)
	}
}
