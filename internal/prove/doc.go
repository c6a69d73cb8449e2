// Package prove shows that no organization can see, change or name another, with figures.
//
// Owns: the pair of worlds and what is asked of both; the run at once and the chaos of the pool; the short form that
// runs with every test and the long form of `make prove`; the certificate.
// Does not own: how worlds are made (worlds), what is asked (requests), what counts as different (differ), the matrix
// of foreign ids (bola), what is broken on purpose (mutants), the line to the database (wire).
//
// Words: a world is the product on a database of its own. Two worlds differ in B's data alone; whatever A asks must be
// answered alike, byte for byte. A turn is one request with the tasks that it leaves. A mutant is the product with one
// thing taken out that keeps organizations apart; a suite that does not notice is worth nothing.
//
// Only tests import these packages.
package prove
