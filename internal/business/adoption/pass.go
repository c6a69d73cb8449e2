package adoption

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/adoption/source"
	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
)

// Outcome is what becomes of a row.
type Outcome string

// The outcomes.
const (
	Taken   Outcome = "taken"
	Changed Outcome = "changed"
	Skipped Outcome = "skipped"
)

// pass reads the source once, table by table. What it judges follows from the source and from what it took before,
// and from nothing else: the dry run, the run, and the comparison judge alike.
type pass struct {
	db       *source.DB
	tables   []*mapped
	org      tenancy.Organization
	crm      *crm.Service
	adoption id.ID
	began    time.Time // when the adoption was first begun: stands for times that the source does not tell
	home     *time.Location
	server   *time.Location

	customers     map[id.ID]string // with the time zone of the property, if there is one
	leads, quotes map[id.ID]bool
}

func newPass(db *source.DB, tables []*mapped, org tenancy.Organization, rules *crm.Service, m Map, label string, began time.Time) *pass {
	p := &pass{
		db: db, tables: tables, org: org, crm: rules, adoption: adoptionID(org.ID, label), began: began.UTC().Truncate(time.Microsecond),
		home: org.Zone(), server: db.TimeZone,
		customers: map[id.ID]string{}, leads: map[id.ID]bool{}, quotes: map[id.ID]bool{},
	}
	if zone, err := time.LoadLocation(m.TimeZone); err == nil && m.TimeZone != "" {
		p.home, p.server = zone, zone
	}
	return p
}

// adoptionID is the id of a source of an organization; the ids of its rows follow from it.
func adoptionID(org id.ID, label string) id.ID { return id.Derive(org, "adoption", label) }

func (p *pass) derive(table, key string) id.ID { return id.Derive(p.adoption, table, key) }

func (p *pass) isCustomer(i id.ID) bool { _, taken := p.customers[i]; return taken }
func (p *pass) isLead(i id.ID) bool     { return p.leads[i] }
func (p *pass) isQuote(i id.ID) bool    { return p.quotes[i] }

// judged is a row of the source and what becomes of it.
type judged struct {
	source.Row
	id      id.ID
	ours    any // nil when it is skipped
	outcome Outcome
	notes   []Note
}

// judge makes one row ours.
func (p *pass) judge(t *mapped, row source.Row) judged {
	if row.Twin {
		return judged{Row: row, outcome: Skipped, notes: []Note{{Why: "is the row before it once more"}}}
	}
	r := &reading{pass: p, table: t, row: row, id: p.derive(t.kind.table, row.Key), settled: make([]bool, len(row.Cells)), empty: true}
	for i, cell := range row.Cells {
		if cell.Set && cell.Text != "" && t.shape.Columns[i].Name != t.shape.Key {
			r.empty = false
		}
	}
	if row.Again {
		r.note(-1, "has the key of the row before it; it got a key of its own")
	}
	j := judged{Row: row, id: r.id, ours: t.kind.read(r), outcome: Taken, notes: r.notes}
	switch {
	case j.ours == nil:
		j.outcome = Skipped
	case len(r.notes) > 0:
		j.outcome = Changed
	}
	p.remember(j)
	return j
}

// remember keeps what other rows may refer to.
func (p *pass) remember(j judged) {
	switch ours := j.ours.(type) {
	case *customer:
		p.customers[j.id] = ""
		if ours.property != nil {
			p.customers[j.id] = ours.property.TimeZone
		}
	case *lead:
		p.leads[j.id] = true
	case *quote:
		p.quotes[j.id] = true
	}
}

// propertyOf is the property that a customer's row made. Its id was derived from the customer's.
func propertyOf(customer id.ID) id.ID { return id.Derive(customer, "property") }

// each judges every row of a table behind a key.
func (p *pass) each(ctx context.Context, t *mapped, after string, fn func(judged) error) error {
	for row, err := range p.db.Walk(ctx, t.shape, after) {
		if err != nil {
			return err
		}
		if err := fn(p.judge(t, row)); err != nil {
			return err
		}
	}
	return nil
}
