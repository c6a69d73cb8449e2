package crm

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// position is a place in the order of the list: newest first, the id decides between equal times. Records
// that are added later lie before it or after it and never move it.
type position struct {
	createdAt time.Time
	id        id.ID
}

// beginning lies before every customer.
var beginning = position{
	createdAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	id:        id.ID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
}

// filterMark tells lists apart, so that a cursor is refused on another list than its own.
type filterMark [8]byte

func markOf(org id.ID, status Status, patterns []string) filterMark {
	h := sha256.New()
	h.Write(org[:])
	h.Write([]byte(status))
	for _, p := range patterns {
		h.Write([]byte{0})
		h.Write([]byte(p))
	}
	return filterMark(h.Sum(nil)[:8])
}

const cursorSize = 8 + 8 + 16

// cursor is the text form: mark, microseconds, id. It is opaque to whoever gets it, but no secret.
func (p position) cursor(mark filterMark) string {
	b := make([]byte, 0, cursorSize)
	b = append(b, mark[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(p.createdAt.UnixMicro()))
	b = append(b, p.id[:]...)
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(cursor string, mark filterMark) (position, error) {
	if cursor == "" {
		return beginning, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) != cursorSize || !slices.Equal(b[:8], mark[:]) {
		return position{}, fault.InvalidField("/cursor", "This cursor belongs to another list. Begin with the first page.")
	}
	// The year of a timestamp that PostgreSQL takes ends at 294276; ours were made by its clock.
	micros := int64(binary.BigEndian.Uint64(b[8:16]))
	if micros < 0 || micros > beginning.createdAt.UnixMicro() {
		return position{}, fault.InvalidField("/cursor", "This cursor belongs to another list. Begin with the first page.")
	}
	return position{createdAt: time.UnixMicro(micros).UTC(), id: id.ID(b[16:])}, nil
}
