package crm

import (
	"context"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// QueueCustomer reads a customer with other statements of one round trip. No such customer is a NotFound fault.
func QueueCustomer(r *pg.Reading, t pg.Tenant, customerID id.ID, dst *Customer) {
	queueCustomer(r, dst, `SELECT `+customerColumns+` FROM app.customers c WHERE c.org_id = $1 AND c.id = $2`, t.Org(), customerID)
}

// QueueCustomerOf reads the customer of a property with other statements of one round trip.
func QueueCustomerOf(r *pg.Reading, t pg.Tenant, propertyID id.ID, dst *Customer) {
	queueCustomer(r, dst, `SELECT `+customerColumns+` FROM app.customers c
		WHERE c.org_id = $1 AND c.id = (SELECT customer_id FROM app.properties WHERE org_id = $1 AND id = $2)`, t.Org(), propertyID)
}

func queueCustomer(r *pg.Reading, dst *Customer, sql string, args ...any) {
	r.Rows(func(rows pgx.Rows) error {
		if !rows.Next() {
			return noRow(rows)
		}
		return scanCustomer(rows, dst)
	}, sql, args...)
}

// QueueProperty reads a property with other statements of one round trip. No such property is a NotFound fault.
func QueueProperty(r *pg.Reading, t pg.Tenant, propertyID id.ID, dst *Property) {
	r.Row(dst.targets(), `SELECT `+propertyColumns+` FROM app.properties p WHERE p.org_id = $1 AND p.id = $2`, t.Org(), propertyID)
}

func queueProperties(r *pg.Reading, t pg.Tenant, customerID id.ID, dst *[]Property) {
	r.Rows(func(rows pgx.Rows) (err error) {
		*dst, err = scanProperties(rows)
		return err
	}, `SELECT `+propertyColumns+` FROM app.properties p WHERE p.org_id = $1 AND p.customer_id = $2 ORDER BY p.created_at, p.id`,
		t.Org(), customerID)
}

func noRow(rows pgx.Rows) error {
	if err := rows.Err(); err != nil {
		return err
	}
	return pgx.ErrNoRows
}

// FindCustomer reads the customer alone, in one round trip.
func (s *Service) FindCustomer(ctx context.Context, a tenancy.Actor, customerID id.ID) (Customer, error) {
	var c Customer
	if err := a.Require(tenancy.CustomersRead); err != nil {
		return c, err
	}
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) { QueueCustomer(r, a.Tenant(), customerID, &c) })
	return c, err
}

// GetCustomer reads everything that the customer's page shows, in one round trip.
func (s *Service) GetCustomer(ctx context.Context, a tenancy.Actor, customerID id.ID) (Record, error) {
	if err := a.Require(tenancy.CustomersRead); err != nil {
		return Record{}, err
	}
	var rec Record
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		QueueCustomer(r, a.Tenant(), customerID, &rec.Customer)
		queueProperties(r, a.Tenant(), customerID, &rec.Properties)
		audit.QueueTimeline(r, a.Tenant(), customerRecord, customerID, &rec.Timeline)
	})
	if err != nil {
		return Record{}, err
	}
	return rec, nil
}

// GetProperty reads everything that the property's page shows, in one round trip.
func (s *Service) GetProperty(ctx context.Context, a tenancy.Actor, propertyID id.ID) (PropertyRecord, error) {
	if err := a.Require(tenancy.CustomersRead); err != nil {
		return PropertyRecord{}, err
	}
	var rec PropertyRecord
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		QueueProperty(r, a.Tenant(), propertyID, &rec.Property)
		QueueCustomerOf(r, a.Tenant(), propertyID, &rec.Customer)
		audit.QueueTimeline(r, a.Tenant(), propertyRecord, propertyID, &rec.Timeline)
	})
	if err != nil {
		return PropertyRecord{}, err
	}
	return rec, nil
}

// ListProperties reads the properties of a customer, oldest first, archived ones among them. There are few
// enough to need no pages.
func (s *Service) ListProperties(ctx context.Context, a tenancy.Actor, customerID id.ID) ([]Property, error) {
	if err := a.Require(tenancy.CustomersRead); err != nil {
		return nil, err
	}
	var properties []Property
	var found bool
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&found}, `SELECT true FROM app.customers WHERE org_id = $1 AND id = $2`, a.Tenant().Org(), customerID)
		queueProperties(r, a.Tenant(), customerID, &properties)
	})
	if err != nil {
		return nil, err
	}
	return properties, nil
}
