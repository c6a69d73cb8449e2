package identity_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/testkit"
)

func (w *world) invite(t *testing.T, a tenancy.Actor, email string, role identity.Role) identity.Invitation {
	t.Helper()
	i, err := w.people.Invite(t.Context(), a, identity.InviteInput{Email: email, Role: role})
	if err != nil {
		t.Fatalf("invite %s: %v", email, err)
	}
	return i
}

func (w *world) seats(t *testing.T, o testkit.Org) int {
	t.Helper()
	return testkit.Value[int](t, w.Database, `SELECT used::int FROM app.usage_levels WHERE org_id = $1 AND metric = 'users'`, o.ID)
}

func TestInvitedPersonJoinsOnceWithTheRoleGiven(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, v := w.owner(t, testkit.A), w.visitor(t, testkit.A, "192.0.2.1")
	w.Untouched(t, testkit.B, func() {
		w.invite(t, a, "Kim@A.example", identity.Estimator)
		code := w.mailed(t, testkit.A, "invite")[0]
		if i, err := w.people.Invited(t.Context(), v, code); err != nil || i.Email != "Kim@a.example" || i.Role != identity.Estimator {
			t.Errorf("the link tells %+v, %v", i, err)
		}
		s, err := w.people.Join(t.Context(), v, identity.JoinInput{Code: code, Name: "Kim Cruz", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		if s.User.Role != identity.Estimator || s.User.EmailVerifiedAt == nil {
			t.Errorf("joined as %+v, want an estimator whose address is proved", s.User)
		}
		if _, err := w.people.Resume(t.Context(), v.Tenant(), s.Token); err != nil {
			t.Errorf("the session of who joined: %v", err)
		}
		_, err = w.people.Join(t.Context(), v, identity.JoinInput{Code: code, Name: "Kim Cruz", Password: password})
		wantFault(t, "the link again", err, fault.Invalid, "link-used")
		_, err = w.people.Invited(t.Context(), v, code)
		wantFault(t, "reading the link again", err, fault.Invalid, "link-used")
	})
	if n := w.seats(t, testkit.A); n != 7 {
		t.Errorf("%d seats in use, want 7", n)
	}
}

func TestInvitationWorksForSevenDays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	w.invite(t, w.owner(t, testkit.A), "kim@a.example", identity.Office)
	w.Advance(t, 7*24*time.Hour+time.Second)
	_, err := w.people.Join(t.Context(), v, identity.JoinInput{Code: w.mailed(t, testkit.A, "invite")[0], Name: "Kim", Password: password})
	wantFault(t, "after seven days", err, fault.Invalid, "link-used")
}

func TestInvitingAgainReplacesTheLink(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, v := w.owner(t, testkit.A), w.visitor(t, testkit.A, "192.0.2.1")
	w.invite(t, a, "kim@a.example", identity.Office)
	w.invite(t, a, "KIM@a.example", identity.Crew)
	codes := w.mailed(t, testkit.A, "invite")
	_, err := w.people.Join(t.Context(), v, identity.JoinInput{Code: codes[0], Name: "Kim", Password: password})
	wantFault(t, "the first link", err, fault.Invalid, "link-used")
	s, err := w.people.Join(t.Context(), v, identity.JoinInput{Code: codes[1], Name: "Kim", Password: password})
	if err != nil || s.User.Role != identity.Crew {
		t.Errorf("the second link: %+v, %v", s.User, err)
	}
	_, err = w.people.Invite(t.Context(), a, identity.InviteInput{Email: "kim@a.example", Role: identity.Office})
	wantFault(t, "inviting who is in already", err, fault.Invalid, "invalid-input")
}

func TestOneAddressInvitedByManyAtOnceHasOneOpenInvitation(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.owner(t, testkit.A)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := w.people.Invite(t.Context(), a, identity.InviteInput{Email: "kim@a.example", Role: identity.Office})
			if err != nil {
				wantFault(t, "an invitation at the same moment", err, fault.Conflict, "invited-meanwhile")
			}
		})
	}
	wg.Wait()
	p, err := w.people.People(t.Context(), a)
	if err != nil || len(p.Invitations) != 1 {
		t.Errorf("%d open invitations, want 1 (%v)", len(p.Invitations), err)
	}
}

// Ten seats, six in use, twenty who press Join at once: four get in, sixteen are told the limit, and their
// links stay good for when the plan allows more.
func TestSeatsAreExactWhenManyJoinAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, v := w.owner(t, testkit.A), w.visitor(t, testkit.A, "192.0.2.1")
	for n := range 20 {
		w.invite(t, a, fmt.Sprintf("person%02d@a.example", n), identity.Crew)
	}
	var joined, full int
	var left []string
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, code := range w.mailed(t, testkit.A, "invite") {
		wg.Go(func() {
			_, err := w.people.Join(t.Context(), v, identity.JoinInput{Code: code, Name: "Person", Password: password})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				joined++
				return
			}
			wantFault(t, "one too many", err, fault.LimitReached, "plan-limit-reached")
			full, left = full+1, append(left, code)
		})
	}
	wg.Wait()
	if joined != 4 || full != 16 || w.seats(t, testkit.A) != 10 {
		t.Fatalf("%d joined, %d were refused, %d seats in use: want 4, 16, 10", joined, full, w.seats(t, testkit.A))
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.users WHERE org_id = $1`, testkit.A.ID); n != 10 {
		t.Errorf("%d people, want 10", n)
	}
	_, err := w.people.Invite(t.Context(), a, identity.InviteInput{Email: "late@a.example", Role: identity.Crew})
	wantFault(t, "inviting into a full company", err, fault.LimitReached, "plan-limit-reached")
	w.onPlan(t, testkit.A, "enterprise", nil)
	if _, err := w.people.Join(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), identity.JoinInput{Code: left[0], Name: "Person", Password: password}); err != nil {
		t.Errorf("the same link on a larger plan: %v", err)
	}
}

func TestStarterHasOnePersonOfOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.usage_levels SET used = 1 WHERE org_id = $1 AND metric = 'users'`, testkit.A.ID)
	w.onPlan(t, testkit.A, "starter", nil)
	a := w.owner(t, testkit.A)
	p, err := w.people.People(t.Context(), a)
	if err != nil || p.Seats.Used != 1 || p.Seats.Limit != 1 {
		t.Errorf("seats %+v, %v, want 1 of 1", p.Seats, err)
	}
	_, err = w.people.Invite(t.Context(), a, identity.InviteInput{Email: "second@a.example", Role: identity.Office})
	wantFault(t, "a second person", err, fault.LimitReached, "plan-limit-reached")
	if got, want := fault.As(err).Message, "Your company uses 1 of 1 person. The owner can change the plan."; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	_, err = w.people.CreateAPIKey(t.Context(), a, identity.CreateAPIKeyInput{Name: "Books", Scopes: identity.AllScopes()})
	wantFault(t, "an API key on starter", err, fault.Forbidden, "feature-not-in-plan")
}

func TestReadOnlyCompanyInvitesNobody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.onPlan(t, testkit.A, "trial", "2026-01-19T15:00:00Z")
	a := w.owner(t, testkit.A)
	_, err := w.people.Invite(t.Context(), a, identity.InviteInput{Email: "kim@a.example", Role: identity.Office})
	wantFault(t, "invite", err, fault.LimitReached, "subscription-required")
	_, err = w.people.CreateAPIKey(t.Context(), a, identity.CreateAPIKeyInput{Name: "Books", Scopes: identity.AllScopes()})
	wantFault(t, "create a key", err, fault.LimitReached, "subscription-required")
}

func TestInvitationsAreReadAsTyped(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.owner(t, testkit.A)
	for what, in := range map[string]identity.InviteInput{
		"no address": {Role: identity.Office}, "no domain": {Email: "kim", Role: identity.Office}, "a name with it": {Email: "Kim <kim@a.example>", Role: identity.Office},
		"an owner": {Email: "kim@a.example", Role: identity.Owner}, "an unknown role": {Email: "kim@a.example", Role: "boss"}, "no role": {Email: "kim@a.example"},
		"a hidden letter": {Email: "kim@a.example", Name: "Kim\u202e", Role: identity.Office}, "a NUL": {Email: "kim\x00@a.example", Role: identity.Office},
	} {
		_, err := w.people.Invite(t.Context(), a, in)
		wantFault(t, what, err, fault.Invalid, "invalid-input")
	}
}

// What a role may not do is refused before anything is written.
func TestRolesWithoutTheRightAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	made, err := w.people.CreateAPIKey(t.Context(), w.owner(t, testkit.A), identity.CreateAPIKeyInput{Name: "Books", Scopes: identity.AllScopes()})
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []identity.Role{identity.Office, identity.Estimator, identity.Crew, identity.Accountant} {
		a := w.person(t, testkit.A, testkit.A.Office(), role)
		w.Untouched(t, testkit.A, func() {
			_, inviteErr := w.people.Invite(t.Context(), a, identity.InviteInput{Email: "kim@a.example", Role: identity.Office})
			_, peopleErr := w.people.People(t.Context(), a)
			_, createErr := w.people.CreateAPIKey(t.Context(), a, identity.CreateAPIKeyInput{Name: "Books", Scopes: identity.AllScopes()})
			_, keysErr := w.people.APIKeys(t.Context(), a)
			for what, err := range map[string]error{
				"invite": inviteErr, "people": peopleErr, "create a key": createErr, "list keys": keysErr,
				"revoke a key": w.people.RevokeAPIKey(t.Context(), a, made.ID),
			} {
				wantFault(t, role.Label()+": "+what, err, fault.Forbidden, "forbidden")
			}
		})
	}
}

func TestPeopleListsOnlyTheOwnCompany(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.invite(t, w.owner(t, testkit.B), "waiting@b.example", identity.Office)
	w.Untouched(t, testkit.B, func() {
		p, err := w.people.People(t.Context(), w.owner(t, testkit.A))
		if err != nil || len(p.Users) != 6 || len(p.Invitations) != 0 || p.Users[0].ID != testkit.A.Owner() {
			t.Errorf("A sees %d people and %d invitations, %v: want its own 6 and none", len(p.Users), len(p.Invitations), err)
		}
	})
}
