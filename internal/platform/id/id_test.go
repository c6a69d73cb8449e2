package id

import "testing"

func TestDerivedIDsFollowFromTheirParts(t *testing.T) {
	t.Parallel()
	space := New()
	one := Derive(space, "customers", "17")
	if again := Derive(space, "customers", "17"); again != one {
		t.Errorf("the same parts gave %s and %s", one, again)
	}
	if one.Version() != 8 {
		t.Errorf("%s has version %d, want 8", one, one.Version())
	}
	for _, other := range []ID{Derive(New(), "customers", "17"), Derive(space, "leads", "17"), Derive(space, "customers1", "7"), Derive(space, "customers", "1", "7")} {
		if other == one {
			t.Errorf("other parts gave %s again", one)
		}
	}
}
