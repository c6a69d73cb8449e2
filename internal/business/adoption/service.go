package adoption

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/adoption/source"
	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Service takes old databases over.
type Service struct {
	DB  *pg.DB
	CRM *crm.Service
}

// Input says what is adopted.
type Input struct {
	From      string // address of the old database
	Schema    string // of its tables
	Label     string // tells two old databases of one company apart
	SourceOrg string // which organization's rows, where the old tables have several
	Map       Map
	BatchRows int // what one transaction writes
}

func (in Input) check() error {
	if n := len([]rune(in.Label)); n < 1 || n > 60 || strings.ContainsFunc(in.Label, func(c rune) bool { return c < ' ' }) {
		return fault.InvalidField("/label", "Give the old database a label of 1 to 60 letters.")
	}
	if in.BatchRows < 1 || in.BatchRows > 20_000 {
		return fault.InvalidField("/batch_rows", "A transaction writes 1 to 20,000 rows.")
	}
	return nil
}

// Watch is who is told while it goes on. Report gets JSON Lines; Progress may be nil.
type Watch struct {
	Report   io.Writer
	Progress func(Progress)
}

// Stage is what is going on.
type Stage string

// The stages.
const (
	Judging   Stage = "judging"   // the dry run
	Writing   Stage = "writing"   // the run
	Comparing Stage = "comparing" // behind the run: the whole source once more, against what is here
)

// Progress is how far a stage is, in rows of the source.
type Progress struct {
	Stage       Stage
	Table       string
	Done, Total int64
}

// TableSummary is what became of one table of the source.
type TableSummary struct {
	Table, From                          string
	Rows, Taken, Changed, Skipped, Alike int64
	Extra                                []string // columns that we have none for
}

// Summary is what the screen tells at the end.
type Summary struct {
	Source   string
	Tables   []TableSummary
	Run      int          // 0: a dry run
	Written  int64        // rows that this run wrote
	Compared []Comparison // none of a dry run
}

// Equal tells that everything that was adopted is here as it came.
func (s Summary) Equal() bool {
	return !slices.ContainsFunc(s.Compared, func(c Comparison) bool { return !c.Equal() })
}

// Preview is the dry run: it judges every row and writes nothing.
func (s *Service) Preview(ctx context.Context, a tenancy.Actor, in Input, w Watch) (Summary, error) {
	return s.with(ctx, a, in, func(db *source.DB, tables []*mapped) (Summary, error) {
		began, err := s.began(ctx, a.Tenant(), adoptionID(a.Org.ID, in.Label))
		if err != nil {
			return Summary{}, err
		}
		p := newPass(db, tables, a.Org, s.CRM, in.Map, in.Label, began)
		return p.summarize(ctx, in.Label, newReport(w.Report), progressing(w, Judging, tables), nil)
	})
}

// Adopt writes what the dry run told, goes on where an interrupted run was, and compares at the end.
func (s *Service) Adopt(ctx context.Context, a tenancy.Actor, in Input, w Watch) (Summary, error) {
	return s.with(ctx, a, in, func(db *source.DB, tables []*mapped) (Summary, error) {
		var r run
		err := s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) (err error) {
			if err := a.RequireWritable(tx.Now()); err != nil {
				return err
			}
			r, err = start(tx, in.Label, db.Name, tables)
			return err
		})
		if err != nil {
			return Summary{}, err
		}
		written, err := s.write(ctx, a, r, newPass(db, tables, a.Org, s.CRM, in.Map, in.Label, r.began), in.BatchRows, progressing(w, Writing, tables))
		if err != nil {
			return Summary{}, err
		}
		// A pass of its own, of the whole source: what an interrupted run did is judged like the rest.
		p, rep, all := newPass(db, tables, a.Org, s.CRM, in.Map, in.Label, r.began), newReport(w.Report), sheets{}
		sum, err := p.summarize(ctx, in.Label, rep, progressing(w, Comparing, tables), all)
		if err != nil {
			return sum, err
		}
		sum.Run, sum.Written = r.n, written
		sum.Compared, err = s.compare(ctx, a.Tenant(), r.adoption, all, func(table string, row id.ID, what string) error {
			return rep.line(differenceLine{table, row, what})
		})
		if err != nil {
			return sum, err
		}
		return sum, rep.w.Flush()
	})
}

// with opens the source for one of the two.
func (s *Service) with(ctx context.Context, a tenancy.Actor, in Input, fn func(*source.DB, []*mapped) (Summary, error)) (Summary, error) {
	if err := in.check(); err != nil {
		return Summary{}, err
	}
	if err := a.Require(tenancy.SettingsWrite); err != nil {
		return Summary{}, err
	}
	db, err := source.Open(ctx, in.From, in.Schema)
	if err != nil {
		return Summary{}, err
	}
	defer db.Close(context.WithoutCancel(ctx))
	tables, err := mapTables(ctx, db, in.Map, in.SourceOrg)
	if err != nil {
		return Summary{}, err
	}
	return fn(db, tables)
}

// write brings every table in, a batch a transaction.
func (s *Service) write(ctx context.Context, a tenancy.Actor, r run, p *pass, batchRows int, tell func(table string, rows int64)) (written int64, err error) {
	if err := s.recall(ctx, a.Tenant(), p); err != nil {
		return 0, err
	}
	for _, t := range p.tables {
		at := r.tables[t.kind.table]
		tell(t.kind.table, at.RowsRead)
		if at.DoneAt != nil {
			continue
		}
		n, err := s.writeTable(ctx, a, r, p, t, string(at.LastKey), batchRows, tell)
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		if err := r.hold(tx); err != nil {
			return err
		}
		return r.finish(tx)
	})
}

// maxBatchBytes bounds a transaction where rows are large: a photo in a column of its own.
const maxBatchBytes = 4 << 20

func (s *Service) writeTable(ctx context.Context, a tenancy.Actor, r run, p *pass, t *mapped, after string, batchRows int, tell func(string, int64)) (written int64, err error) {
	table := t.kind.table
	b := &batch{}
	flush := func() error {
		if b.rows == 0 {
			return nil
		}
		var n int64
		err := s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) (err error) {
			if err := r.hold(tx); err != nil {
				return err
			}
			if n, err = b.insert(tx, r.adoption); err != nil {
				return err
			}
			return r.advance(tx, table, b, n)
		})
		written += n
		tell(table, b.rows)
		b = &batch{}
		return err
	}
	err = p.each(ctx, t, after, func(j judged) error {
		// Rows of one key stay together: a run goes on behind a key.
		if (b.rows >= int64(batchRows) || b.bytes >= maxBatchBytes) && j.Place != b.place {
			if err := flush(); err != nil {
				return err
			}
		}
		b.add(j)
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return written, err
	}
	return written, s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		if err := r.hold(tx); err != nil {
			return err
		}
		done, err := r.finishTable(tx, table)
		if err != nil {
			return err
		}
		return audit.Record(tx, a, audit.Deed{Action: "adoption.table_adopted", RecordType: "adoption", RecordID: r.adoption,
			After: map[string]any{"table": table, "run": r.n, "rows_read": done.RowsRead, "rows_written": done.RowsWritten}})
	})
}

// summarize judges the whole source, reports every row, and fills the sheets if there are any.
func (p *pass) summarize(ctx context.Context, label string, rep *report, tell func(string, int64), all sheets) (Summary, error) {
	sum := Summary{Source: p.db.Name}
	if err := rep.head(p, label); err != nil {
		return sum, err
	}
	known := alike{}
	for _, t := range p.tables {
		ts := TableSummary{Table: t.kind.table, From: t.shape.Table, Extra: t.unknown()}
		err := p.each(ctx, t, "", func(j judged) error {
			ts.Rows++
			switch j.outcome {
			case Taken:
				ts.Taken++
			case Changed:
				ts.Changed++
			case Skipped:
				ts.Skipped++
			}
			like := known.find(j)
			if like != "" {
				ts.Alike++
			}
			if all != nil {
				sheetsOf(j, all.put)
			}
			tell(t.kind.table, 1)
			return rep.row(t, j, like)
		})
		if err != nil {
			return sum, err
		}
		sum.Tables = append(sum.Tables, ts)
	}
	return sum, rep.w.Flush()
}

// progressing counts rows for who watches, and speaks at most twenty times a second.
func progressing(w Watch, stage Stage, tables []*mapped) func(table string, rows int64) {
	p := Progress{Stage: stage}
	for _, t := range tables {
		p.Total += t.total
	}
	var told time.Time
	return func(table string, rows int64) {
		p.Done += rows
		p.Table = table
		if w.Progress == nil || p.Done < p.Total && time.Since(told) < 50*time.Millisecond {
			return
		}
		told = time.Now()
		w.Progress(p)
	}
}

func ids(dst *[]id.ID) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*dst, err = pgx.CollectRows(rows, pgx.RowTo[id.ID])
		return err
	}
}
