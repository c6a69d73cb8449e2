// Package tenancy says whose request it is: the organization, and the Actor who acts in its name.
//
// Owns: Organization and its settings, host → organization, the Actor with its permissions, the names of
// all permissions, idempotent operations (Once), human numbers.
// Does not own: people and how they prove who they are (identity), which role may do what (identity),
// what plans contain (plan).
//
// Invariants: only the host names the organization; a Tenant is minted here and nowhere else in the
// product; an Actor belongs to exactly one organization; what is not the actor's looks like what does not
// exist.
package tenancy
