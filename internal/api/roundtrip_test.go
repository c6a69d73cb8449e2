package api

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// trips counts what goes to the server and waits for an answer.
type trips struct{ n atomic.Int64 }

func (c *trips) one(ctx context.Context) context.Context { c.n.Add(1); return ctx }

func (c *trips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return c.one(ctx)
}
func (c *trips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (c *trips) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return c.one(ctx)
}
func (c *trips) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (c *trips) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}
func (c *trips) TracePrepareStart(ctx context.Context, _ *pgx.Conn, _ pgx.TracePrepareStartData) context.Context {
	return c.one(ctx)
}
func (c *trips) TracePrepareEnd(context.Context, *pgx.Conn, pgx.TracePrepareEndData) {}

// TestRoundTrips is the budget of the requests that are made most, over HTTP, with a credential that was looked up
// within the last second.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	counted := &trips{}
	db, err := pg.Open(t.Context(), d.URL("fence_app"), pg.Options{ContextKeys: testkit.ContextKeys, MaxConns: 1, Tracer: counted})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	w := serve(t, d, db)
	token := w.token(t, testkit.A, identity.Owner)
	n := 0
	for _, op := range []struct {
		name, method, path, body string
		want                     int64
	}{
		{"list customers", "GET", "/v1/customers?limit=50", "", 1},
		{"get customer", "GET", "/v1/customers/" + testkit.A.Customer().String(), "", 1},
		{"get organization", "GET", "/v1/organization", "", 0},
		{"list quotes", "GET", "/v1/quotes", "", 1},
		{"create customer", "POST", "/v1/customers", `{"name":"Ana","property":{"street":"1 Elm St","zip":"78701"}}`, 2},
	} {
		least := int64(1 << 62)
		for range 12 { // some prepare, one in 32 sweeps, and the credential is looked up once a second
			n++
			before := counted.n.Load()
			got := w.send(t, request{method: op.method, path: op.path, body: op.body, token: token, header: map[string]string{"Idempotency-Key": fmt.Sprint(n)}})
			if got.status >= 300 {
				t.Fatalf("%s: %d %s", op.name, got.status, got.body)
			}
			least = min(least, counted.n.Load()-before)
		}
		if least != op.want {
			t.Errorf("%s takes %d round trips, want %d", op.name, least, op.want)
		}
	}
}

// BenchmarkRequests sends the requests of the speed goals through the whole chain.
func BenchmarkRequests(b *testing.B) {
	w := setup(b)
	token := w.token(b, testkit.A, identity.Owner)
	for i := range 60 {
		if got := w.as(b, "POST", "/v1/customers", fmt.Sprintf(`{"name":"Customer %d","email":"c%d@example.com"}`, i, i)); got.status != 201 {
			b.Fatal(got.status, got.body)
		}
	}
	handler := w.server.Config.Handler
	for name, path := range map[string]string{"list": "/v1/customers?limit=50", "get": "/v1/customers/" + testkit.A.Customer().String()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, _ := http.NewRequestWithContext(b.Context(), "GET", path, http.NoBody) // the address is fixed
				r.Host = "alpha.fence.localhost:8080"
				r.RequestURI = path
				r.Header.Set("Authorization", "Bearer "+token)
				handler.ServeHTTP(discard{http.Header{}}, r)
			}
		})
	}
}

// discard is a client that reads nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}
