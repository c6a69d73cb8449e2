// Package httpx is what every request passes through, whatever answers it.
//
// Owns: the chain around handlers (request id, recovery, access log, security headers, limits, cross-origin
// protection), the one table from fault to HTTP, problem documents.
// Does not own: who is calling (caller), pages (ui), resources (api).
//
// Invariants: a fault becomes a status here and nowhere else; what is not a fault is told as "internal" and
// logged once, with the request's number; nothing of an internal error reaches a client.
package httpx
