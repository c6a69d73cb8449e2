// Package migrate brings a database to the version that this binary expects, and proves what it found.
//
// Owns: the roles (Init), the order of migrations (Up, Status), the proof at start (Verify).
// Does not own: the SQL itself (db/), the private server (pg/cluster).
//
// Lifecycle: Init once as superuser; Up as the migrating role at each upgrade, one process at a time by a
// session lock; Verify as the app role at each start. A migration file is immutable once released.
package migrate
