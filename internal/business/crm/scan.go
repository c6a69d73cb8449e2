package crm

import (
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"fenceplatform.com/fence/internal/platform/id"
)

// Lists and records are read more often than anything else, so their rows are scanned into fixed targets,
// without reflection and with no garbage but the texts themselves.

const customerColumns = `c.id, c.name, c.company, c.email, c.phone, c.notes, c.archived_at, c.created_by, c.created_at, c.updated_at, c.version`

// targets are where the columns of customerColumns go. status is not among them: archived_at implies it.
func (c *Customer) targets() []any {
	return []any{
		(*scannedID)(&c.ID), &c.Name, &c.Company, &c.Email, &c.Phone, &c.Notes, scannedMoment{&c.ArchivedAt},
		(*scannedID)(&c.CreatedBy), (*scannedTime)(&c.CreatedAt), (*scannedTime)(&c.UpdatedAt), &c.Version,
	}
}

// settle derives what the columns imply.
func (c *Customer) settle() { c.setArchived(c.ArchivedAt) }

const propertyColumns = `p.id, p.customer_id, p.street, p.unit, p.city, p.state, p.zip, p.county, p.time_zone, p.gate_code,
	p.has_dog, p.has_pool, p.has_hoa, p.notes, p.archived_at, p.created_at, p.updated_at, p.version`

func (p *Property) targets() []any {
	return []any{
		(*scannedID)(&p.ID), (*scannedID)(&p.CustomerID), &p.Street, &p.Unit, &p.City, &p.State, &p.ZIP, &p.County, &p.TimeZone, &p.GateCode,
		&p.HasDog, &p.HasPool, &p.HasHOA, &p.Notes, scannedMoment{&p.ArchivedAt}, (*scannedTime)(&p.CreatedAt), (*scannedTime)(&p.UpdatedAt), &p.Version,
	}
}

// scanCustomer reads the only row. No row is pgx.ErrNoRows, which leaves a reading as a NotFound fault.
func scanCustomer(row pgx.Row, c *Customer) error {
	err := row.Scan(c.targets()...)
	c.settle()
	return err
}

func scanProperties(rows pgx.Rows) ([]Property, error) {
	properties := []Property{}
	var p Property
	targets := p.targets()
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		properties = append(properties, p)
	}
	return properties, rows.Err()
}

type scannedID id.ID

func (s *scannedID) ScanUUID(v pgtype.UUID) error {
	if !v.Valid {
		return errors.New("an id is NULL")
	}
	*s = v.Bytes
	return nil
}

// scannedTime is a time in UTC: the driver's is in the zone of this process.
type scannedTime time.Time

func (s *scannedTime) ScanTimestamptz(v pgtype.Timestamptz) error {
	if !v.Valid || v.InfinityModifier != pgtype.Finite {
		return errors.New("a time is NULL or infinite")
	}
	*s = scannedTime(v.Time.UTC())
	return nil
}

// scannedMoment is a time that may be absent.
type scannedMoment struct{ at **time.Time }

func (s scannedMoment) ScanTimestamptz(v pgtype.Timestamptz) error {
	*s.at = nil
	if v.Valid {
		at := v.Time.UTC()
		*s.at = &at
	}
	return nil
}
