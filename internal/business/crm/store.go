package crm

import (
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// maxProperties keeps a folder small enough to be read, locked and searched as one.
const maxProperties = 500

// folder is a customer with all of its properties, held by the lock on the customer's row.
type folder struct {
	Customer   Customer
	Properties []Property

	searched string // search text as it is stored
	sample   bool   // of a new one
}

const lockSQL = `SELECT ` + customerColumns + `, c.search_text FROM app.customers c WHERE c.org_id = $1 AND c.id = `

// openFolder takes the folder of a customer: nobody else changes it until the transaction ends. The lock lets
// rows that refer to the customer be inserted meanwhile.
func openFolder(tx *pg.OrgTx, customerID id.ID) (*folder, error) {
	return lockFolder(tx, `$2`, customerID)
}

// openFolderOf takes the folder that a property is in, and finds the property in it.
func openFolderOf(tx *pg.OrgTx, propertyID id.ID) (*folder, *Property, error) {
	f, err := lockFolder(tx, `(SELECT customer_id FROM app.properties WHERE org_id = $1 AND id = $2)`, propertyID)
	if err != nil {
		return nil, nil, err
	}
	for i := range f.Properties {
		if f.Properties[i].ID == propertyID {
			return f, &f.Properties[i], nil
		}
	}
	return nil, nil, fault.Missing()
}

// lockFolder reads the properties in a statement of their own behind the lock: it sees what the transaction
// that held the lock before has written, which the locking statement itself does not.
func lockFolder(tx *pg.OrgTx, customer string, key id.ID) (*folder, error) {
	f := &folder{}
	err := tx.Together(func(b *pgx.Batch) {
		b.Queue(lockSQL+customer+` FOR NO KEY UPDATE OF c`, tx.Tenant().Org(), key).QueryRow(func(row pgx.Row) error {
			err := row.Scan(append(f.Customer.targets(), &f.searched)...)
			f.Customer.settle()
			return err
		})
		b.Queue(`SELECT `+propertyColumns+` FROM app.properties p WHERE p.org_id = $1 AND p.customer_id = `+customer+`
			ORDER BY p.created_at, p.id`, tx.Tenant().Org(), key).Query(func(rows pgx.Rows) (err error) {
			f.Properties, err = scanProperties(rows)
			return err
		})
	})
	return f, err
}

// insert writes a new customer with its properties, with the commit: nothing has to be asked first.
func (f *folder) insert(tx *pg.OrgTx) {
	c := &f.Customer
	tx.AtCommit(pg.Plain, `INSERT INTO app.customers (org_id, id, name, company, email, phone, notes, created_by, created_at, updated_at, search_text, is_sample)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)`,
		tx.Tenant().Org(), c.ID, c.Name, c.Company, c.Email, c.Phone, c.Notes, c.CreatedBy, c.CreatedAt, f.searchText(), f.sample)
	for i := range f.Properties {
		insertProperty(tx, &f.Properties[i])
	}
}

func insertProperty(tx *pg.OrgTx, p *Property) {
	tx.AtCommit(pg.Plain, `INSERT INTO app.properties (org_id, id, customer_id, street, unit, city, state, zip, county, time_zone,
			gate_code, has_dog, has_pool, has_hoa, notes, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)`,
		tx.Tenant().Org(), p.ID, p.CustomerID, p.Street, p.Unit, p.City, p.State, p.ZIP, p.County, p.TimeZone,
		p.GateCode, p.HasDog, p.HasPool, p.HasHOA, p.Notes, p.CreatedAt)
}

// saveCustomer writes the customer's next version with the commit.
func (f *folder) saveCustomer(tx *pg.OrgTx) {
	c := &f.Customer
	c.Version++
	c.UpdatedAt = tx.Now().UTC()
	tx.AtCommit(pg.Plain, `UPDATE app.customers SET name = $3, company = $4, email = $5, phone = $6, notes = $7, status = $8,
			archived_at = $9, updated_at = $10, version = $11, search_text = $12
		WHERE org_id = $1 AND id = $2`,
		tx.Tenant().Org(), c.ID, c.Name, c.Company, c.Email, c.Phone, c.Notes, string(c.Status),
		c.ArchivedAt, c.UpdatedAt, c.Version, f.searchText())
}

// saveProperty writes the property's next version with the commit. The customer's version stays: nobody who
// edits the customer meanwhile is disturbed.
func (f *folder) saveProperty(tx *pg.OrgTx, p *Property) {
	p.Version++
	p.UpdatedAt = tx.Now().UTC()
	tx.AtCommit(pg.Plain, `UPDATE app.properties SET street = $3, unit = $4, city = $5, state = $6, zip = $7, county = $8,
			time_zone = $9, gate_code = $10, has_dog = $11, has_pool = $12, has_hoa = $13, notes = $14, archived_at = $15,
			updated_at = $16, version = $17
		WHERE org_id = $1 AND id = $2`,
		tx.Tenant().Org(), p.ID, p.Street, p.Unit, p.City, p.State, p.ZIP, p.County,
		p.TimeZone, p.GateCode, p.HasDog, p.HasPool, p.HasHOA, p.Notes, p.ArchivedAt, p.UpdatedAt, p.Version)
	f.saveSearchText(tx)
}

func (f *folder) saveSearchText(tx *pg.OrgTx) {
	if text := f.searchText(); text != f.searched {
		tx.AtCommit(pg.Plain, `UPDATE app.customers SET search_text = $3 WHERE org_id = $1 AND id = $2`,
			tx.Tenant().Org(), f.Customer.ID, text)
	}
}
