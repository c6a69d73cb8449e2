// Package app puts the parts together, starts them in order and stops them in the other.
//
// Owns: the composition of a serving process, its listeners, its readiness, its end.
// Does not own: any rule; settings (config).
//
// Lifecycle: New opens what is needed and refuses when the database is not as expected; Run serves until its
// context ends, then turns not ready, lets requests finish, stops workers, and closes the database last.
package app
