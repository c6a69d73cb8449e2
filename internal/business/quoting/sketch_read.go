package quoting

import (
	"context"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

const sketchSQL = `SELECT s.id, s.property_id, p.customer_id, c.name, p.street, s.name, s.layout, s.extras, s.drawn_ft, s.run_count, s.gate_count,
	s.created_at, s.updated_at, s.version, p.zip, p.has_pool, c.is_sample
	FROM app.sketches s
	JOIN app.properties p ON p.org_id = s.org_id AND p.id = s.property_id
	JOIN app.customers c ON c.org_id = p.org_id AND c.id = p.customer_id
	WHERE s.org_id = $1 AND s.id = $2`

// sketchRow is a sketch with what pricing and checks need of its property.
type sketchRow struct {
	Sketch
	layout, extras []byte
	zip            string
	site           Site
	sample         bool // of the sample customer
}

func queueSketch(r *pg.Reading, t pg.Tenant, sketch id.ID, dst *sketchRow) {
	r.Row(dst.targets(), sketchSQL, t.Org(), sketch)
}

func (row *sketchRow) targets() []any {
	return []any{&row.ID, &row.PropertyID, &row.CustomerID, &row.CustomerName, &row.Place, &row.Name, &row.layout, &row.extras,
		&row.DrawnFt, &row.RunCount, &row.GateCount, &row.CreatedAt, &row.UpdatedAt, &row.Version, &row.zip, &row.site.HasPool, &row.sample}
}

func (row *sketchRow) drawing() (Drawing, error) {
	d, err := stored(row.layout, row.extras)
	row.Layout, row.Extras = jsontext.Value(row.layout), d.Extras
	return d, err
}

// SketchRecord is a sketch with its history.
type SketchRecord struct {
	Sketch   Sketch
	Drawing  Drawing
	Timeline []audit.Entry
}

// GetSketch reads a sketch and its timeline.
func (s *Service) GetSketch(ctx context.Context, a tenancy.Actor, sketch id.ID) (SketchRecord, error) {
	if err := a.Require(tenancy.SketchesRead); err != nil {
		return SketchRecord{}, err
	}
	var row sketchRow
	var rec SketchRecord
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		queueSketch(r, a.Tenant(), sketch, &row)
		audit.QueueTimeline(r, a.Tenant(), "sketch", sketch, &rec.Timeline)
	})
	if err != nil {
		return SketchRecord{}, err
	}
	rec.Drawing, err = row.drawing()
	rec.Sketch = row.Sketch
	return rec, err
}

// SketchSummary is a sketch in a list.
type SketchSummary struct {
	ID        id.ID     `json:"id"`
	Name      string    `json:"name"`
	DrawnFt   float64   `json:"drawn_ft"`
	RunCount  int       `json:"run_count"`
	GateCount int       `json:"gate_count"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int       `json:"version"`
}

// maxSketches bounds the list of a property: nobody draws one yard more often.
const maxSketches = 200

// ListSketchesOfProperty lists a property's sketches, the newest first.
func (s *Service) ListSketchesOfProperty(ctx context.Context, a tenancy.Actor, property id.ID) ([]SketchSummary, error) {
	if err := a.Require(tenancy.SketchesRead); err != nil {
		return nil, err
	}
	var all []SketchSummary
	var found id.ID
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&found}, `SELECT id FROM app.properties WHERE org_id = $1 AND id = $2`, a.Tenant().Org(), property)
		QueueSketchesOfProperty(r, a.Tenant(), property, &all)
	})
	return all, err
}

// QueueSketchesOfProperty reads a property's sketches with other statements of one round trip.
func QueueSketchesOfProperty(r *pg.Reading, t pg.Tenant, property id.ID, dst *[]SketchSummary) {
	r.Rows(func(rows pgx.Rows) error {
		got, err := pgx.CollectRows(rows, pgx.RowToStructByPos[SketchSummary])
		*dst = got
		return err
	}, `SELECT id, name, drawn_ft, run_count, gate_count, updated_at, version FROM app.sketches
		WHERE org_id = $1 AND property_id = $2 ORDER BY id DESC LIMIT $3`, t.Org(), property, maxSketches)
}
