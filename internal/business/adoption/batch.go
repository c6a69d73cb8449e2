package adoption

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// batch is what one transaction writes.
type batch struct {
	customers    []crm.AdoptedCustomer
	properties   []crm.AdoptedProperty
	leads        []*lead
	appointments []*appointment
	quotes       []*quote
	calculations []*calculation
	approvals    []*approval

	rows  int64  // of the source, the skipped ones too
	bytes int    // of the source's texts
	place string // of the last row
}

func (b *batch) add(j judged) {
	b.rows++
	b.place = j.Place
	for _, cell := range j.Cells {
		b.bytes += len(cell.Text)
	}
	switch ours := j.ours.(type) {
	case *customer:
		b.customers = append(b.customers, ours.AdoptedCustomer)
		if ours.property != nil {
			b.properties = append(b.properties, *ours.property)
		}
	case *lead:
		b.leads = append(b.leads, ours)
	case *appointment:
		b.appointments = append(b.appointments, ours)
	case *quote:
		b.quotes = append(b.quotes, ours)
	case *calculation:
		b.calculations = append(b.calculations, ours)
	case *approval:
		b.approvals = append(b.approvals, ours)
	}
}

// insert writes the batch. A row that is there already is left as it is. COPY is refused under row level security,
// so the rows travel as one JSON document each statement.
func (b *batch) insert(tx *pg.OrgTx, adoption id.ID) (written int64, err error) {
	for _, part := range []func() (int64, error){
		func() (int64, error) { return crm.Adopt(tx, adoption, b.customers, b.properties) },
		func() (int64, error) { return some(b.leads, tx, adoption, insertLeads) },
		func() (int64, error) { return some(b.appointments, tx, adoption, insertAppointments) },
		func() (int64, error) { return some(b.quotes, tx, adoption, insertQuotes) },
		func() (int64, error) { return some(b.calculations, tx, adoption, insertCalculations) },
		func() (int64, error) { return some(b.approvals, tx, adoption, insertApprovals) },
	} {
		n, err := part()
		if err != nil {
			return 0, err
		}
		written += n
	}
	return written, nil
}

func some[T any](rows []T, tx *pg.OrgTx, adoption id.ID, insert func(*pg.OrgTx, id.ID, []T) (int64, error)) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	return insert(tx, adoption, rows)
}

// asJSON is what json_to_recordset reads. Rows are of our own types, whose texts were cleaned: they always have a
// document.
func asJSON(rows any) string {
	text, err := json.Marshal(rows)
	if err != nil {
		panic("adoption: " + err.Error()) // a type of ours that has no JSON: our mistake, found by any test
	}
	return string(text)
}

// print is what a row is told by: the hash of its document.
type print [16]byte

func printOf(row any) print {
	sum := sha256.Sum256([]byte(asJSON(row)))
	return print(sum[:16])
}

// Sum tells whether two collections of rows are the same, in whatever order they come: a count, and the sum of the
// rows' hashes.
type Sum struct {
	Rows  int64
	parts [2]uint64
}

func (s *Sum) add(p print) {
	s.Rows++
	s.parts[0] += binary.BigEndian.Uint64(p[:8])
	s.parts[1] += binary.BigEndian.Uint64(p[8:])
}

// String is the checksum as it is shown.
func (s Sum) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], s.parts[0])
	binary.BigEndian.PutUint64(b[8:], s.parts[1])
	return hex.EncodeToString(b[:])
}

// sheet is one of our tables while it is compared.
type sheet struct {
	prints map[id.ID]print // of what the source should have made
	there  Sum
}

// sheetsOf are a row's parts by our table.
func sheetsOf(j judged, put func(sheet string, row id.ID, p print)) {
	switch ours := j.ours.(type) {
	case *customer:
		put("customers", ours.ID, printOf(plainCustomer(ours.AdoptedCustomer)))
		if ours.property != nil {
			put("properties", ours.property.ID, printOf(ours.property))
		}
	case *lead:
		put("leads", ours.ID, printOf(ours))
	case *appointment:
		put("appointments", ours.ID, printOf(ours))
	case *quote:
		put("adopted_quotes", ours.ID, printOf(ours))
	case *calculation:
		put("roi_calculations", ours.ID, printOf(ours))
	case *approval:
		put("pricing_approvals", ours.ID, printOf(ours))
	}
}

// plainCustomer leaves out what follows from the rest, and changes when a property is changed.
func plainCustomer(c crm.AdoptedCustomer) crm.AdoptedCustomer {
	c.SearchText = ""
	return c
}

// utc puts times that the driver read into the zone that documents are written in.
func utc(times ...*time.Time) {
	for _, t := range times {
		if t != nil {
			*t = t.UTC()
		}
	}
}

// same puts documents that the database read back into the form that is compared.
func same(documents ...*jsontext.Value) error {
	for _, d := range documents {
		if err := d.Canonicalize(); err != nil {
			return err
		}
	}
	return nil
}
