// Package assets holds what browsers, PDFs and look-ups need and Go does not write itself: bundles, fonts,
// icons, the ZIP table and the lists of weak passwords and disposable domains.
//
// Owns: the embedded result of cmd/assets, its addresses and how it is served.
// Does not own: how it is built (cmd/assets), what it looks like (client/), where it is used (ui/kit, PDFs).
//
// The content is derived from npm packages by lock file and is not committed: in a fresh clone dist is empty,
// everything compiles, Load says what to do, and addresses stay without their hash.
//
// Invariant: a file that is served has its content's hash in its name, so it may be cached for ever.
package assets
