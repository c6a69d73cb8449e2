package source

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/oldshop"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

func open(t *testing.T, shop *oldshop.Shop) *DB {
	t.Helper()
	db, err := Open(t.Context(), shop.Owner(), "public")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close(t.Context()) })
	return db
}

// Whatever may be asked of the source, PostgreSQL itself refuses to write.
func TestTheSourceCannotBeWritten(t *testing.T) {
	t.Parallel()
	shop := oldshop.Empty(t)
	shop.Exec(t, "CREATE TABLE customers (id int); CREATE SEQUENCE s")
	for _, deed := range []string{"INSERT INTO customers VALUES (1)", "SELECT nextval('s')", "CREATE TABLE x ()", "SET TRANSACTION READ WRITE"} {
		db := open(t, shop)
		_, err := db.tx.Exec(t.Context(), "SELECT 1")
		if err == nil {
			_, err = db.tx.Exec(t.Context(), deed)
		}
		if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != "25006" && e.Code != "25001" {
			t.Errorf("%s: %v, want SQLSTATE 25006 or 25001", deed, err)
		}
	}
}

func TestRowsComeInTheOrderOfTheirKeysFromOneSnapshot(t *testing.T) {
	t.Parallel()
	shop := oldshop.Empty(t)
	shop.Exec(t, `CREATE TABLE "Odd ""name""" ("id" text, v int); INSERT INTO "Odd ""name""" VALUES ('b', 1), ('a', 1), ('a', 2), ('a', 2), (NULL, 9), ('B', 1), ('', 3)`)
	db := open(t, shop)
	shape, err := db.Describe(t.Context(), `Odd "name"`)
	if err != nil || shape.Key != "id" || shape.Unique {
		t.Fatalf("%+v, %v, want the key id, not unique", shape, err)
	}
	shop.Exec(t, `DELETE FROM "Odd ""name"""`)
	var keys, places []string
	twins := 0
	for row, err := range db.Walk(t.Context(), shape, "") {
		if err != nil {
			t.Fatal(err)
		}
		if row.Twin {
			twins++
		}
		keys, places = append(keys, row.Key), append(places, row.Place)
	}
	if len(keys) != 7 || twins != 1 || keys[0] != "B" || keys[1] != "a" || !strings.HasPrefix(keys[2], "a#") || keys[4] != "b" || !strings.HasPrefix(keys[5], "row:") || places[3] != "a" {
		t.Errorf("%d twins among %q at %q", twins, keys, places)
	}
	n := 0
	for row, err := range db.Walk(t.Context(), shape, "a") {
		if err != nil || row.Place <= "a" {
			t.Errorf("behind a comes %q, %v", row.Place, err)
		}
		n++
	}
	if left, err := db.Count(t.Context(), shape, "a"); n != 3 || left != 3 || err != nil {
		t.Errorf("behind a are %d rows, counted %d, %v, want 3", n, left, err)
	}
}

func TestAKeyIsWhatTheDatabaseKeepsUnique(t *testing.T) {
	t.Parallel()
	shop := oldshop.Empty(t)
	shop.Exec(t, `CREATE TABLE a (no int, id int PRIMARY KEY); CREATE TABLE b (id int, code text NOT NULL UNIQUE); CREATE TABLE c (id int UNIQUE);
		CREATE TABLE d (x int, y int, PRIMARY KEY (x, y)); CREATE TABLE e (code text NOT NULL); CREATE UNIQUE INDEX ON e (code) WHERE code > 'x'; CREATE VIEW f AS SELECT * FROM a`)
	db := open(t, shop)
	for table, want := range map[string]Shape{
		"a": {Key: "id", Unique: true}, "b": {Key: "code", Unique: true}, "c": {Key: "id"}, "d": {}, "e": {}, "f": {Key: "id"},
	} {
		got, err := db.Describe(t.Context(), table)
		if err != nil || got.Key != want.Key || got.Unique != want.Unique {
			t.Errorf("%s: key %q, unique %v, %v; want %q, %v", table, got.Key, got.Unique, err, want.Key, want.Unique)
		}
	}
}
