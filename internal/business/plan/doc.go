// Package plan says what a company may do: the catalogue of plans, the entitlements that follow from a
// company's plan and the clock, and the billing periods in which use is counted.
//
// Owns: catalogue (versioned data), Entitle, PeriodAt. All pure.
// Does not own: counting (usage), who pays (billing), the organization's row (tenancy).
//
// Words: a limit is how many of a metric; a feature is a thing a plan has or has not; read-only is a
// state in which everything opens and nothing grows or changes.
//
// Invariants: entitlements are a function of stored facts and the time, so no timer is needed to enforce
// them; a catalogue version is never edited once a company is on it.
package plan
