package history_test

import (
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/testkit/history"
)

// The last seat of a company: to take it, and to give it back.
var seat = history.Model[bool, string, bool]{Step: func(taken bool, deed string, ok bool) (bool, bool) {
	switch deed {
	case "take":
		return taken || ok, ok == !taken
	case "give":
		return false, taken && ok
	}
	return taken, ok == taken // look
}}

func TestWhatOneDeedAfterTheOtherExplains(t *testing.T) {
	t.Parallel()
	type step struct {
		deed string
		ok   bool
	}
	for what, c := range map[string]struct {
		steps []step
		holds bool
	}{
		"taken once":                 {[]step{{"take", true}, {"take", false}, {"look", true}}, true},
		"taken, given, taken":        {[]step{{"take", true}, {"give", true}, {"take", true}}, true},
		"taken twice":                {[]step{{"take", true}, {"take", true}}, false},
		"refused while it is free":   {[]step{{"take", false}}, false},
		"looked at before it's done": {[]step{{"take", true}, {"look", false}}, false},
	} {
		var h history.History[string, bool]
		for n, s := range c.steps {
			h.Do(n, s.deed, func() bool { return s.ok })
		}
		if seat.Holds(t, &h) != c.holds {
			t.Errorf("%s: holds %v, want %v:\n%s", what, !c.holds, c.holds, &h)
		}
		if n := strings.Count(h.String(), "\n"); n != h.Len() || n != len(c.steps) {
			t.Errorf("%s: %d lines of %d deeds", what, n, h.Len())
		}
	}
}

// What happens at the same time may have happened in either order.
func TestWhatOverlapsMayBeInEitherOrder(t *testing.T) {
	t.Parallel()
	var h history.History[string, bool]
	h.Do(1, "take", func() bool {
		h.Do(2, "look", func() bool { return false }) // before it is taken
		h.Do(3, "look", func() bool { return true })  // after
		return true
	})
	seat.Judge(t, &h)
	h.Do(3, "look", func() bool { return false })
	if seat.Holds(t, &h) {
		t.Errorf("a look that came too late is explained:\n%s", &h)
	}
}

func TestTogetherDoesAllOfIt(t *testing.T) {
	t.Parallel()
	var h history.History[string, bool]
	history.Together(4, 5, func(client, _ int) { h.Do(client, "take", func() bool { return false }) })
	if h.Len() != 20 {
		t.Errorf("%d deeds, want 20", h.Len())
	}
}
