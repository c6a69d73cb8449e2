// Package settings is the pages on which a company arranges itself: what it says about itself, people, API
// keys, usage. Price pages stand in their own area.
//
// Owns: these pages and forms. Does not own: the operations (onboarding, identity, usage).
package settings
