package payment

import (
	"context"
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// GetLedger reads the ledger of an acceptance.
func (s *Service) GetLedger(ctx context.Context, a tenancy.Actor, acceptance id.ID) (Ledger, error) {
	if err := a.Require(tenancy.PaymentsRead); err != nil {
		return Ledger{}, err
	}
	l := Ledger{AcceptanceID: acceptance}
	var unfinished []Online
	var inUse *Account
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		queueLedger(r, a.Tenant(), &l)
		queueAccount(r, a.Tenant(), &inUse)
		pg.All(r, &unfinished, unfinishedSQL, a.Tenant().Org(), acceptance)
	})
	l.Underway = underway(unfinished, inUse)
	return l, err
}

// queueLedger reads a ledger. One that is not opened yet reads as it will be opened.
func queueLedger(r *pg.Reading, t pg.Tenant, l *Ledger) {
	r.Row(l.targets(), `SELECT coalesce(l.agreed_cents, a.total_cents), coalesce(l.due_cents, least(greatest(a.deposit_cents, 0), a.total_cents)),
			coalesce(l.received_cents, 0), coalesce(l.paid_cents, 0), coalesce(l.refunded_cents, 0), coalesce(l.entries, 0)
		FROM app.acceptances a LEFT JOIN app.ledgers l ON l.org_id = a.org_id AND l.acceptance_id = a.id
		WHERE a.org_id = $1 AND a.id = $2`, t.Org(), l.AcceptanceID)
	pg.All(r, &l.Entries, `SELECT `+entryColumns+` FROM app.ledger_entries e WHERE e.org_id = $1 AND e.acceptance_id = $2 ORDER BY e.n`, t.Org(), l.AcceptanceID)
}

// Line is an entry as the list of payments shows it.
type Line struct {
	Entry
	QuoteID      id.ID  `json:"quote_id"`
	QuoteNumber  string `json:"quote_number"`
	CustomerID   id.ID  `json:"customer_id"`
	CustomerName string `json:"customer_name"`
	Place        string `json:"place"`
}

const lineColumns = entryColumns + `, q.id AS quote_id, q.number AS quote_number, c.id AS customer_id, c.name AS customer_name, p.street AS place`

const lineTables = `app.ledger_entries e
	JOIN app.acceptances a ON a.org_id = e.org_id AND a.id = e.acceptance_id
	JOIN app.quotes q ON q.org_id = e.org_id AND q.id = a.quote_id
	JOIN app.customers c ON c.org_id = e.org_id AND c.id = q.customer_id
	JOIN app.properties p ON p.org_id = e.org_id AND p.id = q.property_id`

// Filter chooses where money moved. The zero value is everything, the latest day first.
type Filter struct {
	Method   Method
	From, To string // days, both within
	After    string // the cursor of the last page
	Limit    int    // 50 when zero
}

// Page is one page of the list. Next is empty on the last.
type Page struct {
	Lines []Line
	Next  string
}

const (
	pageSize    = 50
	maxPageSize = 200
)

// listSQL goes backwards by day, and by id within one: the index is in that order.
const listSQL = `SELECT ` + lineColumns + ` FROM ` + lineTables + `
	WHERE e.org_id = $1 AND e.received_change_cents <> 0 AND ($2 = '' OR e.method = $2)
		AND ($3::date IS NULL OR e.day >= $3) AND ($4::date IS NULL OR e.day <= $4)
		AND ($5::date IS NULL OR (e.day, e.id) < ($5, $6::uuid))
	ORDER BY e.day DESC, e.id DESC LIMIT $7`

// bounds are the filter's parameters.
type bounds struct {
	from, to, day *time.Time
	last          *id.ID
}

func (f Filter) bounds() (b bounds, err error) {
	var r reader
	if f.Method != "" && !slices.Contains(Methods, f.Method) {
		r.Add("/method", "Choose check, cash, card or bank.")
	}
	read := func(pointer, typed string) *time.Time {
		if typed == "" {
			return nil
		}
		day, err := time.Parse(time.DateOnly, typed)
		if err != nil || day.Year() < 1 {
			r.Add(pointer, "Enter a day like 2026-03-03.")
			return nil
		}
		return &day
	}
	b.from, b.to = read("/from", f.From), read("/to", f.To)
	if b.from != nil && b.to != nil && b.to.Before(*b.from) {
		r.Add("/to", "The last day lies before the first.")
	}
	if f.After != "" {
		day, last, _ := strings.Cut(f.After, ".")
		at, err := time.Parse(time.DateOnly, day)
		entry, notID := id.Parse(last)
		if err != nil || notID != nil {
			r.Add("/after", "is not a cursor of this list")
		}
		b.day, b.last = &at, &entry
	}
	return b, r.Err()
}

func (l Line) cursor() string { return l.Day.Format(time.DateOnly) + "." + l.ID.String() }

// ListPayments reads one page of where money moved: payments, refunds, disputes, and what was void of them.
func (s *Service) ListPayments(ctx context.Context, a tenancy.Actor, f Filter) (Page, error) {
	if err := a.Require(tenancy.PaymentsRead); err != nil {
		return Page{}, err
	}
	b, err := f.bounds()
	if err != nil {
		return Page{}, err
	}
	limit := f.Limit
	if limit <= 0 {
		limit = pageSize
	}
	limit = min(limit, maxPageSize)
	var page Page
	_, err = s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &page.Lines, listSQL, a.Tenant().Org(), f.Method, b.from, b.to, b.day, b.last, limit+1)
	})
	if err != nil {
		return Page{}, err
	}
	if len(page.Lines) > limit {
		page.Lines = page.Lines[:limit]
		page.Next = page.Lines[limit-1].cursor()
	}
	return page, nil
}

// EntryRecord is one entry with the ledger that it stands in.
type EntryRecord struct {
	Line   Line
	Ledger Ledger
}

// GetEntry reads one entry and its ledger.
func (s *Service) GetEntry(ctx context.Context, a tenancy.Actor, entry id.ID) (EntryRecord, error) {
	if err := a.Require(tenancy.PaymentsRead); err != nil {
		return EntryRecord{}, err
	}
	var rec EntryRecord
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.One(r, &rec.Line, `SELECT `+lineColumns+` FROM `+lineTables+` WHERE e.org_id = $1 AND e.id = $2`, a.Tenant().Org(), entry)
	})
	if err != nil {
		return EntryRecord{}, err
	}
	rec.Ledger, err = s.GetLedger(ctx, a, rec.Line.AcceptanceID)
	return rec, err
}

// maxExport is how many lines one file holds.
const maxExport = 20_000

// ExportPayments reads every line of a filter for a file.
func (s *Service) ExportPayments(ctx context.Context, a tenancy.Actor, f Filter) ([]Line, error) {
	if err := a.Require(tenancy.PaymentsRead); err != nil {
		return nil, err
	}
	if err := a.Require(tenancy.DataExport); err != nil {
		return nil, err
	}
	f.After = ""
	b, err := f.bounds()
	if err != nil {
		return nil, err
	}
	var lines []Line
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) (err error) {
		if err := a.RequireOwnRights(); err != nil {
			return err
		}
		lines, err = pg.Collect[Line](tx, listSQL, tx.Tenant().Org(), f.Method, b.from, b.to, b.day, b.last, maxExport+1)
		if err != nil {
			return err
		}
		if len(lines) > maxExport {
			return fault.InvalidField("/from", "This is more than %d entries. Choose a shorter time.", maxExport)
		}
		return recordExport(tx, a, f, len(lines))
	})
	return lines, err
}
