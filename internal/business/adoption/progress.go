package adoption

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// run is an adoption that this process writes. Another process that starts the same one ends it.
type run struct {
	adoption id.ID
	n        int
	began    time.Time
	tables   map[string]progress
}

// progress is how far a table is.
type progress struct {
	SourceTable string
	LastKey     []byte
	RowsRead    int64
	RowsWritten int64
	DoneAt      *time.Time
}

// start takes the adoption over. One that was interrupted goes on where it was; a finished one begins again, and
// finds its rows there.
func start(tx *pg.OrgTx, label, source string, tables []*mapped) (run, error) {
	org := tx.Tenant().Org()
	r := run{adoption: adoptionID(org, label), tables: map[string]progress{}}
	var fresh bool
	err := tx.QueryRow(`INSERT INTO app.adoptions AS a (org_id, id, label, source, run, state, started_at) VALUES ($1, $2, $3, $4, 1, 'running', $5)
		ON CONFLICT (org_id, id) DO UPDATE SET run = a.run + 1, source = excluded.source
		RETURNING a.run, a.started_at, a.state = 'done'`, org, r.adoption, label, source, tx.Now()).Scan(&r.n, &r.began, &fresh)
	if err != nil {
		return run{}, err
	}
	if fresh {
		if _, err := tx.Exec(`UPDATE app.adoptions SET state = 'running', finished_at = NULL WHERE org_id = $1 AND id = $2`, org, r.adoption); err != nil {
			return run{}, err
		}
		if _, err := tx.Exec(`UPDATE app.adoption_tables SET last_key = '\x', rows_read = 0, rows_written = 0, done_at = NULL WHERE org_id = $1 AND adoption_id = $2`, org, r.adoption); err != nil {
			return run{}, err
		}
	}
	for _, t := range tables {
		if _, err := tx.Exec(`INSERT INTO app.adoption_tables (org_id, adoption_id, source_table) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, org, r.adoption, t.kind.table); err != nil {
			return run{}, err
		}
	}
	all, err := pg.Collect[progress](tx, `SELECT source_table, last_key, rows_read, rows_written, done_at FROM app.adoption_tables WHERE org_id = $1 AND adoption_id = $2`, org, r.adoption)
	for _, p := range all {
		r.tables[p.SourceTable] = p
	}
	return r, err
}

// began is when an adoption was first begun, for a dry run: its rows are judged as they would be written.
func (s *Service) began(ctx context.Context, t pg.Tenant, adoption id.ID) (time.Time, error) {
	var began time.Time
	now, err := s.DB.Read(ctx, t, func(r *pg.Reading) {
		r.Row([]any{&began}, `SELECT coalesce((SELECT started_at FROM app.adoptions WHERE org_id = $1 AND id = $2), app.now())`, t.Org(), adoption)
	})
	if err != nil {
		return now, err
	}
	return began, nil
}

// hold keeps the run for one transaction, or tells that it is another's.
func (r run) hold(tx *pg.OrgTx) error {
	var n int
	err := tx.QueryRow(`SELECT run FROM app.adoptions WHERE org_id = $1 AND id = $2 FOR SHARE`, tx.Tenant().Org(), r.adoption).Scan(&n)
	if err == nil && n != r.n {
		return fault.New(fault.Conflict, "adoption-taken-over", "Another fence adopt took this one over. It goes on there.")
	}
	return err
}

// advance notes what a batch did, in its own transaction.
func (r run) advance(tx *pg.OrgTx, table string, b *batch, written int64) error {
	_, err := tx.Exec(`UPDATE app.adoption_tables SET last_key = $4, rows_read = rows_read + $5, rows_written = rows_written + $6
		WHERE org_id = $1 AND adoption_id = $2 AND source_table = $3`, tx.Tenant().Org(), r.adoption, table, []byte(b.place), b.rows, written)
	return err
}

// finishTable notes that a table is done, and returns what was done of it in all runs since it was begun.
func (r run) finishTable(tx *pg.OrgTx, table string) (p progress, err error) {
	return pg.CollectOne[progress](tx, `UPDATE app.adoption_tables SET done_at = $4 WHERE org_id = $1 AND adoption_id = $2 AND source_table = $3
		RETURNING source_table, last_key, rows_read, rows_written, done_at`, tx.Tenant().Org(), r.adoption, table, tx.Now())
}

func (r run) finish(tx *pg.OrgTx) error {
	_, err := tx.Exec(`UPDATE app.adoptions SET state = 'done', finished_at = $3 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), r.adoption, tx.Now())
	return err
}

// recall fills a pass with what earlier runs took, so that rows of later tables find what they refer to.
func (s *Service) recall(ctx context.Context, t pg.Tenant, p *pass) error {
	for after, more := id.Nil, true; more; {
		var page []crm.AdoptedPlace
		if _, err := s.DB.Read(ctx, t, func(r *pg.Reading) { crm.QueueAdoptedPlaces(r, t, p.adoption, after, scanRows, &page) }); err != nil {
			return err
		}
		for _, c := range page {
			after = c.ID
			p.customers[c.ID] = c.TimeZone
		}
		more = len(page) == scanRows
	}
	var leads, quotes []id.ID
	_, err := s.DB.Read(ctx, t, func(r *pg.Reading) {
		r.Rows(ids(&leads), `SELECT id FROM app.leads WHERE org_id = $1 AND adoption_id = $2`, t.Org(), p.adoption)
		r.Rows(ids(&quotes), `SELECT id FROM app.adopted_quotes WHERE org_id = $1 AND adoption_id = $2`, t.Org(), p.adoption)
	})
	for _, l := range leads {
		p.leads[l] = true
	}
	for _, q := range quotes {
		p.quotes[q] = true
	}
	return err
}
