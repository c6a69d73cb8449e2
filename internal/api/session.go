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
	register(a, route{pattern: "POST /v1/login", name: "login", summary: "Log in: get a token for e-mail and password."},
		open("who logs in has no token yet; attempts are throttled"), s.login)
	register(a, route{pattern: "POST /v1/logout", name: "logout", summary: "End the session of the token that is sent.", status: 204},
		needs(tenancy.OwnAccount), s.logout)
}

type loginBody struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

type loggedIn struct {
	Token     string    `json:"token" doc:"Send it as bearer token. It is shown this once."`
	ExpiresAt time.Time `json:"expires_at"`
	Person    person    `json:"person"`
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

func (s session) login(ctx context.Context, a tenancy.Actor, in *body[loginBody]) (*answer[loggedIn], error) {
	opened, err := s.Identity.SignIn(ctx, a, identity.SignInInput{Email: in.Body.Email, Password: in.Body.Password, Kind: identity.AsToken})
	if err != nil {
		return nil, err
	}
	return &answer[loggedIn]{loggedIn{Token: opened.Token, ExpiresAt: opened.ExpiresAt.UTC(), Person: newPerson(opened.User)}}, nil
}

func (s session) logout(ctx context.Context, a tenancy.Actor, _ *nothing) (*nothing, error) {
	if a.Kind == tenancy.Key {
		return nil, fault.New(fault.Forbidden, "forbidden", "An API key has no session to end. Revoke the key instead.")
	}
	return nil, s.Identity.SignOut(ctx, a, caller.In(ctx).Token)
}
