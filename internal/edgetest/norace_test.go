//go:build !race

package edgetest

const slowed = 1
