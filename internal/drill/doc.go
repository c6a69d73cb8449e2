// Package drill lets an attacker in. It runs any SQL as the serving role inside of one organization's transaction,
// as if a request had been made to carry it, and shows that nothing of the other organization comes out, that
// nothing of it changes, and that nothing stays on the connection for the next request.
//
// Owns: the corpus of statements, the generator that combines them, the steps of the attack on the signed context.
// Does not own: the wall and the context (db/migrations), the door (platform/pg). It has no code of its own: only
// tests.
//
// Words: a script is what one request is made to carry; a class is one way of reading or planting. A reading class
// has to find the other organization once the wall is taken off: else it proves nothing.
//
// The short form takes a few tables for each class. `make drill` takes them all, direct and through PgBouncer, with
// both forms of the context.
package drill
