package crm

import (
	"context"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/postal"
)

// Service is the operations on customers and properties.
type Service struct {
	db   *pg.DB
	zips *postal.Table
}

// New returns the operations. Without a table no ZIP is known, and people type city and state.
func New(db *pg.DB, zips *postal.Table) *Service { return &Service{db: db, zips: zips} }

// write is what all changes have in common: the right, the key that makes a repeat harmless, the plan.
func write[In, Out any](ctx context.Context, s *Service, a tenancy.Actor, operation string, in In, fn func(*pg.OrgTx) (Out, error)) (Out, error) {
	if err := a.Require(tenancy.CustomersWrite); err != nil {
		var none Out
		return none, err
	}
	return tenancy.Once(ctx, s.db, a, operation, in, func(tx *pg.OrgTx) (Out, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			var none Out
			return none, err
		}
		return fn(tx)
	})
}

// CreateCustomer keeps a new customer and, when the input has one, the first property.
func (s *Service) CreateCustomer(ctx context.Context, a tenancy.Actor, in CreateCustomerInput) (Created, error) {
	content, site, err := in.read()
	if err != nil {
		return Created{}, err
	}
	if in.Property != nil {
		if err := underProperty(site.locate(s.zips, a.Org.TimeZone)); err != nil {
			return Created{}, err
		}
	}
	return write(ctx, s, a, "customers.create", in, func(tx *pg.OrgTx) (Created, error) {
		now := tx.Now().UTC()
		f := folder{sample: in.Sample, Customer: Customer{ID: id.New(), Status: Active, CreatedBy: a.ID, CreatedAt: now, UpdatedAt: now, Version: 1}}
		f.Customer.fill(content)
		if in.Property != nil {
			f.Properties = []Property{newProperty(tx, f.Customer.ID, site)}
		}
		f.insert(tx)
		if err := record(tx, a, customerRecord, f.Customer.ID, "created", nil, content); err != nil {
			return Created{}, err
		}
		out := Created{Customer: f.Customer}
		for i := range f.Properties {
			out.Property = &f.Properties[i]
			if err := record(tx, a, propertyRecord, out.Property.ID, "added", nil, site); err != nil {
				return Created{}, err
			}
		}
		return out, nil
	})
}

func underProperty(err error) error {
	var problems fault.Problems
	problems.Under("/property", err)
	return problems.Err()
}

// EditCustomer changes what the input names. When somebody else changed the customer since the version that
// the writer read, nothing is written, the fault is stale and the customer returned is the current one.
func (s *Service) EditCustomer(ctx context.Context, a tenancy.Actor, in EditCustomerInput) (Customer, error) {
	if err := in.Validate(); err != nil {
		return Customer{}, err
	}
	return write(ctx, s, a, "customers.edit", in, func(tx *pg.OrgTx) (Customer, error) {
		f, err := openFolder(tx, in.ID)
		if err != nil {
			return Customer{}, err
		}
		c := &f.Customer
		if c.Version != in.Version {
			return *c, fault.Stale("customer")
		}
		if err := c.changeable(); err != nil {
			return Customer{}, err
		}
		before := c.content()
		after, err := in.apply(before)
		if err != nil {
			return Customer{}, err
		}
		was, is, err := differences(before, after)
		if err != nil || was == nil {
			return *c, err
		}
		c.fill(after)
		f.saveCustomer(tx)
		return *c, record(tx, a, customerRecord, c.ID, "updated", was, is)
	})
}

func (c *Customer) changeable() error {
	if c.Status == Archived {
		return fault.New(fault.Conflict, "customer-archived", "This customer is archived. Restore it to change it.")
	}
	return nil
}

// ArchiveCustomer moves a customer out of sight. It asks for no version, because it overwrites nothing; a
// customer that is archived already stays as it is.
func (s *Service) ArchiveCustomer(ctx context.Context, a tenancy.Actor, customerID id.ID) (Customer, error) {
	return write(ctx, s, a, "customers.archive", customerID, func(tx *pg.OrgTx) (Customer, error) {
		f, err := openFolder(tx, customerID)
		if err != nil || f.Customer.Status == Archived {
			return f.Customer, err
		}
		now := tx.Now().UTC()
		f.Customer.setArchived(&now)
		f.saveCustomer(tx)
		return f.Customer, record(tx, a, customerRecord, customerID, "archived", nil, nil)
	})
}

// RestoreCustomer undoes ArchiveCustomer.
func (s *Service) RestoreCustomer(ctx context.Context, a tenancy.Actor, customerID id.ID) (Customer, error) {
	return write(ctx, s, a, "customers.restore", customerID, func(tx *pg.OrgTx) (Customer, error) {
		f, err := openFolder(tx, customerID)
		if err != nil || f.Customer.Status == Active {
			return f.Customer, err
		}
		f.Customer.setArchived(nil)
		f.saveCustomer(tx)
		return f.Customer, record(tx, a, customerRecord, customerID, "restored", nil, nil)
	})
}
