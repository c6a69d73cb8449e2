// Command assets builds what internal/ui/assets embeds, from client/ and from npm packages by lock file.
//
// Owns: npm ci when node_modules is older than the lock, the bundles, icon subset, ZIP table, list of weak
// passwords, hashed names, compression, NOTICE.
// Does not own: what pages look like (client/, internal/ui), serving (internal/ui/assets).
//
// A run whose inputs have not changed does nothing. Nothing is loaded from outside but by npm's lock file.
//
//	assets          build what changed
//	assets -check   only tell whether NOTICE names what the bundles contain
package main
