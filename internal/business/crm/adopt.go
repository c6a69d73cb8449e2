package crm

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// AdoptedCustomer is a customer who comes from another database. Its JSON is what is written, and what is compared
// afterwards.
type AdoptedCustomer struct {
	ID         id.ID          `json:"id" db:"id"`
	Name       string         `json:"name" db:"name"`
	Company    string         `json:"company" db:"company"`
	Email      string         `json:"email" db:"email"`
	Phone      string         `json:"phone" db:"phone"`
	Notes      string         `json:"notes" db:"notes"`
	ArchivedAt *time.Time     `json:"archived_at" db:"archived_at"`
	CreatedAt  time.Time      `json:"created_at" db:"created_at"`
	UpdatedAt  time.Time      `json:"updated_at" db:"updated_at"`
	SearchText string         `json:"search_text" db:"search_text"`
	Extra      jsontext.Value `json:"extra" db:"extra"` // what the other database had and we have no column for
	Version    int            `json:"-" db:"version"`   // above 1: people changed it here
}

// AdoptedProperty is the property that an adopted customer's address made.
type AdoptedProperty struct {
	ID         id.ID     `json:"id" db:"id"`
	CustomerID id.ID     `json:"customer_id" db:"customer_id"`
	Street     string    `json:"street" db:"street"`
	Unit       string    `json:"unit" db:"unit"`
	City       string    `json:"city" db:"city"`
	State      string    `json:"state" db:"state"`
	ZIP        string    `json:"zip" db:"zip"`
	County     string    `json:"county" db:"county"`
	TimeZone   string    `json:"time_zone" db:"time_zone"`
	CreatedAt  time.Time `json:"created_at" db:"created_at"`
	Version    int       `json:"-" db:"version"`
}

// ReadForeign reads a customer of another database by the rules of our forms, as far as they let it: what they
// refuse stays empty, and is told. A property that they refuse in any part is none at all.
func (s *Service) ReadForeign(in CreateCustomerInput, homeZone string) (AdoptedCustomer, *AdoptedProperty, []fault.Field) {
	var r reader
	c := AdoptedCustomer{
		Name:    r.line("/name", "name", in.Name, maxName),
		Company: r.line("/company", "company", in.Company, maxCompany),
		Email:   r.email("/email", in.Email),
		Phone:   r.phone("/phone", in.Phone),
		Notes:   r.paragraphs("/notes", "notes", in.Notes, maxNotes),
	}
	f := folder{Customer: Customer{Name: c.Name, Company: c.Company, Email: c.Email, Phone: c.Phone}}
	var p *AdoptedProperty
	if in.Property != nil {
		site, err := in.Property.read()
		if err == nil {
			err = site.locate(s.zips, homeZone)
		}
		if err != nil {
			r.problems.Under("/property", err)
		} else {
			f.Properties = []Property{{Street: site.Street, Unit: site.Unit, City: site.City, State: site.State, ZIP: site.ZIP}}
			p = &AdoptedProperty{Street: site.Street, Unit: site.Unit, City: site.City, State: site.State, ZIP: site.ZIP, County: site.County, TimeZone: site.TimeZone}
		}
	}
	c.SearchText = f.searchText()
	if err := r.problems.Err(); err != nil {
		return c, p, fault.As(err).Fields
	}
	return c, p, nil
}

// Adopt writes customers and properties that are not there yet, and returns how many it wrote. They count against
// no limit, and the log has one entry for all of them, which adoption writes. Nobody made them: the platform did.
func Adopt(tx *pg.OrgTx, adoption id.ID, customers []AdoptedCustomer, properties []AdoptedProperty) (written int64, err error) {
	if len(customers) == 0 {
		return 0, nil
	}
	all, err := json.Marshal(customers)
	if err != nil {
		return 0, err
	}
	places, err := json.Marshal(properties)
	if err != nil {
		return 0, err
	}
	err = tx.Together(func(b *pgx.Batch) {
		b.Queue(`INSERT INTO app.customers (org_id, id, name, company, email, phone, notes, status, archived_at, created_by, created_at, updated_at, search_text, extra, adoption_id)
			SELECT $1, r.id, r.name, r.company, r.email, r.phone, r.notes, CASE WHEN r.archived_at IS NULL THEN 'active' ELSE 'archived' END, r.archived_at,
				$3, r.created_at, r.updated_at, r.search_text, r.extra, $2
			FROM json_to_recordset($4::json) AS r(id uuid, name text, company text, email text, phone text, notes text, archived_at timestamptz,
				created_at timestamptz, updated_at timestamptz, search_text text, extra jsonb)
			ON CONFLICT (org_id, id) DO NOTHING`, tx.Tenant().Org(), adoption, id.Nil, string(all)).Exec(counting(&written))
		var ignored int64
		b.Queue(`INSERT INTO app.properties (org_id, id, customer_id, street, unit, city, state, zip, county, time_zone, created_at, updated_at, adoption_id)
			SELECT $1, r.id, r.customer_id, r.street, r.unit, r.city, r.state, r.zip, r.county, r.time_zone, r.created_at, r.created_at, $2
			FROM json_to_recordset($3::json) AS r(id uuid, customer_id uuid, street text, unit text, city text, state text, zip text, county text,
				time_zone text, created_at timestamptz)
			ON CONFLICT (org_id, id) DO NOTHING`, tx.Tenant().Org(), adoption, string(places)).Exec(counting(&ignored))
	})
	return written, err
}

func counting(n *int64) func(pgconn.CommandTag) error {
	return func(tag pgconn.CommandTag) error {
		*n += tag.RowsAffected()
		return nil
	}
}

// QueueAdopted reads adopted customers behind an id in the order of ids, and QueueAdoptedProperties properties.
func QueueAdopted(r *pg.Reading, t pg.Tenant, adoption, after id.ID, limit int, dst *[]AdoptedCustomer) {
	pg.All(r, dst, `SELECT id, name, company, email, phone, notes, archived_at, created_at, updated_at, search_text, extra, version FROM app.customers
		WHERE org_id = $1 AND adoption_id = $2 AND id > $3 ORDER BY id LIMIT $4`, t.Org(), adoption, after, limit)
}

// QueueAdoptedProperties reads adopted properties behind an id in the order of ids.
func QueueAdoptedProperties(r *pg.Reading, t pg.Tenant, adoption, after id.ID, limit int, dst *[]AdoptedProperty) {
	pg.All(r, dst, `SELECT id, customer_id, street, unit, city, state, zip, county, time_zone, created_at, version FROM app.properties
		WHERE org_id = $1 AND adoption_id = $2 AND id > $3 ORDER BY id LIMIT $4`, t.Org(), adoption, after, limit)
}

// AdoptedPlace is an adopted customer with the time zone of the property that came along, or none.
type AdoptedPlace struct {
	ID       id.ID
	TimeZone string
}

// QueueAdoptedPlaces reads adopted customers behind an id in the order of ids, as what other rows refer to.
func QueueAdoptedPlaces(r *pg.Reading, t pg.Tenant, adoption, after id.ID, limit int, dst *[]AdoptedPlace) {
	pg.All(r, dst, `SELECT c.id, coalesce((SELECT p.time_zone FROM app.properties p WHERE p.org_id = $1 AND p.customer_id = c.id AND p.adoption_id = $2 LIMIT 1), '') AS time_zone
		FROM app.customers c WHERE c.org_id = $1 AND c.adoption_id = $2 AND c.id > $3 ORDER BY c.id LIMIT $4`, t.Org(), adoption, after, limit)
}
