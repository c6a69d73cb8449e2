package oldshop

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/testkit"
)

// Shop is an old database on the tests' server, gone when the test ends.
type Shop struct {
	Name string
	Planted
	conn *pgx.Conn
}

// Empty makes an old database without tables.
func Empty(t testing.TB) *Shop {
	t.Helper()
	return Encoded(t, "UTF8")
}

// Encoded is Empty in an encoding.
func Encoded(t testing.TB, encoding string) *Shop {
	t.Helper()
	s := &Shop{Name: "old_" + strings.ReplaceAll(id.New().String(), "-", "")}
	ctx := context.Background()
	server := connect(t, "postgres")
	defer server.Close(ctx)
	if _, err := server.Exec(ctx, fmt.Sprintf("CREATE DATABASE %s TEMPLATE template0 ENCODING '%s' LC_COLLATE 'C' LC_CTYPE 'C'", s.Name, encoding)); err != nil {
		t.Fatalf("old database: %v", err)
	}
	s.conn = connect(t, s.Name)
	t.Cleanup(func() {
		_ = s.conn.Close(ctx) // the database goes with everything in it
		server := connect(t, "postgres")
		defer server.Close(ctx)
		if _, err := server.Exec(ctx, "DROP DATABASE IF EXISTS "+s.Name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop old database: %v", err)
		}
	})
	return s
}

// New makes an old database of about so many rows.
func New(t testing.TB, rows int, seed uint64) *Shop {
	t.Helper()
	s := Empty(t)
	var err error
	if s.Planted, err = Make(t.Context(), s.conn, rows, seed); err != nil {
		t.Fatal(err)
	}
	return s
}

func connect(t testing.TB, database string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), fmt.Sprintf("host=%s user=%s dbname=%s", testkit.SocketDir(), cluster.Superuser, database))
	if err != nil {
		t.Fatalf("old database: %v", err)
	}
	return conn
}

// URL is the address of the old database for a role.
func (s *Shop) URL(role string) string {
	return "postgres:///" + s.Name + "?" + url.Values{"host": {testkit.SocketDir()}, "user": {role}}.Encode()
}

// Owner is the address for who owns everything there.
func (s *Shop) Owner() string { return s.URL(cluster.Superuser) }

// Exec changes the old database, as its own programs do.
func (s *Shop) Exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := s.conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("old database: %v\n%s", err, sql)
	}
}

// Fingerprint is a hash of every row and of the tables' shapes.
func (s *Shop) Fingerprint(t testing.TB) string {
	t.Helper()
	var prints []string
	for _, table := range []string{"customers", "leads", "appointments", "quotes", "roi_calculations", "pricing_approvals"} {
		var print string
		err := s.conn.QueryRow(t.Context(), fmt.Sprintf("SELECT count(*) || ':' || coalesce(md5(string_agg(md5(r::text || r.ctid::text || r.xmin::text), '' ORDER BY r.ctid)), '') FROM %s r", table)).Scan(&print)
		if err != nil {
			t.Fatal(err)
		}
		prints = append(prints, print)
	}
	return strings.Join(prints, " ")
}
