// Package shell is what every area of pages is built with: routes that name their permission, handlers that
// return errors, the frame with navigation around a page, refusals.
//
// Owns: Route and Area, rendering through a buffer, the navigation by permission, strips, form values.
// Does not own: components (kit), the pages themselves (one package per area), status codes (httpx).
//
// Invariants: a page is written to the client only when it was rendered whole; a route says which permission
// it takes, or that it is open, and why it is open.
package shell
