// Package onboarding makes a company out of a sign-up.
//
// Owns: the sign-up, the company's web address (legal, unreserved, not to be confused with ours), what a new
// company starts with, who is taken for a machine, when a trial was had, how far a company has come (first steps, product events), sample data.
// Does not own: what is seeded (pricing), people (identity), paying (billing).
//
// Invariants: organization, owner and defaults appear together or not at all; an address is taken by
// inserting it, never by asking first; a repeat of the same sign-up leads to the same company;
// no answer tells whose address is known; nobody is shut out for good: what is too much costs work or waiting.
package onboarding
