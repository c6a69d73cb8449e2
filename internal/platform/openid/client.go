package openid

import (
	"context"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"fenceplatform.com/fence/internal/platform/outbound"
)

// within bounds a whole conversation, however many requests it takes.
const within = 10 * time.Second

// Client talks to providers.
type Client struct{ out *outbound.Client }

// NewClient talks to the providers that out may ask.
func NewClient(out *outbound.Client) *Client { return &Client{out} }

// Check says what is wrong with an issuer's address before anybody is asked.
func (c *Client) Check(issuer string) error {
	u, err := c.out.Check(issuer)
	if err == nil && (u.RawQuery != "" || u.ForceQuery) {
		err = trouble(Unusable, "An issuer's address has no ? in it.", nil)
	}
	return err
}

// Party is us, as one provider knows us.
type Party struct {
	Issuer   string
	ClientID string
	Secret   string
	Redirect string // where the provider sends people back to
}

// provider is what a discovery document says, checked.
type provider struct {
	*oidc.Provider
	metadata
}

// metadata are the members of a discovery document that go-oidc does not read.
type metadata struct {
	Keys           string   `json:"jwks_uri"`
	Challenges     []string `json:"code_challenge_methods_supported"`
	SecretBy       []string `json:"token_endpoint_auth_methods_supported"`
	Algorithms     []string `json:"id_token_signing_alg_values_supported"`
	NamesItself    bool     `json:"authorization_response_iss_parameter_supported"`
	authorizesHost string
}

// discover asks the provider who it is.
func (c *Client) discover(ctx context.Context, issuer string) (context.Context, *provider, error) {
	ctx = oidc.ClientContext(ctx, c.out.HTTP())
	u, err := c.out.Check(issuer)
	if err != nil {
		return ctx, nil, trouble(Unusable, err.Error(), err)
	}
	found, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return ctx, nil, discovering(u.Host, err)
	}
	p := &provider{Provider: found}
	if err := found.Claims(&p.metadata); err != nil {
		return ctx, nil, discovering(u.Host, err)
	}
	for what, address := range map[string]string{"authorization": found.Endpoint().AuthURL, "token": found.Endpoint().TokenURL, "key": p.Keys} {
		at, err := c.out.Check(address)
		if err != nil {
			return ctx, nil, trouble(Unusable, "The provider's "+what+" address is missing or not public.", err)
		}
		if what == "authorization" {
			p.authorizesHost = at.Host
		}
	}
	if len(p.Challenges) > 0 && !slices.Contains(p.Challenges, "S256") {
		return ctx, nil, trouble(Unusable, "The provider does not take PKCE with S256.", nil)
	}
	if len(p.Algorithms) > 0 && !slices.ContainsFunc(p.Algorithms, asymmetric) {
		return ctx, nil, trouble(Unusable, "The provider signs with no algorithm that we take, like RS256 or ES256.", nil)
	}
	return ctx, p, nil
}

// asymmetric tells whether who can check a signature of the algorithm cannot make one.
func asymmetric(algorithm string) bool {
	switch algorithm {
	case oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA:
		return true
	}
	return false
}

// config is how the code flow goes with the provider.
func (p *provider) config(party Party) oauth2.Config {
	at := p.Endpoint()
	at.AuthStyle = oauth2.AuthStyleInHeader // what a provider takes that does not say
	if len(p.SecretBy) > 0 && !slices.Contains(p.SecretBy, "client_secret_basic") {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	return oauth2.Config{ClientID: party.ClientID, ClientSecret: party.Secret, Endpoint: at, RedirectURL: party.Redirect, Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}
}

// Begin is the provider's address to send a browser to.
func (c *Client) Begin(ctx context.Context, party Party, once Once) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	_, p, err := c.discover(ctx, party.Issuer)
	if err != nil {
		return "", err
	}
	config := p.config(party)
	return config.AuthCodeURL(once.State(), oidc.Nonce(once.nonce()), oauth2.S256ChallengeOption(once.verifier())), nil
}
