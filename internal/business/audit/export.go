package audit

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/sheet"
)

// Format is how an export is written.
type Format string

// CSV is for spreadsheets. JSONLines has each entry's text as it is hashed, so that the chain can be proved from
// the file alone: hash = SHA-256 of the hash before and the text of entry.
const (
	CSV       Format = "csv"
	JSONLines Format = "jsonl"
)

// maxExport is how many entries one file holds.
const maxExport = 100_000

// exportFacts are what the log says of an export.
type exportFacts struct {
	Format     Format `json:"format"`
	Entries    int64  `json:"entries"`
	Person     string `json:"person,omitempty"`
	RecordType string `json:"record_type,omitempty"`
	RecordID   string `json:"record_id,omitempty"`
	Action     string `json:"action,omitempty"`
	From       string `json:"from,omitempty"`
	To         string `json:"to,omitempty"`
}

// Export writes the entries of a filter, the oldest first, as they were when it began; that it was done is an
// entry itself. Nothing is written to w before everything is known to be allowed.
func Export(ctx context.Context, db *pg.DB, a tenancy.Actor, f Filter, format Format, begin func(entries int64) io.Writer) error {
	if err := a.Require(tenancy.AuditRead); err != nil {
		return err
	}
	if err := a.Require(tenancy.DataExport); err != nil {
		return err
	}
	if format != CSV && format != JSONLines {
		return fault.InvalidField("/format", "Choose csv or jsonl.")
	}
	f.After = ""
	if _, err := f.cursor(); err != nil {
		return err
	}
	end, entries, err := recordExport(ctx, db, a, f, format)
	if err != nil {
		return err
	}
	return f.copy(ctx, db, a, end, newExporter(format, begin(entries)))
}

// recordExport notes the export and returns the last entry that it may hold.
func recordExport(ctx context.Context, db *pg.DB, a tenancy.Actor, f Filter, format Format) (end, entries int64, err error) {
	err = db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		if err := a.RequireOwnRights(); err != nil {
			return err
		}
		if err := a.RequireFeature(plan.FeatureLogExport, tx.Now()); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT seq FROM app.audit_heads WHERE org_id = $1`, tx.Tenant().Org()).Scan(&end); err != nil {
			return err
		}
		last := end + 1
		if err := tx.QueryRow(countSQL, append(f.args(tx.Tenant(), &last), maxExport+1)...).Scan(&entries); err != nil {
			return err
		}
		if entries > maxExport {
			return fault.InvalidField("/from", "This is more than %d entries. Choose a shorter time.", maxExport)
		}
		return Record(tx, a, Deed{Action: "audit.exported", RecordType: "audit", RecordID: tx.Tenant().Org(), After: f.facts(format, entries)})
	})
	return end, entries, err
}

const countSQL = `SELECT count(*) FROM (SELECT FROM app.audit_entries WHERE org_id = $1
	AND ($2::bigint IS NULL OR seq < $2)
	AND ($3::uuid IS NULL OR actor_id = $3 OR on_behalf_of = $3)
	AND ($4 = '' OR record_type = $4) AND ($5::uuid IS NULL OR record_id = $5) AND ($6 = '' OR action = $6)
	AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8) LIMIT $9) AS e`

// exportSQL goes forward through the chain.
const exportSQL = `SELECT seq, content, hash FROM app.audit_entries WHERE org_id = $1
	AND seq > $2::bigint
	AND ($3::uuid IS NULL OR actor_id = $3 OR on_behalf_of = $3)
	AND ($4 = '' OR record_type = $4) AND ($5::uuid IS NULL OR record_id = $5) AND ($6 = '' OR action = $6)
	AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
	AND seq <= $9 ORDER BY seq LIMIT 1000`

func (f Filter) copy(ctx context.Context, db *pg.DB, a tenancy.Actor, end int64, x exporter) error {
	for after := int64(0); ; {
		var rows []row
		_, err := db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
			pg.All(r, &rows, exportSQL, append(f.args(a.Tenant(), &after), end)...)
		})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return x.end()
		}
		for _, r := range rows {
			if err := x.write(r); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].Seq
	}
}

func (f Filter) facts(format Format, entries int64) exportFacts {
	facts := exportFacts{Format: format, Entries: entries, RecordType: f.RecordType, Action: f.Action}
	if f.Person != id.Nil {
		facts.Person = f.Person.String()
	}
	if f.RecordID != id.Nil {
		facts.RecordID = f.RecordID.String()
	}
	if !f.From.IsZero() {
		facts.From = f.From.UTC().Format(time.RFC3339)
	}
	if !f.To.IsZero() {
		facts.To = f.To.UTC().Format(time.RFC3339)
	}
	return facts
}

// exporter writes entries in one format.
type exporter interface {
	write(row) error
	end() error
}

func newExporter(format Format, w io.Writer) exporter {
	if format == JSONLines {
		return jsonLines{bufio.NewWriter(w)}
	}
	s := spreadsheet{sheet.NewWriter(w)}
	s.Cells("entry", "time", "who", "kind", "for", "with the rights of", "action", "record type", "record", "request", "before", "after", "hash")
	return s
}

type jsonLines struct{ *bufio.Writer }

// write keeps the text of the entry byte for byte: it is what was hashed.
func (j jsonLines) write(r row) error {
	_, err := fmt.Fprintf(j, `{"seq":%d,"hash":"%x","entry":%s}`+"\n", r.Seq, r.Hash, r.Content)
	return err
}

func (j jsonLines) end() error { return j.Flush() }

type spreadsheet struct{ *sheet.Writer }

func (s spreadsheet) write(r row) error {
	var c content
	if err := json.Unmarshal([]byte(r.Content), &c); err != nil {
		return fmt.Errorf("audit entry %d: %w", r.Seq, err)
	}
	s.Cells(fmt.Sprint(r.Seq), c.At.UTC().Format(time.RFC3339Nano), c.ActorName, c.ActorKind, c.Behalf, c.ViewsAs, c.Action, c.RecordType, c.RecordID.String(),
		c.RequestID, string(c.Before), string(c.After), hex.EncodeToString(r.Hash))
	return nil
}

func (s spreadsheet) end() error { return s.Flush() }
