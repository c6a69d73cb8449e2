// Package outbound asks addresses that somebody else chose, and reaches public ones only.
//
// Owns: which addresses are public; a client that looks at the address it has dialed, follows nothing, reads so much
// and waits so long. Does not own: what is asked (openid).
//
// Invariants: what a name stands for is judged after it was looked up, at the connection itself, so that a name cannot
// stand for one address when it is checked and for another when it is used; no proxy, cookie or credential of ours goes
// along; without an answer in time there is none.
package outbound
