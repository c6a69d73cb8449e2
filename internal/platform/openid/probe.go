package openid

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"golang.org/x/oauth2"
)

// Report is what a test of a connection found.
type Report struct {
	Host string // where people log in
	Keys int    // that tokens are signed with
}

// Test asks the provider everything that a log-in asks, as far as that goes without somebody who logs in: who it is,
// its keys, and whether it knows us. For that it is sent a code that it never gave.
func (c *Client) Test(ctx context.Context, party Party) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ctx, p, err := c.discover(ctx, party.Issuer)
	if err != nil {
		return Report{}, err
	}
	r := Report{Host: p.authorizesHost}
	if r.Keys, err = c.keys(ctx, p.Keys); err != nil {
		return Report{}, asking(hostOf(p.Keys), "list of keys", err)
	}
	if r.Keys == 0 {
		return Report{}, trouble(Unusable, "The provider has no key to sign with.", nil)
	}
	config := p.config(party)
	if _, err = config.Exchange(ctx, "a test of the connection", oauth2.VerifierOption(Once("test").verifier())); err == nil {
		return r, nil
	}
	if known := asking(hostOf(p.Endpoint().TokenURL), "token", err); known.Kind != Refused {
		return Report{}, known
	}
	return r, nil
}

// keys counts the provider's keys.
func (c *Client) keys(ctx context.Context, address string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	res, err := c.out.HTTP().Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	var list struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if res.StatusCode != http.StatusOK {
		return 0, errors.New(res.Status)
	}
	err = json.NewDecoder(res.Body).Decode(&list)
	return len(list.Keys), err
}
