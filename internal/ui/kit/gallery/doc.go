// Package gallery shows every component of the kit in its states, for looking at and for tests.
//
// Owns: the sample pages. Does not own: the components (kit). It is for development: production does not
// mount its handler, and nothing in it is anybody's data.
package gallery
