package adoption

import (
	"context"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Comparison holds what the source should have made of one of our tables against what is in it.
type Comparison struct {
	Table       string
	There, Here Sum
	Missing     int64 // the source has it and we do not
	More        int64 // we have it and the source, as it is now, does not
	Different   int64 // both have it, and not the same: the source changed after the row was taken
	Edited      int64 // both have it, and people changed ours since
}

// Equal tells that everything that came is here as it came, but for what people changed here since.
func (c Comparison) Equal() bool {
	return c.Missing == 0 && c.More == 0 && c.Different == 0 && (c.Edited > 0 || c.There == c.Here)
}

// scanRows is how many rows are read back at a time.
const scanRows = 5000

// seen is a row as it is here.
type seen struct {
	id     id.ID
	print  print
	edited bool
}

// scan reads a page of an adoption's rows behind an id.
type scan func(ctx context.Context, after id.ID) ([]seen, error)

// reader makes a scan of a table's query and of the way its rows are printed.
func reader[T any](s *Service, t pg.Tenant, adoption id.ID, queue func(*pg.Reading, pg.Tenant, id.ID, id.ID, *[]T), see func(*T) (seen, error)) scan {
	return func(ctx context.Context, after id.ID) ([]seen, error) {
		var rows []T
		if _, err := s.DB.Read(ctx, t, func(r *pg.Reading) { queue(r, t, adoption, after, &rows) }); err != nil {
			return nil, err
		}
		page := make([]seen, len(rows))
		for i := range rows {
			var err error
			if page[i], err = see(&rows[i]); err != nil {
				return nil, err
			}
		}
		return page, nil
	}
}

// scans are how each of our tables is read back, in the order of the report.
func (s *Service) scans(t pg.Tenant, adoption id.ID) []struct {
	table string
	scan  scan
} {
	return []struct {
		table string
		scan  scan
	}{
		{"customers", reader(s, t, adoption, func(r *pg.Reading, t pg.Tenant, adoption, after id.ID, dst *[]crm.AdoptedCustomer) {
			crm.QueueAdopted(r, t, adoption, after, scanRows, dst)
		}, func(c *crm.AdoptedCustomer) (seen, error) {
			utc(c.ArchivedAt, &c.CreatedAt, &c.UpdatedAt)
			err := same(&c.Extra)
			return seen{c.ID, printOf(plainCustomer(*c)), c.Version > 1}, err
		})},
		{"properties", reader(s, t, adoption, func(r *pg.Reading, t pg.Tenant, adoption, after id.ID, dst *[]crm.AdoptedProperty) {
			crm.QueueAdoptedProperties(r, t, adoption, after, scanRows, dst)
		}, func(p *crm.AdoptedProperty) (seen, error) {
			utc(&p.CreatedAt)
			return seen{p.ID, printOf(p), p.Version > 1}, nil
		})},
		{"leads", reader(s, t, adoption, queueLeads, func(l *lead) (seen, error) {
			utc(&l.CreatedAt, &l.UpdatedAt, l.FirstRespondedAt, l.ClosedAt)
			err := same(&l.Extra)
			return seen{l.ID, printOf(l), l.Version > 1}, err
		})},
		{"appointments", reader(s, t, adoption, queueAppointments, func(a *appointment) (seen, error) {
			utc(&a.StartsAt, &a.EndsAt, a.CancelledAt, &a.CreatedAt, &a.UpdatedAt)
			err := same(&a.Extra)
			return seen{a.ID, printOf(a), a.Version > 1}, err
		})},
		{"adopted_quotes", reader(s, t, adoption, queueQuotes, func(q *quote) (seen, error) {
			utc(q.ValidUntil, q.SentAt, q.DecidedAt, &q.CreatedAt)
			err := same(&q.Extra)
			return seen{q.ID, printOf(q), false}, err
		})},
		{"roi_calculations", reader(s, t, adoption, queueCalculations, func(c *calculation) (seen, error) {
			utc(&c.CreatedAt)
			err := same(&c.Inputs, &c.Assumptions, &c.Outputs, &c.Extra)
			return seen{c.ID, printOf(c), c.Version > 1}, err
		})},
		{"pricing_approvals", reader(s, t, adoption, queueApprovals, func(a *approval) (seen, error) {
			utc(&a.RequestedAt, a.DecidedAt)
			err := same(&a.Extra)
			return seen{a.ID, printOf(a), a.Version > 1}, err
		})},
	}
}

// sheets are what the source should have made of each of our tables, filled while a pass reads it.
type sheets map[string]*sheet

func (all sheets) put(table string, row id.ID, p print) {
	s := all[table]
	if s == nil {
		s = &sheet{prints: map[id.ID]print{}}
		all[table] = s
	}
	s.prints[row] = p
	s.there.add(p)
}

// compare reads back what is here and holds it against the sheets. tell hears of every row that is not the same.
func (s *Service) compare(ctx context.Context, t pg.Tenant, adoption id.ID, all sheets, tell func(table string, row id.ID, what string) error) ([]Comparison, error) {
	var done []Comparison
	for _, of := range s.scans(t, adoption) {
		wanted := all[of.table]
		if wanted == nil {
			wanted = &sheet{}
		}
		c := Comparison{Table: of.table, There: wanted.there}
		for after := id.Nil; ; {
			page, err := of.scan(ctx, after)
			if err != nil {
				return nil, err
			}
			for _, row := range page {
				after = row.id
				c.Here.add(row.print)
				if what := c.judge(wanted, row); what != "" {
					if err := tell(of.table, row.id, what); err != nil {
						return nil, err
					}
				}
			}
			if len(page) < scanRows {
				break
			}
		}
		for row := range wanted.prints { // what is left was not found
			c.Missing++
			if err := tell(of.table, row, "missing here"); err != nil {
				return nil, err
			}
		}
		done = append(done, c)
	}
	return done, nil
}

func (c *Comparison) judge(wanted *sheet, row seen) string {
	p, known := wanted.prints[row.id]
	delete(wanted.prints, row.id)
	switch {
	case !known:
		c.More++
		return "no longer in the source"
	case p == row.print:
		return ""
	case row.edited:
		c.Edited++
		return "changed here since"
	}
	c.Different++
	return "not as in the source"
}
