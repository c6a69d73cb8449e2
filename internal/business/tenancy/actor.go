package tenancy

import (
	"net/netip"
	"slices"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// ActorKind says what sort of credential stands behind a request.
type ActorKind string

const (
	// Person signed in, in a browser or for a token.
	Person ActorKind = "person"
	// Key is a program with an API key; it has the rights of the person who made it.
	Key ActorKind = "api_key"
	// Homeowner holds the secret link of one quote.
	Homeowner ActorKind = "homeowner"
	// Visitor is on a company's pages without having proved anything.
	Visitor ActorKind = "visitor"
	// Support is an operator of the platform whom the owner let in.
	Support ActorKind = "support"
	// Platform is the product itself, in a task.
	Platform ActorKind = "platform"
)

// Request is what is known of the request that an actor makes.
type Request struct {
	ID             string
	IP             string
	UserAgent      string
	IdempotencyKey string // empty: the operation is not remembered
}

// Network is where the request comes from: an IPv4 address, or the network that one IPv6 customer is given.
func (r Request) Network() string {
	a, err := netip.ParseAddr(r.IP)
	if err != nil {
		return r.IP
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	network, _ := a.Prefix(64) // 64 bits fit
	return network.String()
}

// Actor is who acts, in the name of which organization, with which rights.
type Actor struct {
	Kind      ActorKind
	ID        id.ID // the person, key or link; Nil for the platform and visitors
	UserID    id.ID // the person; the one whose rights a key has, or who let support in; Nil for all others
	Name      string
	Behalf    string // who it is done for, when that is another: the person whose key this is, or who let support in
	Role      string
	ViewsAs   string // the role whose rights an owner looks through; such an actor changes nothing
	SessionID id.ID
	Support   SupportAccess // of an operator who was let in
	Org       Organization
	Request   Request

	tenant  pg.Tenant
	allowed []Permission
	reach   map[Permission]Reach // of what does not reach everything
}

// Tenant opens the organization's rows.
func (a Actor) Tenant() pg.Tenant { return a.tenant }

// WithRequest returns the actor making the given request.
func (a Actor) WithRequest(r Request) Actor {
	a.Request = r
	return a
}

// As returns an actor of the same organization who proved to be somebody.
func (a Actor) As(kind ActorKind, who id.ID, name, role string, allowed []Permission) Actor {
	a.Kind, a.ID, a.UserID, a.Name, a.Role, a.allowed, a.reach = kind, who, id.Nil, name, role, allowed, nil
	a.Support, a.tenant = SupportAccess{}, a.tenant.For(who)
	if kind == Person {
		a.UserID = who
	}
	return a
}

// May tells whether the actor has the permission.
func (a Actor) May(p Permission) bool { return slices.Contains(a.allowed, p) }

// Require refuses an actor without the permission.
func (a Actor) Require(p Permission) error {
	if a.May(p) {
		return nil
	}
	if a.Kind == Visitor || a.Kind == Homeowner {
		return fault.New(fault.Unauthenticated, "unauthenticated", "Log in to do this.")
	}
	if a.Kind == Support {
		return a.refuseSupport(p)
	}
	return fault.New(fault.Forbidden, "forbidden", "Your role (%s) may not do this. The owner can change your role.", a.Role).
		With("permission", string(p))
}

// Entitlements are what the actor's organization may do at now.
func (a Actor) Entitlements(now time.Time) plan.Entitlements {
	return plan.Derive(a.Org.PlanFacts(), now)
}

// RequireWritable refuses changes while the plan or the way the actor came does not allow them.
func (a Actor) RequireWritable(now time.Time) error {
	if err := a.RequireOwnRights(); err != nil {
		return err
	}
	return a.RequirePlan(now)
}

// RequireFeature refuses what the organization's plan does not have.
func (a Actor) RequireFeature(f plan.Feature, now time.Time) error {
	if a.Entitlements(now).Has(f) {
		return nil
	}
	least := plan.LeastWith(f)
	return fault.New(fault.Forbidden, "feature-not-in-plan", "Your plan does not have this. %s does.", least.Name).
		With("feature", string(f)).With("min_plan", string(least.Key))
}

// Of is a visitor of a resolved organization: what somebody is before they prove who they are.
func Of(t pg.Tenant, org Organization) Actor {
	return Actor{Kind: Visitor, Name: "Visitor", Org: org, tenant: t}
}
