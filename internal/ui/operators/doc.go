// Package operators are the pages of the platform's own operators: at the apex logging in and asking companies for
// access, on a company's host going in and leaving.
//
// Owns: those pages. Does not own: accounts (operator), access (support), the owner's side of it (settings).
//
// Invariant: nothing of a company stands on these pages of the apex but its name and address.
package operators
