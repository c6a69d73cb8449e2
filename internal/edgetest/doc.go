// Package edgetest judges the edge of the running product: what it answers to requests that no page of ours
// sends, what every answer carries, and who may come where.
//
// Owns: the tests of docs/security.md that need the whole product as it is served, with and without nginx.
// Does not own: rules that one package can show by itself (beside them), the wall of the database (testkit).
// It has no code of its own: only tests.
package edgetest
