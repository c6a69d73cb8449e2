package shell

import (
	"testing"
	"time"
)

// A date is of no zone: west of Greenwich midnight UTC is still the day before.
func TestADateIsTheSameDayEverywhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Pacific/Honolulu", "America/Chicago", "America/St_Johns", "UTC", "Pacific/Kiritimati"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for hour := range 24 {
			now := time.Date(2026, 11, 30, hour, 59, 0, 0, zone)
			for day, want := range map[int]string{30: "Today", 29: "Yesterday", 28: "Sat, Nov 28"} {
				if got := DateName(time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC), now); got != want {
					t.Errorf("November %d at %s is %q, want %q", day, now, got, want)
				}
			}
		}
	}
}
