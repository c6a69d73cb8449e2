// Package provider is an identity provider that runs in a test: OpenID Connect with real keys and signatures.
//
// Owns: discovery, keys, authorization and tokens of one client, and doing each of them wrong on demand.
// Does not own: what is expected of whoever talks to it.
package provider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The client that the provider knows.
const (
	ClientID = "fence"
	Secret   = "a secret between client and provider"
)

// Person is whom the provider proves. Verified is what the claim email_verified says.
type Person struct {
	Subject, Email, Name string
	Verified             any
}

// Provider answers as its members say. They may be changed between two requests.
type Provider struct {
	Who      Person
	Document func(map[string]any)                                    // alters the discovery document
	Claims   func(jwt.MapClaims)                                     // alters what a token says
	Sign     func(*Provider, jwt.MapClaims) string                   // instead of RS256
	Instead  map[string]func(w http.ResponseWriter, r *http.Request) // answers a path otherwise

	server *httptest.Server
	mu     sync.Mutex
	codes  map[string]url.Values // what each code was asked for with
	rsa    *rsa.PrivateKey
	ecdsa  *ecdsa.PrivateKey
	kid    string
	asked  []string
}

// New starts a provider that proves who, on this machine.
func New(t testing.TB, who Person) *Provider {
	t.Helper()
	p := &Provider{Who: who, Sign: RS256, codes: map[string]url.Values{}}
	p.Rotate(t)
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.server.Close)
	return p
}

// Issuer is the provider's own address.
func (p *Provider) Issuer() string { return p.server.URL }

// Close ends the provider before the test does.
func (p *Provider) Close() { p.server.Close() }

// Asked are the paths that were asked for since the last call.
func (p *Provider) Asked() (paths []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	paths, p.asked = p.asked, nil
	return paths
}

// Rotate signs with new keys and forgets the old ones.
func (p *Provider) Rotate(t testing.TB) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	var err error
	if p.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if p.ecdsa, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	p.kid = rand.Text()
}

func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.URL.Path)
	p.mu.Unlock()
	if instead := p.Instead[r.URL.Path]; instead != nil {
		instead(w, r)
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		p.discovery(w)
	case "/keys":
		p.keys(w)
	case "/authorize":
		p.authorize(w, r)
	case "/token":
		p.token(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (p *Provider) discovery(w http.ResponseWriter) {
	at := p.Issuer()
	d := map[string]any{
		"issuer": at, "authorization_endpoint": at + "/authorize", "token_endpoint": at + "/token", "jwks_uri": at + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256", "ES256", "HS256", "none"}, "code_challenge_methods_supported": []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
	}
	if p.Document != nil {
		p.Document(d)
	}
	answer(w, http.StatusOK, d)
}

func (p *Provider) keys(w http.ResponseWriter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	enc := base64.RawURLEncoding.EncodeToString
	point, _ := p.ecdsa.PublicKey.Bytes() // 4, x, y: the curve is one that it knows
	answer(w, http.StatusOK, map[string]any{"keys": []map[string]string{
		{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": p.kid, "n": enc(p.rsa.N.Bytes()), "e": enc(big.NewInt(int64(p.rsa.E)).Bytes())},
		{"kty": "EC", "use": "sig", "alg": "ES256", "kid": p.kid + " ec", "crv": "P-256", "x": enc(point[1:33]), "y": enc(point[33:])},
	}})
}

// authorize logs Who in without asking anything, and sends the browser back.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("response_type") != "code" || !strings.Contains(q.Get("scope"), "openid") ||
		q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || q.Get("state") == "" || q.Get("nonce") == "" {
		http.Error(w, "this is no proper request: "+q.Encode(), http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = q
	p.mu.Unlock()
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.Issuer()}}.Encode(), http.StatusFound)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	} else if plain, err := url.QueryUnescape(secret); err == nil { // as the protocol writes it
		secret = plain
	}
	if id != ClientID || secret != Secret {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client", "error_description": "<script>who is that?</script>"})
		return
	}
	p.mu.Lock()
	asked, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	p.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || asked.Get("redirect_uri") != r.PostFormValue("redirect_uri") || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]) {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	now := time.Now()
	claims := jwt.MapClaims{
		"iss": p.Issuer(), "aud": ClientID, "sub": p.Who.Subject, "email": p.Who.Email, "email_verified": p.Who.Verified, "name": p.Who.Name,
		"nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	if p.Claims != nil {
		p.Claims(claims)
	}
	answer(w, http.StatusOK, map[string]any{"access_token": "for nobody", "token_type": "Bearer", "expires_in": 300, "id_token": p.Sign(p, claims)})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

// LogIn is a browser at the provider: it comes back with the query of the answer.
func (p *Provider) LogIn(t testing.TB, address string) url.Values {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	back, err := res.Location()
	if err != nil {
		t.Fatalf("the provider answers %s to %s", res.Status, address)
	}
	return back.Query()
}
