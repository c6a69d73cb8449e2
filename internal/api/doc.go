// Package api is the company's data for programs: JSON under /v1 on the company's own host.
//
// Owns: the operations and their documents (one file for each resource), what a request may look like at all,
// the description that openapi.yaml and /docs are made of.
// Does not own: any rule (business), who is calling (caller), which status a fault has (httpx), pages (ui).
//
// Words: an operation is a method and a path; its access says which permission it takes, or why it is open. A
// problem is how a fault is told (RFC 9457); docs/problems.md lists them all.
//
// Invariants: nothing that is not understood is ignored: a member, parameter or content type that an operation
// does not know is refused with a problem that names it, and no answer repeats what was sent; an answer is
// encoded whole before its first byte leaves; the documents of this package are its own, so that a change inside
// cannot change the API unseen. Cookies are never looked at here.
//
//go:generate go run ./describe
package api
