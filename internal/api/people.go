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
	register(a, route{pattern: "GET /v1/people/{id}", name: "get-person", summary: "Get a person, with what waits for them."},
		needs(tenancy.PeopleRead), s.get)
	register(a, route{pattern: "POST /v1/people/{id}/deactivate", name: "deactivate-person", summary: "Take a person's way in and give the seat back.",
		more: "Open leads and coming appointments go to the successor. Where the person has any and no successor is named, the answer is 422, and its words say how many."},
		needs(tenancy.PeopleWrite), s.deactivate)
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

// work is what waits for a person.
type work struct {
	Leads        int `json:"leads" doc:"That are open."`
	Appointments int `json:"appointments" doc:"That have not begun."`
}

type onePerson struct {
	Person person `json:"person"`
	Work   work   `json:"work"`
}

func (s people) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[onePerson], error) {
	v, err := s.Identity.Person(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return &recordAnswer[onePerson]{ETag: etag(v.Version), Body: onePerson{newPerson(v.User), work(v.Work)}}, nil
}

type deactivateBody struct {
	Successor string `json:"successor,omitempty" doc:"Who takes over: the id of somebody who works here, or nobody."`
}

// deactivatedPerson is somebody who no longer works here, and what became of what waited for them.
type deactivatedPerson struct {
	Person     person     `json:"person"`
	HandedOver handedOver `json:"handed_over"`
}

type handedOver struct {
	Leads        int    `json:"leads"`
	Appointments int    `json:"appointments"`
	To           *id.ID `json:"to" doc:"null: nobody."`
}

func (s people) deactivate(ctx context.Context, a tenancy.Actor, in *changeOf[deactivateBody]) (*recordAnswer[deactivatedPerson], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	d, err := s.Identity.Deactivate(ctx, a, identity.MemberInput{Person: id.ID(in.ID), Version: version, Successor: identity.Successor(in.Body.Successor)})
	if err != nil {
		return nil, err
	}
	h := d.HandedOver
	return &recordAnswer[deactivatedPerson]{ETag: etag(d.Version), Body: deactivatedPerson{newPerson(d.User), handedOver{h.Leads, h.Appointments, h.To}}}, nil
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
