package halt_test

import (
	"slices"
	"testing"

	"fenceplatform.com/fence/internal/platform/halt"
)

func TestPlacesTellWhoListensAndNobodyElse(t *testing.T) {
	t.Parallel()
	var passed []string
	halt.At(t.Context(), "nobody listens")
	ctx := halt.With(t.Context(), func(place string) { passed = append(passed, place) })
	halt.At(ctx, "one")
	halt.At(ctx, "two")
	if !slices.Equal(passed, []string{"one", "two"}) {
		t.Errorf("told %v", passed)
	}
}

func BenchmarkAPlaceNobodyListensAt(b *testing.B) {
	for b.Loop() {
		halt.At(b.Context(), "nobody listens")
	}
}
