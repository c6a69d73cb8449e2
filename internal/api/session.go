package api

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

type session struct{ Services }

func (s session) register(a *API) {
	register(a, route{pattern: "POST /v1/login", name: "login", summary: "Log in: get an access token and a refresh token for e-mail and password.",
		more: "A person with a second factor sends its code too: six digits of the authenticator app, or a recovery code."},
		open("who logs in has no token yet; attempts are throttled"), s.login)
	register(a, route{pattern: "POST /v1/token/refresh", name: "refresh-token", summary: "Get a new access token and a new refresh token for a refresh token.",
		more: "A refresh token works once. When one comes a second time, somebody has a copy: the session ends."},
		open("the refresh token is the proof; the access token may be too old"), s.refresh)
	register(a, route{pattern: "POST /v1/logout", name: "logout", summary: "End the session of the token that is sent.", status: 204},
		needs(tenancy.OwnAccount), s.logout)
}

type loginBody struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Code     string `json:"code,omitempty" maxLength:"40" doc:"The second factor's code, of a person who has one."`
}

type refreshBody struct {
	RefreshToken string `json:"refresh_token" maxLength:"200"`
}

// tokens are what a program works with. All of them are shown this once.
type tokens struct {
	AccessToken      string    `json:"access_token" doc:"Send it as bearer token."`
	TokenType        string    `json:"token_type" enum:"Bearer"`
	ExpiresAt        time.Time `json:"expires_at" doc:"When the access token ends. It ends earlier with its session, or when the person's rights change: refresh then."`
	RefreshToken     string    `json:"refresh_token" doc:"Send it to /v1/token/refresh, once."`
	SessionExpiresAt time.Time `json:"session_expires_at" doc:"When refreshing ends and a new log-in is needed; earlier after 30 days without use."`
	Person           person    `json:"person"`
}

func newTokens(s identity.Session) tokens {
	return tokens{AccessToken: s.Access.Token, TokenType: "Bearer", ExpiresAt: s.Access.ExpiresAt.UTC(), RefreshToken: s.Token,
		SessionExpiresAt: s.ExpiresAt.UTC(), Person: newPerson(s.User)}
}

type person struct {
	ID              id.ID      `json:"id"`
	Name            string     `json:"name"`
	Email           string     `json:"email"`
	Role            string     `json:"role" enum:"owner,admin,office,estimator,crew,accountant"`
	EmailVerifiedAt *time.Time `json:"email_verified_at"`
	DeactivatedAt   *time.Time `json:"deactivated_at"`
	CreatedAt       time.Time  `json:"created_at"`
	Version         int        `json:"version"`
}

func newPerson(u identity.User) person {
	return person{
		ID: u.ID, Name: u.Name, Email: u.Email, Role: string(u.Role), EmailVerifiedAt: inUTC(u.EmailVerifiedAt),
		DeactivatedAt: inUTC(u.DeactivatedAt), CreatedAt: u.CreatedAt.UTC(), Version: u.Version,
	}
}

// inUTC is a time as the API writes all of them.
func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	utc := t.UTC()
	return &utc
}

func (s session) login(ctx context.Context, a tenancy.Actor, in *body[loginBody]) (*answer[tokens], error) {
	opened, err := s.Identity.SignIn(ctx, a, identity.SignInInput{Email: in.Body.Email, Password: in.Body.Password, Code: in.Body.Code, Kind: identity.AsToken})
	if err != nil {
		return nil, err
	}
	return &answer[tokens]{newTokens(opened)}, nil
}

func (s session) refresh(ctx context.Context, a tenancy.Actor, in *body[refreshBody]) (*answer[tokens], error) {
	next, err := s.Identity.Refresh(ctx, a, in.Body.RefreshToken)
	if err != nil {
		return nil, err
	}
	return &answer[tokens]{newTokens(next)}, nil
}

func (s session) logout(ctx context.Context, a tenancy.Actor, _ *nothing) (*nothing, error) {
	if a.Kind == tenancy.Key {
		return nil, fault.New(fault.Forbidden, "forbidden", "An API key has no session to end. Revoke the key instead.")
	}
	return nil, s.Identity.SignOut(ctx, a, caller.In(ctx).Token)
}
