// Command bench measures how fast the product is, beside PostgreSQL alone doing the same: `make bench`.
//
// Owns: a private database with its own load, a server process of the product, the client that drives it, the
// table that is printed. Does not own: judging the figures (docs/decisions).
//
// What is compared: requests a second over HTTP against transactions a second of pgbench that sends the very
// statements which the product sends for such a request, recorded from it, in the same pipelines, prepared, from
// as many clients, in the same minutes on the same machine. Rounds of both alternate; medians are printed.
// Generator, server and database share the processors.
package main
