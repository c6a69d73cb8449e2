// Package pg is the only door to the database.
//
// Owns: the pool of the app role, the tenant's context around every statement (InOrg, Read), the
// translation of driver errors, the narrow handle of the system role.
// Does not own: SQL of the business (beside its function in internal/business), migrations (migrate),
// the private server (cluster).
//
// Words: a Tenant is proof that somebody resolved which organization is acting; only pg/mint makes one.
//
// Invariants: no statement reaches a tenant table outside of InOrg or Read; nothing about the tenant is
// ambient: no global, no context value, no session setting. A connection goes back to the pool idle and
// without a context, or it is closed.
package pg
