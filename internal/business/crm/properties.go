package crm

import (
	"context"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

func newProperty(tx *pg.OrgTx, customerID id.ID, content propertyContent) Property {
	now := tx.Now().UTC()
	p := Property{ID: id.New(), CustomerID: customerID, CreatedAt: now, UpdatedAt: now, Version: 1}
	p.fill(content)
	return p
}

// AddProperty keeps one more property of a customer.
func (s *Service) AddProperty(ctx context.Context, a tenancy.Actor, in AddPropertyInput) (Property, error) {
	content, err := in.read()
	if err != nil {
		return Property{}, err
	}
	if err := content.locate(s.zips, a.Org.TimeZone); err != nil {
		return Property{}, err
	}
	return write(ctx, s, a, "properties.add", in, func(tx *pg.OrgTx) (Property, error) {
		f, err := openFolder(tx, in.CustomerID)
		if err != nil {
			return Property{}, err
		}
		if err := f.Customer.changeable(); err != nil {
			return Property{}, err
		}
		if len(f.Properties) >= maxProperties {
			return Property{}, fault.New(fault.Conflict, "too-many-properties",
				"One customer can have %d properties. Make another customer for the rest.", maxProperties)
		}
		p := newProperty(tx, in.CustomerID, content)
		f.Properties = append(f.Properties, p)
		insertProperty(tx, &p)
		f.saveSearchText(tx)
		return p, record(tx, a, propertyRecord, p.ID, "added", nil, content)
	})
}

// EditProperty changes what the input names. When somebody else changed the property since the version that
// the writer read, nothing is written, the fault is stale and the property returned is the current one.
func (s *Service) EditProperty(ctx context.Context, a tenancy.Actor, in EditPropertyInput) (Property, error) {
	if err := in.Validate(); err != nil {
		return Property{}, err
	}
	return write(ctx, s, a, "properties.edit", in, func(tx *pg.OrgTx) (Property, error) {
		f, p, err := openFolderOf(tx, in.ID)
		if err != nil {
			return Property{}, err
		}
		if p.Version != in.Version {
			return *p, fault.Stale("property")
		}
		if err := f.changeable(p); err != nil {
			return Property{}, err
		}
		before := p.content()
		after, err := in.apply(before, s.zips, a.Org.TimeZone)
		if err != nil {
			return Property{}, err
		}
		was, is, err := differences(before, after)
		if err != nil || was == nil {
			return *p, err
		}
		p.fill(after)
		f.saveProperty(tx, p)
		return *p, record(tx, a, propertyRecord, p.ID, "updated", was, is)
	})
}

func (f *folder) changeable(p *Property) error {
	if p.ArchivedAt != nil {
		return fault.New(fault.Conflict, "property-archived", "This property is archived. Restore it to change it.")
	}
	return f.Customer.changeable()
}

// ArchiveProperty moves a property out of sight. It asks for no version, because it overwrites nothing; a
// property that is archived already stays as it is.
func (s *Service) ArchiveProperty(ctx context.Context, a tenancy.Actor, propertyID id.ID) (Property, error) {
	return write(ctx, s, a, "properties.archive", propertyID, func(tx *pg.OrgTx) (Property, error) {
		f, p, err := openFolderOf(tx, propertyID)
		if err != nil {
			return Property{}, err
		}
		if p.ArchivedAt != nil {
			return *p, nil
		}
		now := tx.Now().UTC()
		p.ArchivedAt = &now
		f.saveProperty(tx, p)
		return *p, record(tx, a, propertyRecord, p.ID, "archived", nil, nil)
	})
}

// RestoreProperty undoes ArchiveProperty.
func (s *Service) RestoreProperty(ctx context.Context, a tenancy.Actor, propertyID id.ID) (Property, error) {
	return write(ctx, s, a, "properties.restore", propertyID, func(tx *pg.OrgTx) (Property, error) {
		f, p, err := openFolderOf(tx, propertyID)
		if err != nil {
			return Property{}, err
		}
		if p.ArchivedAt == nil {
			return *p, nil
		}
		p.ArchivedAt = nil
		f.saveProperty(tx, p)
		return *p, record(tx, a, propertyRecord, p.ID, "restored", nil, nil)
	})
}
