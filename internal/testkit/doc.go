// Package testkit gives tests the real thing: a database of their own in a real PostgreSQL, with two
// organizations in it that have rows in every table.
//
// Owns: the server of a test run (Main), a database per test (NewDatabase), the two organizations (NewWorld),
// the movable clock.
// Does not own: assertions; what any package expects.
//
// A missing server fails a test; nothing is skipped. Tests connect as the serving role (neither owner nor
// superuser), without a context, in a database whose time zone is none that anybody expects.
package testkit
