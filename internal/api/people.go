package api

import (
	"context"
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
)

type people struct{ Services }

func (s people) register(a *API) {
	register(a, route{pattern: "GET /v1/people", name: "list-people", summary: "List the company's people, the owner first."},
		needs(tenancy.PeopleRead), s.list)
	register(a, route{pattern: "GET /v1/invitations", name: "list-invitations", summary: "List who was asked to join and has not yet, newest first."},
		needs(tenancy.PeopleRead), s.invitations)
	register(a, route{pattern: "POST /v1/invitations", name: "invite-person", summary: "Mail somebody a link to join. Inviting an address again replaces the link.", status: http.StatusCreated},
		needs(tenancy.PeopleWrite), s.invite)
}

type invitation struct {
	ID        id.ID     `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Role      string    `json:"role" enum:"admin,office,estimator,crew,accountant"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

func newInvitation(i identity.Invitation) invitation {
	return invitation{ID: i.ID, Email: i.Email, Name: i.Name, Role: string(i.Role), CreatedAt: i.CreatedAt.UTC(), ExpiresAt: i.ExpiresAt.UTC()}
}

func (s people) list(ctx context.Context, a tenancy.Actor, _ *nothing) (*answer[listOf[person]], error) {
	all, err := s.Identity.People(ctx, a)
	if err != nil {
		return nil, err
	}
	return &answer[listOf[person]]{listed(all.Users, newPerson)}, nil
}

func (s people) invitations(ctx context.Context, a tenancy.Actor, _ *nothing) (*answer[listOf[invitation]], error) {
	all, err := s.Identity.People(ctx, a)
	if err != nil {
		return nil, err
	}
	return &answer[listOf[invitation]]{listed(all.Invitations, newInvitation)}, nil
}

type inviteBody struct {
	Email string `json:"email"`
	Name  string `json:"name,omitempty"`
	Role  string `json:"role" enum:"admin,office,estimator,crew,accountant"`
}

func (s people) invite(ctx context.Context, a tenancy.Actor, in *body[inviteBody]) (*answer[invitation], error) {
	i, err := s.Identity.Invite(ctx, a, identity.InviteInput{Email: in.Body.Email, Name: in.Body.Name, Role: identity.Role(in.Body.Role)})
	if err != nil {
		return nil, err
	}
	return &answer[invitation]{newInvitation(i)}, nil
}
