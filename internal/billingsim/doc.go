// Package billingsim lets twenty companies live for two years between the product's billing and the simulated Stripe,
// and looks all along whether what must always hold does. It is made of tests: TestYears is make billing-sim.
//
// Owns: the course of a seed (what people do, what goes wrong on the way, when workers stand), the invariants I1–I10
// (docs/billing.md says what each is), mistakes that are planted to see them found.
// Does not own: Stripe (stripesim), what is done with a webhook (stripehook, billing), what a company may do (plan).
//
// Words: a course is one seed; a company's act is what its owner or somebody at Stripe does; a round is all workers
// reading until nobody is dirty; quiesce, everything told and read, with no trouble on the way; a plant, a mistake on
// purpose.
//
// Invariants: a seed and a plant decide everything, so that a line reproduces what was found: workers take turns, and
// what follows from chance in the product (how long a failure waits) is laid on its longer side.
package billingsim
