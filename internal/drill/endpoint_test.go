package drill

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/mint"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the door warns of every connection that it closes
	os.Exit(testkit.Main(m))
}

var alpha, beta = mint.Tenant(testkit.A.ID), mint.Tenant(testkit.B.ID)

// target is a database and a door to it with one connection, so that what a request leaves behind meets the next.
type target struct {
	data *testkit.Database
	db   *pg.DB

	mu      sync.Mutex
	notices strings.Builder
	server  *httptest.Server
}

// attack opens the door at an address. The endpoint exists in this test only.
func attack(t *testing.T, d *testkit.Database, address string, pooled bool) *target {
	t.Helper()
	v := &target{data: d}
	var err error
	v.db, err = pg.Open(t.Context(), address, pg.Options{MaxConns: 1, ContextKeys: testkit.ContextKeys, Pooled: pooled, OnNotice: v.note})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.db.Close)
	v.server = httptest.NewServer(http.HandlerFunc(v.run))
	t.Cleanup(v.server.Close)
	return v
}

func (v *target) note(n *pgconn.Notice) {
	v.mu.Lock()
	defer v.mu.Unlock()
	fmt.Fprintln(&v.notices, n.Message, n.Detail, n.Hint, n.Where)
}

// run carries out the statements of a request in A's transaction and answers everything that the server said.
func (v *target) run(w http.ResponseWriter, r *http.Request) {
	var script []string
	if err := json.NewDecoder(r.Body).Decode(&script); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var said bytes.Buffer
	err := v.db.InOrg(r.Context(), alpha, func(tx *pg.OrgTx) error {
		for _, sql := range script {
			if err := execute(tx, sql, &said); err != nil {
				return err
			}
		}
		return nil
	})
	tell(&said, err)
	v.mu.Lock()
	said.WriteString(v.notices.String())
	v.notices.Reset()
	v.mu.Unlock()
	_, _ = w.Write(said.Bytes()) // the test reads it, or fails
}

// execute adds the rows of a statement, as bytes.
func execute(tx *pg.OrgTx, sql string, said *bytes.Buffer) error {
	rows, err := tx.Query(sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		for _, value := range rows.RawValues() {
			said.Write(value)
			said.WriteByte('\t')
		}
		said.WriteByte('\n')
	}
	return rows.Err()
}

// tell adds every word of an error.
func tell(said *bytes.Buffer, err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(said, "error:", err)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		fmt.Fprintln(said, e.Code, e.Message, e.Detail, e.Hint, e.Where, e.InternalQuery, e.ConstraintName, e.TableName, e.ColumnName)
	}
}

// inject sends a script and returns what came back.
func (v *target) inject(t *testing.T, script []string) string {
	t.Helper()
	body, err := json.Marshal(script)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(v.server.URL, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var said bytes.Buffer
	if _, err := said.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	return said.String()
}

// leaked tells whether something of B is in what was said. Text search folds words to small letters.
func leaked(said string) bool { return strings.Contains(strings.ToUpper(said), testkit.Sentinel) }
