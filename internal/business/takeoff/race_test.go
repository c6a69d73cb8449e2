//go:build race

package takeoff

import "time"

// soon is what "under a second" is with the race detector, which slows everything some ten times.
const soon = 10 * time.Second
