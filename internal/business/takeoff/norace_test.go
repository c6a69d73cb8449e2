//go:build !race

package takeoff

import "time"

// soon is how quickly the largest layouts must be answered.
const soon = time.Second
