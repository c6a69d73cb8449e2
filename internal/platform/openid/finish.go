package openid

import (
	"context"
	"net/url"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Answer is what the provider sent the browser back with.
type Answer struct {
	Code   string
	Issuer string // who says so, when the provider names itself (RFC 9207)
}

// Subject is somebody whom the provider knows.
type Subject struct {
	ID       string // never changes and is nobody else's, at this issuer
	Email    string
	Verified bool // the provider says that the address is theirs
	Name     string
}

// Finish exchanges the code of an answer and says whom the provider proved.
func (c *Client) Finish(ctx context.Context, party Party, once Once, in Answer) (Subject, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ctx, p, err := c.discover(ctx, party.Issuer)
	if err != nil {
		return Subject{}, err
	}
	if in.Issuer != party.Issuer && (in.Issuer != "" || p.NamesItself) {
		return Subject{}, trouble(Unbelievable, "The answer is of another provider.", nil)
	}
	config := p.config(party)
	tokens, err := config.Exchange(ctx, in.Code, oauth2.VerifierOption(once.verifier()))
	if err != nil {
		return Subject{}, asking(hostOf(p.Endpoint().TokenURL), "token", err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return Subject{}, trouble(Unbelievable, "The provider's answer has no ID token.", nil)
	}
	token, err := p.VerifierContext(ctx, &oidc.Config{ClientID: party.ClientID}).Verify(ctx, raw)
	if err != nil {
		return Subject{}, trouble(Unbelievable, "The provider's ID token does not hold.", err)
	}
	return subjectOf(token, party, once)
}

// verified is a claim that most providers send as true and some as "true".
type verified bool

func (v *verified) UnmarshalJSON(b []byte) error {
	*v = string(b) == "true" || string(b) == `"true"`
	return nil
}

// claims are the members of an ID token that go-oidc leaves to us.
type claims struct {
	Party    string   `json:"azp"`
	Email    string   `json:"email"`
	Verified verified `json:"email_verified"`
	Name     string   `json:"name"`
}

const maxSubject = 255

// subjectOf judges what go-oidc leaves to judge of a token that is signed, current and for us.
func subjectOf(t *oidc.IDToken, party Party, once Once) (Subject, error) {
	var c claims
	if err := t.Claims(&c); err != nil {
		return Subject{}, trouble(Unbelievable, "The provider's ID token does not hold.", err)
	}
	switch {
	case !same(once.nonce(), t.Nonce):
		return Subject{}, trouble(Unbelievable, "The provider's ID token is of another log-in.", nil)
	case c.Party != "" && c.Party != party.ClientID, c.Party == "" && len(t.Audience) != 1:
		return Subject{}, trouble(Unbelievable, "The provider's ID token is for another program.", nil)
	case !plain(t.Subject):
		return Subject{}, trouble(Unbelievable, "The provider's ID token names nobody.", nil)
	}
	return Subject{ID: t.Subject, Email: c.Email, Verified: bool(c.Verified), Name: c.Name}, nil
}

// plain tells that a subject can be kept and compared: ASCII, as the protocol wants it.
func plain(subject string) bool {
	for _, r := range subject {
		if r > unicode.MaxASCII || unicode.IsControl(r) {
			return false
		}
	}
	return subject != "" && len(subject) <= maxSubject
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the provider" // discover has read it
	}
	return u.Host
}
