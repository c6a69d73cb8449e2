// Package lintdb looks through the catalogue of a database for what a tenant's rows could leak by.
//
// Owns: the rules (name, what must hold, why, the query that finds a breach), the text of the wall's template,
// the written exceptions, the floor of PostgreSQL's version.
// Does not own: when to look and what follows (migrate at start and after migrations, cli for `fence lint-db`).
//
// Words: a rule holds, or has findings; an exception is a finding that was looked at and written down.
//
// Invariants: a rule only reads the catalogue, as any role may, so the serving role itself can ask; every rule
// has a mutant in the tests, a statement that breaks what the rule guards and that the rule then finds; every
// exception is in use. docs/lint-db.md is made of this table.
package lintdb
