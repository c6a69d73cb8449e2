package crm

import (
	"context"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Sizes of a page, and how far customers are counted: past 10,000 a page says "about".
const (
	defaultLimit = 50
	maxLimit     = 100
	countedUpTo  = 100_000
)

// Filter says which customers are listed. The zero value is the first page of those in use.
type Filter struct {
	Status Status // Active when empty
	Search string // pieces of name, company, e-mail, phone or address; all have to occur
	Cursor string // Next of the page before; bound to organization, status and search
	Limit  int    // 1 to 100; 50 when zero

	WithTotal     bool // count them all
	WithAddresses bool // and where each one's oldest property is
}

// Page is a part of the list, newest first.
type Page struct {
	Customers []Customer
	Addresses []string // when asked for: one for each customer, empty without a property
	Next      string   // cursor of the next page; empty on the last
	Total     int      // when asked for: counted up to 100,000, of a search up to 10,001
}

// selection is a filter that was read.
type selection struct {
	status   Status
	patterns []string
	mark     filterMark
	after    position
	limit    int
}

// read says everything that is wrong with the filter, or what it selects.
func (f Filter) read(t pg.Tenant) (sel selection, err error) {
	var problems fault.Problems
	sel = selection{status: f.Status, limit: f.Limit}
	switch f.Status {
	case "":
		sel.status = Active
	case Active, Archived:
	default:
		problems.Add("/status", "Choose active or archived.")
	}
	if sel.limit == 0 {
		sel.limit = defaultLimit
	}
	if sel.limit < 1 || sel.limit > maxLimit {
		problems.Add("/limit", "Choose a limit from 1 to %d.", maxLimit)
	}
	sel.patterns, err = patterns(f.Search)
	problems.Under("", err)
	if !problems.Any() {
		sel.mark = markOf(t.Org(), sel.status, sel.patterns)
		sel.after, err = parseCursor(f.Cursor, sel.mark)
		problems.Under("", err)
	}
	return sel, problems.Err()
}

const (
	newestSQL = `SELECT ` + customerColumns + ` FROM app.customers c
		WHERE c.org_id = $1 AND c.status = $2 AND (c.created_at, c.id) < ($3, $4) AND NOT (c.is_sample AND c.status = 'archived')
		ORDER BY c.created_at DESC, c.id DESC LIMIT $5`
	// The function knows ids only; the rows are read through the wall.
	foundSQL = `SELECT ` + customerColumns + ` FROM app.search_customers($6, $2, $3, $4, $5) f
		JOIN app.customers c ON c.org_id = $1 AND c.id = f.id AND NOT (c.is_sample AND c.status = 'archived')
		ORDER BY c.created_at DESC, c.id DESC`

	// Addresses are looked up behind the limit, for the rows of the page only.
	addressedHead = `SELECT c.*, p.street, p.unit, p.city, p.state, p.zip FROM (`
	addressedTail = `) c LEFT JOIN LATERAL (SELECT p.street, p.unit, p.city, p.state, p.zip FROM app.properties p
			WHERE p.org_id = $1 AND p.customer_id = c.id AND p.archived_at IS NULL ORDER BY p.created_at, p.id LIMIT 1) p ON true
		ORDER BY c.created_at DESC, c.id DESC`

	countSQL      = `SELECT count(*) FROM (SELECT FROM app.customers WHERE org_id = $1 AND status = $2 AND NOT (is_sample AND status = 'archived') LIMIT $3) c`
	countFoundSQL = `SELECT count(*) FROM app.search_customers($1, $2, $3, $4, $5)`
)

// ListCustomers reads a page of customers, newest first, in one round trip.
func (s *Service) ListCustomers(ctx context.Context, a tenancy.Actor, f Filter) (Page, error) {
	sel, err := f.read(a.Tenant())
	if err != nil {
		return Page{}, err
	}
	if err := a.Require(tenancy.CustomersRead); err != nil {
		return Page{}, err
	}
	var page Page
	_, err = s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		sel.queuePage(r, a.Tenant(), f.WithAddresses, &page)
		if f.WithTotal {
			sel.queueTotal(r, a.Tenant(), &page.Total)
		}
	})
	if err != nil {
		return Page{}, err
	}
	if len(page.Customers) > sel.limit {
		page.Customers = page.Customers[:sel.limit]
		page.Addresses = page.Addresses[:min(sel.limit, len(page.Addresses))]
		last := &page.Customers[sel.limit-1]
		page.Next = position{createdAt: last.CreatedAt, id: last.ID}.cursor(sel.mark)
	}
	return page, nil
}

// queuePage asks for one row more than the page has: it tells whether there is a next page.
func (sel selection) queuePage(r *pg.Reading, t pg.Tenant, addressed bool, page *Page) {
	sql := newestSQL
	args := append(make([]any, 0, 6), t.Org(), string(sel.status), sel.after.createdAt, sel.after.id, sel.limit+1)
	if sel.patterns != nil {
		sql = foundSQL
		args = append(args, sel.patterns)
	}
	if addressed {
		sql = addressedHead + sql + addressedTail
	}
	r.Rows(func(rows pgx.Rows) error { return page.scan(rows, sel.limit+1, addressed) }, sql, args...)
}

func (page *Page) scan(rows pgx.Rows, most int, addressed bool) error {
	var c Customer
	var street, unit, city, state, zip *string
	targets := c.targets()
	if addressed {
		targets = append(targets, &street, &unit, &city, &state, &zip)
		page.Addresses = make([]string, 0, most)
	}
	page.Customers = make([]Customer, 0, most)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		c.settle()
		page.Customers = append(page.Customers, c)
		if addressed {
			text := ""
			if street != nil {
				text = address(*street, *unit, *city, *state, *zip)
			}
			page.Addresses = append(page.Addresses, text)
		}
	}
	return rows.Err()
}

func (sel selection) queueTotal(r *pg.Reading, t pg.Tenant, total *int) {
	if sel.patterns == nil {
		r.Row([]any{total}, countSQL, t.Org(), string(sel.status), countedUpTo)
		return
	}
	r.Row([]any{total}, countFoundSQL, sel.patterns, string(sel.status), beginning.createdAt, beginning.id, countedUpTo)
}
