// Package console are the pages with which the platform's operators see companies and do something about them, at the apex.
//
// Owns: those pages. Does not own: logging in and support access (operators), what is shown and done (business/console).
//
// Invariants: every page is for operators who are logged in; nothing of a company's customers stands on any; every deed
// is a form, with a reason where the company reads it.
package console
