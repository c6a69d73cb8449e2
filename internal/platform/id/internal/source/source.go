// Package source is where ids come from. It is internal to id so that only id/dealt can change it.
package source

import "github.com/google/uuid"

// New makes the next id: time-ordered, the rest by chance. It panics only when the system's random source is broken.
var New = func() uuid.UUID { return uuid.Must(uuid.NewV7()) }
