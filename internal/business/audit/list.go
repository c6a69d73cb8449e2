package audit

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Filter chooses entries of the log. The zero value is all of them, the newest first.
type Filter struct {
	Person     id.ID  // who did it, or for whom it was done
	RecordType string // "customer"
	RecordID   id.ID
	Action     string // "customer.updated"
	From, To   time.Time
	After      string // the cursor of the last page
	Limit      int    // 50 when zero
}

// Page is one page of the log. Next is empty on the last.
type Page struct {
	Entries []Entry
	Next    string
}

const (
	pageSize    = 50
	maxPageSize = 200
	maxWord     = 60
)

// pageSQL goes backwards through the chain. A number that is not there yet is behind every entry.
const pageSQL = `SELECT seq, content, hash FROM app.audit_entries WHERE org_id = $1
	AND ($2::bigint IS NULL OR seq < $2)
	AND ($3::uuid IS NULL OR actor_id = $3 OR on_behalf_of = $3)
	AND ($4 = '' OR record_type = $4) AND ($5::uuid IS NULL OR record_id = $5) AND ($6 = '' OR action = $6)
	AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
	ORDER BY seq DESC LIMIT $9`

// List reads one page of the log, in one round trip.
func List(ctx context.Context, db *pg.DB, a tenancy.Actor, f Filter) (Page, error) {
	if err := a.Require(tenancy.AuditRead); err != nil {
		return Page{}, err
	}
	before, err := f.cursor()
	if err != nil {
		return Page{}, err
	}
	limit := f.Limit
	if limit <= 0 {
		limit = pageSize
	}
	limit = min(limit, maxPageSize)
	var page Page
	_, err = db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Rows(func(rows pgx.Rows) (err error) {
			page.Entries, err = pgx.CollectRows(rows, collectEntry)
			return err
		}, pageSQL, append(f.args(a.Tenant(), before), limit+1)...)
	})
	if err != nil {
		return Page{}, err
	}
	if len(page.Entries) > limit {
		page.Entries = page.Entries[:limit]
		page.Next = strconv.FormatInt(page.Entries[limit-1].Seq, 10)
	}
	return page, nil
}

func collectEntry(line pgx.CollectableRow) (Entry, error) {
	stored, err := pgx.RowToStructByName[row](line)
	if err != nil {
		return Entry{}, err
	}
	return stored.entry()
}

// cursor checks the filter and reads where the last page ended.
func (f Filter) cursor() (*int64, error) {
	var p fault.Problems
	if len(f.RecordType) > maxWord {
		p.Add("/record_type", "is longer than any record's name")
	}
	if len(f.Action) > maxWord {
		p.Add("/action", "is longer than any action's name")
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		p.Add("/to", "must be later than from")
	}
	var before *int64
	if f.After != "" {
		seq, err := strconv.ParseInt(f.After, 10, 64)
		if err != nil || seq < 1 {
			p.Add("/after", "is not a cursor of this list")
		}
		before = &seq
	}
	return before, p.Err()
}

// args are the first eight parameters of pageSQL and of exportSQL.
func (f Filter) args(t pg.Tenant, from *int64) []any {
	return []any{t.Org(), from, given(f.Person), f.RecordType, given(f.RecordID), f.Action, moment(f.From), moment(f.To)}
}

func given(v id.ID) *id.ID {
	if v == id.Nil {
		return nil
	}
	return &v
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Get reads one entry by its number.
func Get(ctx context.Context, db *pg.DB, a tenancy.Actor, seq int64) (Entry, error) {
	if err := a.Require(tenancy.AuditRead); err != nil {
		return Entry{}, err
	}
	var stored row
	_, err := db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.One(r, &stored, `SELECT seq, content, hash FROM app.audit_entries WHERE org_id = $1 AND seq = $2`, a.Tenant().Org(), seq)
	})
	if err != nil {
		return Entry{}, err
	}
	return stored.entry()
}

// actionsSQL steps from one action to the next along the index, however many entries there are.
const actionsSQL = `WITH RECURSIVE step AS (
	(SELECT action FROM app.audit_entries WHERE org_id = $1 ORDER BY action LIMIT 1)
	UNION ALL
	SELECT (SELECT e.action FROM app.audit_entries e WHERE e.org_id = $1 AND e.action > step.action ORDER BY e.action LIMIT 1) FROM step WHERE step.action IS NOT NULL)
SELECT action FROM step WHERE action IS NOT NULL`

// Actions lists what was ever done in the organization, for choosing from.
func Actions(ctx context.Context, db *pg.DB, a tenancy.Actor) ([]string, error) {
	if err := a.Require(tenancy.AuditRead); err != nil {
		return nil, err
	}
	var actions []string
	_, err := db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Rows(func(rows pgx.Rows) (err error) {
			actions, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		}, actionsSQL, a.Tenant().Org())
	})
	return actions, err
}
