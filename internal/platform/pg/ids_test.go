package pg_test

import (
	"slices"
	"testing"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/mint"
	"fenceplatform.com/fence/internal/testkit"
)

func TestIDsComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	one, other := id.New(), id.New()
	var got, zero id.ID
	var many []id.ID
	var text string
	var absent, present *id.ID
	err := d.App.Lookup(t.Context(), []any{&got, &zero, &many, &text, &absent, &present},
		`SELECT $1::uuid, $2::uuid, $3::uuid[], $1::uuid::text, $4::uuid, $5::uuid`,
		one, id.Nil, []id.ID{one, other}, (*id.ID)(nil), &other)
	if err != nil {
		t.Fatal(err)
	}
	if got != one || zero != id.Nil || text != one.String() {
		t.Errorf("got %s, %s, %s; want %s, the zero id, its text", got, zero, text, one)
	}
	if want := []id.ID{one, other}; !slices.Equal(many, want) {
		t.Errorf("array: got %s, want %s", many, want)
	}
	if absent != nil || present == nil || *present != other {
		t.Errorf("pointers: got %v and %v, want nil and %s", absent, present, other)
	}
}

func TestAnAbsentIDIsNotTheZeroID(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	var got id.ID
	if err := d.App.Lookup(t.Context(), []any{&got}, `SELECT NULL::uuid`); err == nil {
		t.Errorf("NULL was read as %s, want an error", got)
	}
}

func TestIDsAreSentWithoutGarbage(t *testing.T) {
	d := testkit.NewDatabase(t)
	tenant := mint.Tenant(testkit.A.ID)
	read := func(sql string, args ...any) float64 {
		return testing.AllocsPerRun(50, func() {
			var n int
			if _, err := d.App.Read(t.Context(), tenant, func(r *pg.Reading) { r.Row([]any{&n}, sql, args...) }); err != nil {
				t.Fatal(err)
			}
		})
	}
	without := read(`SELECT 1 WHERE $1::int > 0`, 7)
	with := read(`SELECT 1 WHERE $1::uuid IS NOT NULL`, testkit.A.ID)
	// The id in its interface is one; the way of database/sql took a dozen.
	if with > without+2 {
		t.Errorf("a read with an id allocates %.0f times, with a number %.0f", with, without)
	}
}
