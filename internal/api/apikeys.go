package api

import (
	"context"
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
)

type apiKeys struct{ Services }

func (s apiKeys) register(a *API) {
	register(a, route{pattern: "GET /v1/api-keys", name: "list-api-keys", summary: "List the company's API keys, newest first."},
		needs(tenancy.APIKeysWrite), s.list)
	register(a, route{
		pattern: "POST /v1/api-keys", name: "create-api-key", summary: "Create an API key with some of your own rights.", status: http.StatusCreated,
		more: "A key has the rights of the person who made it, as far as its scopes go. The secret is shown this once. A repeat with the same Idempotency-Key is answered 409, because the secret was not kept.",
	}, needs(tenancy.APIKeysWrite), s.create)
	register(a, route{pattern: "DELETE /v1/api-keys/{id}", name: "revoke-api-key", summary: "End an API key for good, within a second everywhere.", status: 204},
		needs(tenancy.APIKeysWrite), s.revoke)
}

// APIKey is exported for being a part of another document.
type APIKey struct {
	ID         id.ID      `json:"id"`
	Name       string     `json:"name"`
	Prefix     string     `json:"prefix" doc:"How the key begins, which is no secret; empty for keys older than prefixes."`
	Ending     string     `json:"ending" doc:"The last characters, to tell keys apart."`
	Scopes     []string   `json:"scopes" doc:"What it may do of what its person may."`
	MadeBy     string     `json:"made_by" doc:"Whose rights it has at most."`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at" doc:"null: never."`
	LastUsedAt *time.Time `json:"last_used_at" doc:"To the minute, and up to a minute late; null: never."`
	RevokedAt  *time.Time `json:"revoked_at"`
}

func newAPIKey(k identity.APIKey) APIKey {
	return APIKey{
		ID: k.ID, Name: k.Name, Prefix: k.Prefix, Ending: k.Ending, Scopes: each(k.Scopes, func(s identity.Scope) string { return string(s) }), MadeBy: k.MadeBy,
		CreatedAt: k.CreatedAt.UTC(), ExpiresAt: inUTC(k.ExpiresAt), LastUsedAt: inUTC(k.LastUsedAt), RevokedAt: inUTC(k.RevokedAt),
	}
}

// createdAPIKey is the only document that carries a key's secret.
type createdAPIKey struct {
	APIKey
	Secret string `json:"secret" doc:"Send it as bearer token."`
}

func (s apiKeys) list(ctx context.Context, a tenancy.Actor, _ *nothing) (*answer[listOf[APIKey]], error) {
	all, err := s.Identity.APIKeys(ctx, a)
	if err != nil {
		return nil, err
	}
	return &answer[listOf[APIKey]]{listed(all, newAPIKey)}, nil
}

type apiKeyBody struct {
	Name          string   `json:"name" doc:"The program that uses the key."`
	Scopes        []string `json:"scopes" maxItems:"40" doc:"What it may do, as customers.read or customers.write; to write includes to read."`
	ExpiresInDays int      `json:"expires_in_days,omitempty" minimum:"1" maximum:"730" doc:"Left out: never."`
}

func (s apiKeys) create(ctx context.Context, a tenancy.Actor, in *body[apiKeyBody]) (*answer[createdAPIKey], error) {
	k, err := s.Identity.CreateAPIKey(ctx, a, identity.CreateAPIKeyInput{
		Name: in.Body.Name, Scopes: each(in.Body.Scopes, func(s string) identity.Scope { return identity.Scope(s) }), ExpiresInDays: in.Body.ExpiresInDays,
	})
	if err != nil {
		return nil, err
	}
	return &answer[createdAPIKey]{createdAPIKey{APIKey: newAPIKey(k.APIKey), Secret: k.Secret}}, nil
}

func (s apiKeys) revoke(ctx context.Context, a tenancy.Actor, in *ByID) (*nothing, error) {
	return nil, s.Identity.RevokeAPIKey(ctx, a, id.ID(in.ID))
}
