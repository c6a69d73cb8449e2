package tenancy

import (
	"slices"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// Reach is how far a permission goes: to which records.
type Reach uint8

// From nothing to everything. Until there are crews, a team is the person alone.
const (
	None Reach = iota
	Own        // what the person made
	Team       // what somebody of the person's team made
	All
)

// String is the reach as it stands in tables.
func (r Reach) String() string {
	return [...]string{"-", "own", "team", "all"}[r]
}

// Reaching narrows permissions to what they reach. A permission that the actor does not have stays absent.
func (a Actor) Reaching(reach map[Permission]Reach) Actor {
	a.reach = reach
	return a
}

// Within leaves the actor the permissions that are also among p, as far as they reached: nothing is ever added.
func (a Actor) Within(p []Permission) Actor {
	var left []Permission
	for _, have := range a.allowed {
		if slices.Contains(p, have) {
			left = append(left, have)
		}
	}
	a.allowed = left
	return a
}

// Reach tells how far the actor's permission goes.
func (a Actor) Reach(p Permission) Reach {
	if !a.May(p) {
		return None
	}
	if r, narrowed := a.reach[p]; narrowed {
		return r
	}
	return All
}

// Reaches tells whether the actor's permission goes as far as a record that maker made.
func (a Actor) Reaches(p Permission, maker id.ID) bool {
	switch a.Reach(p) {
	case All:
		return true
	case Own, Team:
		return maker != id.Nil && (maker == a.UserID || maker == a.ID)
	}
	return false
}

// RequireReach refuses an actor whose permission does not go as far as a noun that maker, called name, made.
func (a Actor) RequireReach(p Permission, noun string, maker id.ID, name string) error {
	if err := a.Require(p); err != nil {
		return err
	}
	if a.Reaches(p, maker) {
		return nil
	}
	return fault.New(fault.Forbidden, "not-yours", "This %s is %s's. Your role (%s) changes its own only. %s or the office can.", noun, name, a.Role, name).
		With("permission", string(p)).With("reach", a.Reach(p).String())
}

// RequireOwnRights refuses changes by support that was let in to read, and while somebody looks through another
// role's rights: what they did would be theirs under a name that is not.
func (a Actor) RequireOwnRights() error {
	if a.Kind == Support && !a.Support.Writes {
		return errSupportReads()
	}
	if a.ViewsAs == "" {
		return nil
	}
	return fault.New(fault.Forbidden, "viewing-as", "You are looking at your company with another role's rights. End it to change something.").
		With("views_as", a.ViewsAs)
}
