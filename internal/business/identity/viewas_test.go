package identity_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/testkit"
)

func migrationText(number string) (string, error) {
	names, err := filepath.Glob("../../../db/migrations/" + number + "_*.sql")
	if err != nil || len(names) != 1 {
		return "", fmt.Errorf("%d files, %w", len(names), err)
	}
	text, err := os.ReadFile(names[0])
	return string(text), err
}

// session signs the owner in and tells how to ask who that is now, on another process.
func (w *world) session(t *testing.T) func() tenancy.Actor {
	t.Helper()
	s := w.signIn(t, testkit.A, "owner@a.example")
	return func() tenancy.Actor {
		t.Helper()
		signed, err := another(t, w.Database).Resume(t.Context(), w.visitor(t, testkit.A, "192.0.2.1").Tenant(), s.Token)
		if err != nil {
			t.Fatal(err)
		}
		return signed.Actor
	}
}

func TestOwnerLooksThroughTheRightsOfARole(t *testing.T) {
	t.Parallel()
	w := setup(t)
	who := w.session(t)
	w.Untouched(t, testkit.B, func() {
		for _, role := range identity.Roles[1:] {
			if err := w.people.ViewAs(t.Context(), who(), role); err != nil {
				t.Fatal(err)
			}
			a := who()
			if a.ViewsAs != string(role) || a.Role != string(role) || a.UserID != testkit.A.Owner() {
				t.Errorf("as %s the owner is %+v", role, a)
			}
			for _, p := range tenancy.Permissions {
				if a.Reach(p) != role.Reach(p) {
					t.Errorf("as %s the owner reaches %s of %s, want %s", role, a.Reach(p), p, role.Reach(p))
				}
			}
			wantFault(t, "writing as "+string(role), a.RequireWritable(time.Now()), fault.Forbidden, "viewing-as")
			if err := w.people.EndViewAs(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			if own := who(); own.ViewsAs != "" || !own.May(tenancy.ViewAs) {
				t.Errorf("after the view as %s the owner is %+v", role, own)
			}
		}
		if err := w.people.EndViewAs(t.Context(), who()); err != nil {
			t.Errorf("ending what is not: %v", err)
		}
	})
	page, err := audit.List(t.Context(), w.App, who(), audit.Filter{Action: "view_as.ended"})
	if err != nil || len(page.Entries) != 5 || page.Entries[0].ViewsAs != "accountant" || page.Entries[0].ActorID != testkit.A.Owner() {
		t.Errorf("the log says %+v, %v: want both the owner and the role", page.Entries, err)
	}
}

// A view is an intersection: somebody whose own rights shrank meanwhile does not get the role's.
func TestViewNeverWidensRights(t *testing.T) {
	t.Parallel()
	w := setup(t)
	who := w.session(t)
	if err := w.people.ViewAs(t.Context(), who(), identity.Admin); err != nil {
		t.Fatal(err)
	}
	w.Exec(t, `UPDATE app.users SET role = 'crew' WHERE id = $1`, testkit.A.Owner())
	a := who()
	for _, p := range tenancy.Permissions {
		if a.May(p) && !slices.Contains(identity.Crew.Permissions(), p) {
			t.Errorf("a crew that once viewed as admin may %s", p)
		}
	}
}

func TestViewEndsAfterAnHour(t *testing.T) {
	t.Parallel()
	w := setup(t)
	who := w.session(t)
	if err := w.people.ViewAs(t.Context(), who(), identity.Crew); err != nil {
		t.Fatal(err)
	}
	w.Advance(t, time.Hour+time.Second)
	if a := who(); a.ViewsAs != "" {
		t.Errorf("after an hour still %s", a.ViewsAs)
	}
}

func TestOnlyAnOwnerInPersonViewsAsAnother(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner := w.owner(t, testkit.A)
	for role, who := range map[identity.Role]tenancy.Actor{
		identity.Admin: w.person(t, testkit.A, testkit.A.Admin(), identity.Admin), identity.Crew: w.person(t, testkit.A, testkit.A.Crew(), identity.Crew),
	} {
		wantFault(t, string(role), w.people.ViewAs(t.Context(), who, identity.Crew), fault.Forbidden, "forbidden")
	}
	for _, role := range []identity.Role{identity.Owner, "boss", ""} {
		wantFault(t, "as "+string(role), w.people.ViewAs(t.Context(), owner, role), fault.Invalid, "invalid-input")
	}
	key := owner.As(tenancy.Key, owner.ID, "Importer", "owner", tenancy.Permissions)
	wantFault(t, "a key", w.people.ViewAs(t.Context(), key, identity.Crew), fault.Forbidden, "forbidden")
}
