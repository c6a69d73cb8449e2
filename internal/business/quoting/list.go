package quoting

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Shelf is a saved view of the list.
type Shelf string

// The shelves.
const (
	ShelfAll      Shelf = ""
	ShelfDrafts   Shelf = "drafts"
	ShelfWaiting  Shelf = "waiting"  // for the customer's answer
	ShelfExpiring Shelf = "expiring" // waiting, and over within a week
	ShelfAccepted Shelf = "accepted"
)

// QuoteFilter chooses quotes. The zero value is all of them, the newest first.
type QuoteFilter struct {
	Shelf      Shelf
	CustomerID id.ID
	PropertyID id.ID
	Search     string // a piece of the number, or of the customer's name, phone, e-mail or address
	After      string // the cursor of the last page
	Limit      int    // 50 when zero
}

// QuotePage is one page of a list. Next is empty on the last.
type QuotePage struct {
	Quotes []Quote   `json:"quotes"`
	Next   string    `json:"next"`
	ReadAt time.Time `json:"-"`
}

const (
	pageSize    = 50
	maxPageSize = 200
	soonExpired = 7 * 24 * time.Hour
	// searchDepth is how many customers a search may name.
	searchDepth = 200
	maxSearch   = 100
)

// shelves are conditions on the quote's row; parameter $3 is the present.
var shelves = map[Shelf]string{
	ShelfAll:      "true",
	ShelfDrafts:   "q.draft_n IS NOT NULL",
	ShelfWaiting:  "q.state = 'sent' AND q.valid_until > app.now()",
	ShelfExpiring: "q.state = 'sent' AND q.valid_until > app.now() AND q.valid_until <= app.now() + $3::interval",
	ShelfAccepted: "q.state = 'accepted'",
}

// listSQL goes backwards through the ids, which are time-ordered: a cursor survives whatever is inserted.
func listSQL(shelf string) string {
	return `SELECT ` + quoteColumns + ` FROM ` + quoteTables + `
		WHERE q.org_id = $1 AND q.id < $2 AND $3::interval IS NOT NULL AND NOT (c.is_sample AND c.status = 'archived') AND ` + shelf + `
			AND ($4::uuid IS NULL OR q.customer_id = $4) AND ($5::uuid IS NULL OR q.property_id = $5)
			AND ($6 = '' OR q.number LIKE $6 OR q.customer_id IN (
				SELECT id FROM app.search_customers($9, 'active', 'infinity', $10, $7)
				UNION ALL SELECT id FROM app.search_customers($9, 'archived', 'infinity', $10, $7)))
		ORDER BY q.id DESC LIMIT $8`
}

// ListQuotes reads one page, in one round trip.
func (s *Service) ListQuotes(ctx context.Context, a tenancy.Actor, f QuoteFilter) (QuotePage, error) {
	if err := a.Require(tenancy.QuotesRead); err != nil {
		return QuotePage{}, err
	}
	shelf, known := shelves[f.Shelf]
	if !known {
		return QuotePage{}, fault.InvalidField("/shelf", "must be drafts, waiting, expiring or accepted")
	}
	after, err := parseCursor(f.After)
	if err != nil {
		return QuotePage{}, err
	}
	search := strings.TrimSpace(f.Search)
	if len(search) > maxSearch || strings.ContainsFunc(search, isControl) {
		return QuotePage{}, fault.InvalidField("/search", "is longer than a name")
	}
	limit := f.Limit
	if limit <= 0 {
		limit = pageSize
	}
	limit = min(limit, maxPageSize)
	var page QuotePage
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Rows(func(rows pgx.Rows) (err error) {
			page.Quotes, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Quote, error) {
				var q Quote
				err := row.Scan(q.targets()...)
				return q, err
			})
			return err
		}, listSQL(shelf), a.Tenant().Org(), after, soonExpired, optional(f.CustomerID), optional(f.PropertyID), number(search), searchDepth, limit+1, patterns(search), lastID)
	})
	if err != nil {
		return QuotePage{}, err
	}
	page.ReadAt = now
	if len(page.Quotes) > limit {
		page.Quotes = page.Quotes[:limit]
		page.Next = page.Quotes[limit-1].ID.String()
	}
	for i := range page.Quotes {
		page.Quotes[i].settleStatus(now)
	}
	return page, nil
}

// lastID is behind every id that will ever be made.
var lastID = id.ID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// parseCursor reads where the last page ended. Without a cursor it is behind every id.
func parseCursor(cursor string) (id.ID, error) {
	if cursor == "" {
		return lastID, nil
	}
	last, err := id.Parse(cursor)
	if err != nil {
		return id.Nil, fault.InvalidField("/after", "is not a cursor of this list")
	}
	return last, nil
}

func optional(v id.ID) *id.ID {
	if v == id.Nil {
		return nil
	}
	return &v
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// number finds a piece of a quote's number: 123, q-2026-000123.
func number(search string) string {
	if search == "" {
		return ""
	}
	return "%" + likeEscaper.Replace(strings.ToUpper(search)) + "%"
}

// patterns find customers who have every word, the longest first because it narrows most.
func patterns(search string) []string {
	words := strings.Fields(strings.ToLower(search))
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	for i, w := range words {
		words[i] = "%" + likeEscaper.Replace(w) + "%"
	}
	return words
}
