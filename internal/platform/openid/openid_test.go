package openid_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"fenceplatform.com/fence/internal/platform/openid"
	"fenceplatform.com/fence/internal/platform/outbound"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/testkit/provider"
)

var dana = provider.Person{Subject: "dana-1", Email: "dana@acmefence.example", Name: "Dana Ruiz", Verified: true}

func setup(t *testing.T) (*provider.Provider, *openid.Client, openid.Party) {
	t.Helper()
	p := provider.New(t, dana)
	party := openid.Party{Issuer: p.Issuer(), ClientID: provider.ClientID, Secret: provider.Secret, Redirect: "http://alpha.fence.localhost/login/oidc/callback"}
	return p, openid.NewClient(outbound.New(true)), party
}

// logIn is a whole log-in.
func logIn(t *testing.T, p *provider.Provider, c *openid.Client, party openid.Party) (openid.Subject, error) {
	t.Helper()
	once := openid.Once(secret.Token())
	address, err := c.Begin(t.Context(), party, once)
	if err != nil {
		return openid.Subject{}, err
	}
	q := p.LogIn(t, address)
	if !once.Answers(q.Get("state")) {
		t.Errorf("the state that came back is another")
	}
	return c.Finish(t.Context(), party, once, openid.Answer{Code: q.Get("code"), Issuer: q.Get("iss")})
}

func wantKind(t *testing.T, what string, err error, want openid.Kind) {
	t.Helper()
	trouble, ok := errors.AsType[*openid.Error](err)
	if !ok || trouble.Kind != want {
		t.Errorf("%s: got %v, want trouble %d", what, err, want)
		return
	}
	if !strings.HasSuffix(trouble.Words, ".") && !strings.HasSuffix(trouble.Words, "?") || strings.Contains(trouble.Words, "<") {
		t.Errorf("%s: %q is no sentence of ours", what, trouble.Words)
	}
}

func TestSubjectIsWhomTheProviderProved(t *testing.T) {
	t.Parallel()
	p, c, party := setup(t)
	want := openid.Subject{ID: dana.Subject, Email: dana.Email, Verified: true, Name: dana.Name}
	for name, sign := range map[string]func(*provider.Provider, jwt.MapClaims) string{"RS256": provider.RS256, "ES256": provider.ES256} {
		p.Sign = sign
		if got, err := logIn(t, p, c, party); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, want)
		}
		p.Rotate(t) // the next log-in sees the new keys
		if got, err := logIn(t, p, c, party); err != nil || got != want {
			t.Errorf("%s with keys changed: %+v, %v", name, got, err)
		}
	}
	p.Document = func(d map[string]any) { d["token_endpoint_auth_methods_supported"] = []string{"client_secret_post"} }
	if got, err := logIn(t, p, c, party); err != nil || got != want {
		t.Errorf("with the secret in the form: %+v, %v", got, err)
	}
	for says, means := range map[any]bool{true: true, "true": true, false: false, "false": false, nil: false, 1: false, "yes": false} {
		p.Who.Verified = says
		if got, err := logIn(t, p, c, party); err != nil || got.Verified != means {
			t.Errorf("email_verified %v: %+v, %v, want %v", says, got, err, means)
		}
	}
}

// TestTokensThatProveNothing is S07 for tokens of others: each is wrong in one thing.
func TestTokensThatProveNothing(t *testing.T) {
	t.Parallel()
	p, c, party := setup(t)
	claims := map[string]func(jwt.MapClaims){
		"another issuer":          func(m jwt.MapClaims) { m["iss"] = "https://login.example.com" },
		"no issuer":               func(m jwt.MapClaims) { delete(m, "iss") },
		"the issuer with a slash": func(m jwt.MapClaims) { m["iss"] = p.Issuer() + "/" },
		"another audience":        func(m jwt.MapClaims) { m["aud"] = "another client" },
		"no audience":             func(m jwt.MapClaims) { delete(m, "aud") },
		"two audiences, nobody's": func(m jwt.MapClaims) { m["aud"] = []string{provider.ClientID, "another client"} },
		"two audiences, the other's": func(m jwt.MapClaims) {
			m["aud"], m["azp"] = []string{provider.ClientID, "another client"}, "another client"
		},
		"our audience, another's":        func(m jwt.MapClaims) { m["azp"] = "another client" },
		"another nonce":                  func(m jwt.MapClaims) { m["nonce"] = "the nonce of another log-in" },
		"no nonce":                       func(m jwt.MapClaims) { delete(m, "nonce") },
		"an hour old":                    func(m jwt.MapClaims) { m["exp"] = time.Now().Add(-time.Hour).Unix() },
		"a second old":                   func(m jwt.MapClaims) { m["exp"] = time.Now().Add(-time.Second).Unix() },
		"without an end":                 func(m jwt.MapClaims) { delete(m, "exp") },
		"of tomorrow":                    func(m jwt.MapClaims) { m["nbf"] = time.Now().Add(24 * time.Hour).Unix() },
		"without a subject":              func(m jwt.MapClaims) { delete(m, "sub") },
		"with a subject too long":        func(m jwt.MapClaims) { m["sub"] = strings.Repeat("x", 256) },
		"with a subject nobody can type": func(m jwt.MapClaims) { m["sub"] = "dana\x00" },
		"with an e-mail that is a list":  func(m jwt.MapClaims) { m["email"] = []string{dana.Email} },
	}
	for what, alter := range claims {
		p.Claims = alter
		_, err := logIn(t, p, c, party)
		wantKind(t, what, err, openid.Unbelievable)
	}
	p.Claims = nil
	signatures := map[string]func(*provider.Provider, jwt.MapClaims) string{
		"none": provider.Unsigned, "HS256 with the public key": provider.ByPublicKey, "HS256 with the secret": provider.BySecret, "a stranger's key": provider.ByStranger, "altered": provider.Altered,
		"no token": func(*provider.Provider, jwt.MapClaims) string { return "" }, "two parts": func(*provider.Provider, jwt.MapClaims) string { return "e30.e30" },
		"cut off": func(p *provider.Provider, m jwt.MapClaims) string { s := provider.RS256(p, m); return s[:len(s)-2] },
		"without a signature": func(p *provider.Provider, m jwt.MapClaims) string {
			s := provider.RS256(p, m)
			return s[:strings.LastIndexByte(s, '.')+1]
		},
		"a key that is gone": func(p *provider.Provider, m jwt.MapClaims) string {
			s := provider.RS256(p, m)
			p.Rotate(t)
			return s
		},
	}
	for what, sign := range signatures {
		p.Sign = sign
		_, err := logIn(t, p, c, party)
		wantKind(t, what, err, openid.Unbelievable)
	}
	p.Sign = provider.RS256
	p.Claims = func(m jwt.MapClaims) {
		m["aud"], m["azp"] = []string{provider.ClientID, "another client"}, provider.ClientID
	}
	if _, err := logIn(t, p, c, party); err != nil {
		t.Errorf("two audiences, and we are the party: %v", err)
	}
}

func TestAnAnswerBelongsToItsLogIn(t *testing.T) {
	t.Parallel()
	p, c, party := setup(t)
	begin := func(once openid.Once) url.Values {
		address, err := c.Begin(t.Context(), party, once)
		if err != nil {
			t.Fatal(err)
		}
		return p.LogIn(t, address)
	}
	mine, theirs := openid.Once(secret.Token()), openid.Once(secret.Token())
	q := begin(theirs)
	if mine.Answers(q.Get("state")) || !theirs.Answers(q.Get("state")) || mine.Answers("") {
		t.Error("a state answers another log-in than its own")
	}
	_, err := c.Finish(t.Context(), party, mine, openid.Answer{Code: q.Get("code"), Issuer: q.Get("iss")})
	wantKind(t, "the code of another log-in", err, openid.Refused) // the verifier is another
	q = begin(mine)
	for _, issuer := range []string{"https://login.example.com", p.Issuer() + "/"} {
		_, err = c.Finish(t.Context(), party, mine, openid.Answer{Code: q.Get("code"), Issuer: issuer})
		wantKind(t, "the answer of "+issuer, err, openid.Unbelievable)
	}
	p.Document = func(d map[string]any) { d["authorization_response_iss_parameter_supported"] = true }
	_, err = c.Finish(t.Context(), party, mine, openid.Answer{Code: q.Get("code")})
	wantKind(t, "the answer of nobody, of a provider that names itself", err, openid.Unbelievable)
	if _, err = c.Finish(t.Context(), party, mine, openid.Answer{Code: q.Get("code"), Issuer: q.Get("iss")}); err != nil {
		t.Fatal(err)
	}
	_, err = c.Finish(t.Context(), party, mine, openid.Answer{Code: q.Get("code"), Issuer: q.Get("iss")})
	wantKind(t, "the same code again", err, openid.Refused)
}

func TestBadProvidersAreToldApart(t *testing.T) {
	t.Parallel()
	p, c, party := setup(t)
	report, err := c.Test(t.Context(), party)
	if err != nil || report.Host != strings.TrimPrefix(p.Issuer(), "http://") || report.Keys != 2 {
		t.Errorf("a good one: %+v, %v", report, err)
	}
	const configuration = "/.well-known/openid-configuration"
	text := func(body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) } // judged by who reads it
	}
	away := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	}
	huge := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"issuer":"` + strings.Repeat("x", 2<<20))) // the client gives up
	}
	set := func(name string, value any) func(map[string]any) { return func(d map[string]any) { d[name] = value } }
	for what, bad := range map[string]struct {
		kind     openid.Kind
		says     string
		document func(map[string]any)
		path     string
		instead  func(http.ResponseWriter, *http.Request)
	}{
		"no discovery":                 {openid.Unusable, "OpenID Connect provider?", nil, configuration, http.NotFound},
		"a page instead":               {openid.Unusable, "OpenID Connect provider?", nil, configuration, text("<html>")},
		"a huge document":              {openid.Unusable, "more than 1 MiB", nil, configuration, huge},
		"discovery that leads inside":  {openid.Unusable, "leads elsewhere", nil, configuration, away},
		"another issuer":               {openid.Unusable, "another issuer address", set("issuer", "https://login.example.com"), "", nil},
		"no log-in address":            {openid.Unusable, "authorization address", set("authorization_endpoint", ""), "", nil},
		"a log-in address of script":   {openid.Unusable, "authorization address", set("authorization_endpoint", "javascript:alert(1)"), "", nil},
		"tokens from inside":           {openid.Unusable, "token address", set("token_endpoint", "http://10.0.0.1/token"), "", nil},
		"keys from the machine itself": {openid.Unusable, "key address", set("jwks_uri", "http://169.254.169.254/keys"), "", nil},
		"keys of a file":               {openid.Unusable, "key address", set("jwks_uri", "file:///etc/passwd"), "", nil},
		"PKCE in plain text":           {openid.Unusable, "PKCE", set("code_challenge_methods_supported", []string{"plain"}), "", nil},
		"secrets as keys":              {openid.Unusable, "algorithm", set("id_token_signing_alg_values_supported", []string{"HS256", "none"}), "", nil},
		"no keys":                      {openid.Unusable, "no key", nil, "/keys", text(`{"keys":[]}`)},
		"keys that lead inside":        {openid.Unusable, "leads elsewhere", nil, "/keys", away},
		"huge keys":                    {openid.Unusable, "more than 1 MiB", nil, "/keys", huge},
		"tokens that lead inside":      {openid.Unusable, "leads elsewhere", nil, "/token", away},
		"in trouble":                   {openid.Unreachable, "trouble of its own", nil, "/token", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }},
	} {
		p.Document, p.Instead = bad.document, map[string]func(http.ResponseWriter, *http.Request){bad.path: bad.instead}
		_, err := c.Test(t.Context(), party)
		wantKind(t, what, err, bad.kind)
		if err != nil && !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%s: %q does not say %q", what, err, bad.says)
		}
	}
	p.Document, p.Instead = nil, nil
	for what, other := range map[string]openid.Party{
		"another secret": {Issuer: party.Issuer, ClientID: party.ClientID, Secret: "not this one", Redirect: party.Redirect},
		"another client": {Issuer: party.Issuer, ClientID: "somebody", Secret: party.Secret, Redirect: party.Redirect},
	} {
		_, err := c.Test(t.Context(), other)
		wantKind(t, what, err, openid.Stranger)
	}
	_, err = openid.NewClient(outbound.New(false)).Test(t.Context(), party)
	wantKind(t, "this machine, where it is not let in", err, openid.Unusable)
	p.Close()
	_, err = c.Test(t.Context(), party)
	wantKind(t, "gone", err, openid.Unreachable)
	party.Issuer = "https://login.nobody.invalid"
	_, err = c.Test(t.Context(), party)
	wantKind(t, "a name of nobody", err, openid.Unreachable)
}

func TestASlowProviderIsGivenUp(t *testing.T) {
	t.Parallel()
	p, c, party := setup(t)
	p.Instead = map[string]func(http.ResponseWriter, *http.Request){"/.well-known/openid-configuration": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}
	began := time.Now()
	_, err := c.Begin(t.Context(), party, openid.Once(secret.Token()))
	wantKind(t, "a slow one", err, openid.Unreachable)
	if took := time.Since(began); took > outbound.Within+2*time.Second {
		t.Errorf("given up after %v", took)
	}
}

func TestIssuersAreReadBeforeTheyAreAsked(t *testing.T) {
	t.Parallel()
	c := openid.NewClient(outbound.New(false))
	for _, bad := range []string{"", "login.example.com", "http://login.example.com", "https://login.example.com/?tenant=1", "https://login.example.com/#x", "https://10.0.0.1", "https://localhost"} {
		if err := c.Check(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, good := range []string{"https://accounts.google.com", "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0", "https://acme.okta.com/oauth2/default", "https://login.example.com:8443/realms/acme/"} {
		if err := c.Check(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}
