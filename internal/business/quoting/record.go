package quoting

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Record is a quote with everything that its page shows.
type Record struct {
	Quote         Quote          `json:"quote"`
	Versions      []Version      `json:"versions"` // the newest first
	Links         []Link         `json:"links"`
	Acceptance    *Acceptance    `json:"acceptance,omitempty"`
	Documents     []DocumentInfo `json:"documents"`
	Timeline      []audit.Entry  `json:"-"`
	Checks        []Check        `json:"checks"`         // of the newest version
	SketchVersion int            `json:"sketch_version"` // now; a draft with another is older than its sketch
	CustomerEmail string         `json:"customer_email"`
	CostsSeen     bool           `json:"costs_seen"` // false: the amounts of cost are left out
	MarginsSeen   bool           `json:"margins_seen"`
	ReadAt        time.Time      `json:"read_at"`
}

// DocumentInfo is a stored paper without its bytes.
type DocumentInfo struct {
	ID        id.ID     `json:"id"`
	N         int       `json:"n"`
	Kind      string    `json:"kind"` // sent or signed
	SHA256    string    `json:"sha256"`
	CreatedAt time.Time `json:"created_at"`
}

// Version finds a version of the record by its number.
func (r Record) Version(n int) *Version {
	for i := range r.Versions {
		if r.Versions[i].N == n {
			return &r.Versions[i]
		}
	}
	return nil
}

// Draft is the version being written; nil when there is none.
func (r Record) Draft() *Version {
	if r.Quote.DraftN == nil {
		return nil
	}
	return r.Version(*r.Quote.DraftN)
}

// Plan is the drawing of a version; posts are the office's to see.
func (v *Version) Plan(posts []takeoff.Post) (drawing.Plan, error) {
	d, err := v.drawing()
	return d.Plan(posts), err
}

func (v *Version) drawing() (Drawing, error) {
	l, err := readLayout(v.Layout)
	return Drawing{Layout: l, Extras: v.Extras}, err
}

// GetQuote reads a quote whole, in one round trip.
func (s *Service) GetQuote(ctx context.Context, a tenancy.Actor, quote id.ID) (Record, error) {
	if err := a.Require(tenancy.QuotesRead); err != nil {
		return Record{}, err
	}
	rec := Record{CostsSeen: a.May(tenancy.CostsSee), MarginsSeen: a.May(tenancy.CostsSee) && a.May(tenancy.MarginsSee)}
	var c contents
	var site Site
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		org := a.Tenant().Org()
		r.Row(append(rec.Quote.targets(), &rec.SketchVersion, &rec.CustomerEmail, &site.HasPool),
			`SELECT `+quoteColumns+`, s.version, c.email, p.has_pool FROM `+quoteTables+` JOIN app.sketches s ON s.org_id = q.org_id AND s.id = q.sketch_id
			WHERE q.org_id = $1 AND q.id = $2`, org, quote)
		r.Rows(func(rows pgx.Rows) (err error) {
			rec.Versions, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Version, error) { return scanVersion(row) })
			return err
		}, `SELECT `+versionColumns+` FROM app.quote_versions v WHERE v.org_id = $1 AND v.quote_id = $2 ORDER BY v.n DESC`, org, quote)
		r.Rows(c.scanOptions, optionsSQL, org, quote)
		r.Rows(c.scanLines, linesSQL, org, quote)
		rec.queueTraces(r, a.Tenant(), quote)
		audit.QueueTimeline(r, a.Tenant(), "quote", quote, &rec.Timeline)
	})
	if err != nil {
		return Record{}, err
	}
	rec.ReadAt = now
	rec.Quote.settleStatus(now)
	for i := range rec.Versions {
		rec.Versions[i].settleStatus(now)
	}
	c.into(rec.Versions)
	if err := rec.check(site); err != nil {
		return Record{}, err
	}
	rec.hideCosts()
	return rec, nil
}

// queueTraces reads what happened outside: links and how often they were opened, the signature, the papers.
func (r *Record) queueTraces(read *pg.Reading, t pg.Tenant, quote id.ID) {
	read.Rows(collect(&r.Links), `SELECT l.id, v.n, l.kind, l.recipient_name, l.recipient_email, l.created_at, w.count, w.last
		FROM app.quote_links l
		JOIN app.quote_versions v ON v.org_id = l.org_id AND v.id = l.version_id
		LEFT JOIN LATERAL (SELECT count(*)::int AS count, max(at) AS last FROM app.quote_views w WHERE w.org_id = l.org_id AND w.link_id = l.id) w ON true
		WHERE l.org_id = $1 AND l.quote_id = $2 ORDER BY l.id`, t.Org(), quote)
	read.Rows(func(rows pgx.Rows) error {
		var found []Acceptance
		if err := collect(&found)(rows); err != nil || len(found) == 0 {
			return err
		}
		r.Acceptance = &found[0]
		return nil
	}, acceptanceSQL+` WHERE a.org_id = $1 AND a.quote_id = $2`, t.Org(), quote)
	read.Rows(collect(&r.Documents), `SELECT d.id, v.n, d.kind, encode(d.sha256, 'hex'), d.created_at
		FROM app.quote_documents d JOIN app.quote_versions v ON v.org_id = d.org_id AND v.id = d.version_id
		WHERE d.org_id = $1 AND d.quote_id = $2 ORDER BY v.n, d.kind`, t.Org(), quote)
}

const acceptanceSQL = `SELECT a.id, v.n, a.option_id, o.name, a.extras, a.net_cents, a.tax_cents, a.total_cents, a.deposit_cents, a.role, a.recorded_name, a.note,
		a.signer_name, a.signature_kind, a.consent_version, a.ip, a.user_agent, a.accepted_at, a.time_zone
	FROM app.acceptances a
	JOIN app.quote_versions v ON v.org_id = a.org_id AND v.id = a.version_id
	JOIN app.quote_options o ON o.org_id = a.org_id AND o.id = a.option_id`

// collect scans rows into the members of T in their order.
func collect[T any](dst *[]T) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*dst, err = pgx.CollectRows(rows, pgx.RowToStructByPos[T])
		return err
	}
}

// check looks over the newest version's drawing.
func (r *Record) check(site Site) error {
	if len(r.Versions) == 0 {
		return nil
	}
	found, err := r.Versions[0].checks(site)
	r.Checks = found
	return err
}

// checks are those of the drawing, and what a quote must say.
func (v *Version) checks(site Site) ([]Check, error) {
	d, err := v.drawing()
	if err != nil {
		return nil, err
	}
	took, problem := takeoff.Calculate(d.Layout)
	found := inspect(d, site, took, problem)
	if len(v.Settings.NotIncluded) == 0 {
		found = append(found, Check{Key: "nothing-excluded", Weight: WeightAnswer,
			Message: "The quote does not say what is not included, as rock, sprinklers or permits."})
	}
	return found, nil
}

func (r *Record) hideCosts() {
	if r.CostsSeen {
		return
	}
	for i := range r.Versions {
		for j := range r.Versions[i].Options {
			o := &r.Versions[i].Options[j]
			o.CostCents, o.basis = 0, basis{}
			for k := range o.Lines {
				o.Lines[k].CostCents, o.Lines[k].Formula = 0, ""
			}
		}
	}
}
