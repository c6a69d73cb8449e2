package quoting

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// dossier is a quote that a transaction holds by its lock: the row and its versions, the newest first, without
// options and lines.
type dossier struct {
	quote    Quote
	timeZone string // of the property
	versions []Version
	totals   map[id.ID]money.Cents // of each version: the recommended option's, or what was accepted
}

const quoteColumns = `q.id, q.number, q.customer_id, c.name, q.property_id, p.street, q.sketch_id, q.state, q.current_n, q.draft_n, q.total_cents,
	q.valid_until, q.sent_at, q.last_viewed_at, q.decided_at, q.created_by, q.created_name, q.created_at, q.updated_at, q.version`

const quoteTables = `app.quotes q
	JOIN app.properties p ON p.org_id = q.org_id AND p.id = q.property_id
	JOIN app.customers c ON c.org_id = q.org_id AND c.id = q.customer_id`

func (q *Quote) targets() []any {
	return []any{&q.ID, &q.Number, &q.CustomerID, &q.CustomerName, &q.PropertyID, &q.Place, &q.SketchID, &q.Status, &q.CurrentN, &q.DraftN, &q.TotalCents,
		&q.ValidUntil, &q.SentAt, &q.LastViewedAt, &q.DecidedAt, &q.CreatedBy, &q.CreatedName, &q.CreatedAt, &q.UpdatedAt, &q.Version}
}

// settleStatus derives what is not stored.
func (q *Quote) settleStatus(now time.Time) {
	q.Status = statusAt(q.Status, q.LastViewedAt, q.ValidUntil, now)
}

const versionColumns = `v.id, v.n, v.state, v.sketch_version, v.layout, v.extras, v.priced_at, v.zone, v.recommended, v.discount_bp, v.discount_cents,
	v.validity_days, v.deposit_bp, v.deposit_cents, v.deposit_words, v.tax_mode, v.tax_rate, v.included, v.not_included, v.terms, v.message, v.sold_at_home,
	v.answers, coalesce(encode(v.document_hash, 'hex'), ''), v.valid_until, v.sent_at, v.first_viewed_at, v.last_viewed_at, v.view_count,
	v.accepted_at, v.declined_at, v.decline_reason, v.replaced_at, v.replaced_by_n, v.withdrawn_at, v.created_at`

// scanVersion reads versionColumns and whatever else was asked for behind them.
func scanVersion(row pgx.CollectableRow, more ...any) (Version, error) {
	var v Version
	var layout, extras, answers []byte
	s := &v.Settings
	err := row.Scan(append([]any{&v.ID, &v.N, &v.Status, &v.SketchVersion, &layout, &extras, &v.PricedAt, &v.Zone, &s.Recommended, &s.DiscountBP, &s.DiscountCents,
		&s.ValidityDays, &s.DepositBP, &s.DepositCents, &s.DepositWords, &s.TaxMode, &s.TaxRate, &s.Included, &s.NotIncluded, &s.Terms, &s.Message, &s.SoldAtHome,
		&answers, &v.DocumentHash, &v.ValidUntil, &v.SentAt, &v.FirstViewedAt, &v.LastViewedAt, &v.ViewCount,
		&v.AcceptedAt, &v.DeclinedAt, &v.DeclineReason, &v.ReplacedAt, &v.ReplacedByN, &v.WithdrawnAt, &v.CreatedAt}, more...)...)
	if err != nil {
		return Version{}, err
	}
	v.Layout = layout
	if err := errors.Join(json.Unmarshal(extras, &v.Extras), json.Unmarshal(answers, &v.Answers)); err != nil {
		return Version{}, fmt.Errorf("version %s: %w", v.ID, err)
	}
	return v, nil
}

func (v *Version) settleStatus(now time.Time) {
	v.Status = statusAt(v.Status, v.FirstViewedAt, v.ValidUntil, now)
}

// open locks a quote and reads its versions, in one round trip: the second statement sees what the one who held
// the lock before did.
func open(tx *pg.OrgTx, quote id.ID) (*dossier, error) {
	d := &dossier{totals: map[id.ID]money.Cents{}}
	org := tx.Tenant().Org()
	err := tx.Together(func(b *pgx.Batch) {
		b.Queue(`SELECT `+quoteColumns+`, p.time_zone FROM `+quoteTables+` WHERE q.org_id = $1 AND q.id = $2 FOR UPDATE OF q`, org, quote).
			QueryRow(func(row pgx.Row) error { return row.Scan(append(d.quote.targets(), &d.timeZone)...) })
		b.Queue(`SELECT `+versionColumns+`, coalesce(
				(SELECT a.total_cents FROM app.acceptances a WHERE a.org_id = v.org_id AND a.version_id = v.id),
				(SELECT o.total_cents FROM app.quote_options o WHERE o.org_id = v.org_id AND o.version_id = v.id
				 ORDER BY o.tier <> v.recommended, o.sort LIMIT 1), 0)
			FROM app.quote_versions v WHERE v.org_id = $1 AND v.quote_id = $2 ORDER BY v.n DESC`, org, quote).
			Query(func(rows pgx.Rows) error { return d.scan(rows, tx.Now()) })
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.Missing()
	}
	return d, err
}

func (d *dossier) scan(rows pgx.Rows, now time.Time) (err error) {
	d.versions, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Version, error) {
		var total money.Cents
		v, err := scanVersion(row, &total)
		v.settleStatus(now)
		d.totals[v.ID] = total
		return v, err
	})
	return err
}

// draft is the version being written.
func (d *dossier) draft() *Version {
	for i := range d.versions {
		if d.versions[i].Status == Draft {
			return &d.versions[i]
		}
	}
	return nil
}

// held is the version that the customer has: the newest one that was sent.
func (d *dossier) held() *Version {
	for i := range d.versions {
		if s := d.versions[i].Status; s != Draft && s != Void {
			return &d.versions[i]
		}
	}
	return nil
}

// version finds one by its number.
func (d *dossier) version(n int) *Version {
	for i := range d.versions {
		if d.versions[i].N == n {
			return &d.versions[i]
		}
	}
	return nil
}

// save writes the quote's row as its versions are now, with the commit. Every change of a quote ends with it.
func (d *dossier) save(tx *pg.OrgTx) {
	q := &d.quote
	current := d.current()
	q.DraftN = nil
	if draft := d.draft(); draft != nil {
		n := draft.N
		q.DraftN = &n
	}
	q.Status, q.CurrentN, q.TotalCents = current.Status, current.N, d.totals[current.ID]
	q.ValidUntil, q.SentAt, q.LastViewedAt = current.ValidUntil, current.SentAt, current.LastViewedAt
	q.DecidedAt = current.AcceptedAt
	if q.DecidedAt == nil {
		q.DecidedAt = current.DeclinedAt
	}
	q.UpdatedAt = tx.Now()
	q.Version++
	tx.AtCommit(pg.Plain, `UPDATE app.quotes SET state = $3, current_n = $4, draft_n = $5, total_cents = $6, valid_until = $7, sent_at = $8,
			last_viewed_at = $9, decided_at = $10, updated_at = $11, version = $12 WHERE org_id = $1 AND id = $2`,
		tx.Tenant().Org(), q.ID, q.Status.stored(), q.CurrentN, q.DraftN, q.TotalCents, q.ValidUntil, q.SentAt,
		q.LastViewedAt, q.DecidedAt, q.UpdatedAt, q.Version)
}

// writing is the draft of a quote that was read at version, or the reason why it cannot be written.
func (d *dossier) writing(version int) (*Version, error) {
	draft := d.draft()
	if draft == nil {
		return nil, refusal(d.current().Status) // says more than that somebody was faster
	}
	return draft, stale("quote", d.quote.Version, version)
}

// current is what lists speak of: the version that the customer has, else the draft, else what was last one.
func (d *dossier) current() *Version {
	if held := d.held(); held != nil {
		return held
	}
	if draft := d.draft(); draft != nil {
		return draft
	}
	return &d.versions[0]
}

// zone is where the fence will stand.
func (d *dossier) zone() *time.Location {
	z, err := time.LoadLocation(d.timeZone)
	if err != nil {
		return time.UTC
	}
	return z
}
