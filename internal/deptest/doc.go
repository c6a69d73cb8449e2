// Package deptest judges the source as a whole: which package may import which, and what every operation and
// every statement of the business has to keep to.
//
// Owns: the import rules with their reasons, the accounting of operations and of SQL.
// Does not own: the wall of the database (testkit), routes (app). It has no code of its own: only tests.
package deptest
