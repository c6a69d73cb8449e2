package pg_test

import (
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

func TestCursorComesBack(t *testing.T) {
	at, last := time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC), id.New()
	gotAt, gotLast, err := pg.ReadCursor(pg.Cursor(at, last))
	if err != nil || !gotAt.Equal(at) || *gotLast != last {
		t.Errorf("%v, %v, %v", gotAt, gotLast, err)
	}
	if gotAt, gotLast, err := pg.ReadCursor(""); gotAt != nil || gotLast != nil || err != nil {
		t.Errorf("the beginning is %v, %v, %v", gotAt, gotLast, err)
	}
}

func TestWhatIsNoCursorIsRefused(t *testing.T) {
	some := id.New().String()
	for _, text := range []string{".", "x." + some, "1.x", "-1." + some, "253402300800000000." + some, "99999999999999999999." + some, some} {
		if _, _, err := pg.ReadCursor(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
