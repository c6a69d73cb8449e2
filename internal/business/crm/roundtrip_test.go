package crm

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// trips counts what goes to the server and waits for an answer: single statements, batches, preparations.
type trips struct{ n atomic.Int64 }

func (c *trips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}
func (c *trips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (c *trips) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.n.Add(1)
	return ctx
}
func (c *trips) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (c *trips) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}
func (c *trips) TracePrepareStart(ctx context.Context, _ *pgx.Conn, _ pgx.TracePrepareStartData) context.Context {
	c.n.Add(1)
	return ctx
}
func (c *trips) TracePrepareEnd(context.Context, *pgx.Conn, pgx.TracePrepareEndData) {}

// TestRoundTrips is the budget of every operation once its statements are prepared: reads one with their
// context, a creation two (begin and claim of the key; everything else with the commit), changes three.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	counted := &trips{}
	db, err := pg.Open(t.Context(), d.URL("fence_app"), pg.Options{ContextKeys: testkit.ContextKeys, MaxConns: 1, Tracer: counted})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	s := New(db, loadZIPs(t))
	a := owner(t, d, testkit.A)
	ctx := t.Context()
	version, n := 0, 0
	next := func() string { n++; return fmt.Sprint("trip ", n) }
	for _, op := range []struct {
		name string
		want int64
		do   func() error
	}{
		{"list", 1, func() error { _, err := s.ListCustomers(ctx, a, Filter{}); return err }},
		{"list with everything", 1, func() error {
			_, err := s.ListCustomers(ctx, a, Filter{Search: "dana 12", WithTotal: true, WithAddresses: true})
			return err
		}},
		{"find", 1, func() error { _, err := s.FindCustomer(ctx, a, testkit.A.Customer()); return err }},
		{"get", 1, func() error { _, err := s.GetCustomer(ctx, a, testkit.A.Customer()); return err }},
		{"get property", 1, func() error { _, err := s.GetProperty(ctx, a, testkit.A.Property()); return err }},
		{"list properties", 1, func() error { _, err := s.ListProperties(ctx, a, testkit.A.Customer()); return err }},
		{"create", 2, func() error {
			_, err := s.CreateCustomer(ctx, keyed(a, next()), CreateCustomerInput{Name: "Trip", Property: &PropertyInput{Street: "1 X St", ZIP: "78701"}})
			return err
		}},
		{"edit", 3, func() error {
			version++
			_, err := s.EditCustomer(ctx, keyed(a, next()), EditCustomerInput{ID: testkit.A.Customer(), Version: version, Name: ptr(fmt.Sprint("Trip ", version))})
			return err
		}},
		{"add property", 3, func() error {
			_, err := s.AddProperty(ctx, keyed(a, next()), AddPropertyInput{CustomerID: testkit.A.Customer(), PropertyInput: PropertyInput{Street: "1 X St", ZIP: "78701"}})
			return err
		}},
	} {
		// Twice to prepare its statements: one request in 32 has another set of them.
		for range 2 {
			if err := op.do(); err != nil {
				t.Fatalf("%s: %v", op.name, err)
			}
		}
		least := int64(1 << 62)
		for range 3 {
			before := counted.n.Load()
			if err := op.do(); err != nil {
				t.Fatalf("%s: %v", op.name, err)
			}
			least = min(least, counted.n.Load()-before)
		}
		if least != op.want {
			t.Errorf("%s takes %d round trips, want %d", op.name, least, op.want)
		}
	}
}

func BenchmarkListCustomers(b *testing.B) {
	w := setup(b)
	w.plant(b, 500)
	b.ReportAllocs()
	for b.Loop() {
		page, err := w.s.ListCustomers(b.Context(), w.alpha, Filter{})
		if err != nil || len(page.Customers) != 50 {
			b.Fatal(len(page.Customers), err)
		}
	}
}

func BenchmarkFindCustomer(b *testing.B) {
	w := setup(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.s.FindCustomer(b.Context(), w.alpha, testkit.A.Customer()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCreateCustomer(b *testing.B) {
	w := setup(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.s.CreateCustomer(b.Context(), w.alpha, CreateCustomerInput{Name: "Bench", Phone: "512-555-0143"}); err != nil {
			b.Fatal(err)
		}
	}
}
