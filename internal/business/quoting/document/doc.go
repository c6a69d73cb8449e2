// Package document is the quote on paper: the frozen version, its PDF, the signature under it, and the proof.
//
// Owns: the shape of a frozen version (without any cost or margin: there is no field for one), its canonical
// JSON and hash, the rendering of the quote, the acceptance, the seal and its verification, the last day to
// cancel a sale. Does not own: how prices come about (pricing), what a quote may do next and where bytes
// are stored (quoting), the drawing's symbols (drawing).
//
// Words: a version is frozen at send; an option is one tier of it; an extra is an optional line; an acceptance
// names one option and its extras; the certificate states version, acceptance and sent PDF; the seal
// covers the whole signed file.
//
// # Canonical JSON
//
// A version's hash is the SHA-256 of its canonical JSON: UTF-8, every string in Unicode NFC, then RFC 8785
// (members sorted by name in UTF-16 order, no insignificant whitespace, shortest escapes, ES6 numbers).
// Money is whole cents, days are "2026-03-06", instants RFC 3339. Members that are empty and optional are
// left out, so a new optional member changes no hash of a version that lacks it.
//
// # Signed file
//
// The sent PDF is the signed file's prefix, byte for byte; an incremental update adds the pages that
// signing makes (notices of cancellation with the last day written in, the certificate), the machine-readable
// certificate as attached file certificate.json, and a trailer that carries the seal. The certificate is signed
// by itself, so that a report can tell a changed certificate from changed pages. The seal signs the
// statement, the sent PDF and every byte of the file but the seal's own 128 hexadecimal digits.
//
// Invariants: pure, no clock and no randomness: the same input gives the same bytes. Verify answers without
// a network, never panics, and returns an error for everything that is not exactly the file that was sealed with a
// key the caller trusts.
package document
