package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// statement is one that the product sent, with what it sent for $1, $2, …
type statement struct {
	sql  string
	args []any
}

// trip is what went to the server together: one pipeline, one round trip.
type trip []statement

// recorder notes what goes to the server.
type recorder struct{ trips []trip }

func (r *recorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	r.trips = append(r.trips, trip{{d.SQL, d.Args}})
	return ctx
}
func (r *recorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (r *recorder) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	var t trip
	for _, q := range d.Batch.QueuedQueries {
		t = append(t, statement{q.SQL, q.Arguments})
	}
	r.trips = append(r.trips, t)
	return ctx
}
func (r *recorder) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (r *recorder) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

// recording is what the product sent for one operation of each kind.
type recording struct {
	list, get, create []trip

	// The parts that change with every transaction.
	org, customer, created id.ID
	key                    string
}

// The customer that is created.
const (
	newName    = "Dana Ruiz"
	newCompany = "Ruiz Property Management"
	newEmail   = "dana@ruiz.example"
	newPhone   = "512-555-0143"
	newNotes   = "Call after six."
)

// record carries out each operation and notes its statements. Nothing is copied by hand, so what pgbench sends
// cannot fall behind what the product sends.
func record(ctx context.Context, db *database) (recording, error) {
	r := &recorder{}
	app, err := pg.Open(ctx, db.url("fence_app"), pg.Options{MaxConns: 1, Tracer: r, ContextKeys: keys})
	if err != nil {
		return recording{}, err
	}
	defer app.Close()
	place, err := tenancy.NewHosts(app, baseHost).Find(ctx, slug(first))
	if err != nil {
		return recording{}, err
	}
	signed, err := identity.NewService(app, nil, nil, nil).Authenticate(ctx, place.Tenant, tokens[0])
	if err != nil {
		return recording{}, err
	}
	got := recording{org: orgID(first), customer: customerID(first, first), key: commonKey()}
	customers := crm.New(app, nil)
	actor := signed.Actor.WithRequest(tenancy.Request{ID: "benchmarks", IP: "127.0.0.1", IdempotencyKey: got.key})
	r.trips = nil
	page, err := customers.ListCustomers(ctx, actor, crm.Filter{})
	if err != nil || len(page.Customers) != 50 {
		return got, fmt.Errorf("list of %d customers, want 50: %w", len(page.Customers), err)
	}
	got.list, r.trips = r.trips, nil
	if _, err := customers.FindCustomer(ctx, actor, got.customer); err != nil {
		return got, err
	}
	got.get, r.trips = r.trips, nil
	made, err := customers.CreateCustomer(ctx, actor, crm.CreateCustomerInput{
		Name: newName, Company: newCompany, Email: newEmail, Phone: newPhone, Notes: newNotes,
	})
	got.create, got.created = r.trips, made.Customer.ID
	return got, errors.Join(err, got.check())
}

func (r recording) check() error {
	if len(r.list) == 0 || len(r.get) == 0 || len(r.create) == 0 {
		return errors.New("an operation sent no statement")
	}
	return nil
}

// commonKey is an idempotency key of the common kind: one key in 32 also sweeps old keys.
func commonKey() string {
	for n := 0; ; n++ {
		key := fmt.Sprint("benchmark ", n)
		if sum := sha256.Sum256([]byte(key)); sum[0] >= 8 {
			return key
		}
	}
}
