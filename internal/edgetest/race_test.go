//go:build race

package edgetest

// slowed is how many times as long our own code takes under the race detector: 2–20
// (https://go.dev/doc/articles/race_detector, Runtime Overhead); the dearest question here 6.
const slowed = 5
