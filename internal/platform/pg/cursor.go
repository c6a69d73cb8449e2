package pg

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// Cursor says where a page of a list by time ended.
func Cursor(at time.Time, last id.ID) string { return fmt.Sprintf("%d.%s", at.UnixMicro(), last) }

// lastMicro is the last microsecond of the year 9999, behind which PostgreSQL is not asked.
const lastMicro = 253402300799999999

// ReadCursor reads it; none is the beginning.
func ReadCursor(text string) (*time.Time, *id.ID, error) {
	if text == "" {
		return nil, nil, nil
	}
	micros, rest, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(micros, 10, 64)
	last, wrong := id.Parse(rest)
	if err != nil || wrong != nil || n < 0 || n > lastMicro {
		return nil, nil, fault.InvalidField("/after", "This is not a cursor of this list.")
	}
	at := time.UnixMicro(n)
	return &at, &last, nil
}
