package quoting

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// sitting is how long saves of one person are one line of the log: a sketch saves itself every second.
const sitting = 10 * time.Minute

// CreateSketchInput is a new sketch. Without a layout it is an empty sheet.
type CreateSketchInput struct {
	PropertyID id.ID          `json:"property_id"`
	Name       string         `json:"name"`
	Layout     jsontext.Value `json:"layout,omitempty"`
	Extras     Extras         `json:"extras"`
}

// SketchSaved is the answer to a save.
type SketchSaved struct {
	ID      id.ID     `json:"id"`
	Version int       `json:"version"`
	SavedAt time.Time `json:"saved_at"`
}

// Validate tidies the input and says what is wrong with it.
func (in *CreateSketchInput) Validate() (Drawing, error) {
	var p fault.Problems
	in.Name = sketchName(in.Name, &p)
	if len(in.Layout) == 0 {
		in.Layout = jsontext.Value(emptyDrawing)
	}
	d, err := ReadDrawing(in.Layout, in.Extras)
	p.Under("", err)
	return d, p.Err()
}

func sketchName(name string, p *fault.Problems) string {
	name = strings.TrimSpace(name)
	if name == "" {
		name = "Fence"
	}
	if utf8.RuneCountInString(name) > maxSketchName || strings.ContainsFunc(name, isControl) {
		p.Add("/name", "must have at most %d letters on one line", maxSketchName)
	}
	return name
}

// sketchFacts are what the log says of a sketch.
type sketchFacts struct {
	Name      string  `json:"name"`
	DrawnFt   float64 `json:"drawn_ft"`
	RunCount  int     `json:"run_count"`
	GateCount int     `json:"gate_count"`
}

// CreateSketch begins a drawing of a property.
func (s *Service) CreateSketch(ctx context.Context, a tenancy.Actor, in CreateSketchInput) (SketchSaved, error) {
	d, err := in.Validate()
	if err != nil {
		return SketchSaved{}, err
	}
	if err := a.Require(tenancy.SketchesWrite); err != nil {
		return SketchSaved{}, err
	}
	extras, err := json.Marshal(in.Extras, json.Deterministic(true))
	if err != nil {
		return SketchSaved{}, err
	}
	return tenancy.Once(ctx, s.DB, a, "sketches.create", in, func(tx *pg.OrgTx) (SketchSaved, error) {
		if err := mayChange(tx, a); err != nil {
			return SketchSaved{}, err
		}
		saved := SketchSaved{ID: id.New(), Version: 1, SavedAt: tx.Now()}
		f := sketchFacts{Name: in.Name}
		f.DrawnFt, f.RunCount, f.GateCount = d.measure()
		_, err := tx.Exec(`INSERT INTO app.sketches (org_id, id, property_id, name, layout, extras, drawn_ft, run_count, gate_count,
				created_by, created_at, updated_by, updated_at, logged_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11, $11)`,
			tx.Tenant().Org(), saved.ID, in.PropertyID, in.Name, []byte(in.Layout), extras, f.DrawnFt, f.RunCount, f.GateCount, a.ID, tx.Now())
		if pg.Violates(err, "sketches_property_fk") {
			return SketchSaved{}, fault.Missing()
		}
		if err != nil {
			return SketchSaved{}, err
		}
		return saved, audit.Record(tx, a, audit.Deed{Action: "sketch.created", RecordType: "sketch", RecordID: saved.ID, After: f})
	})
}

// SaveSketchInput is the whole drawing as it is now. Version is the one that the writer read.
type SaveSketchInput struct {
	Version int            `json:"version"`
	Name    string         `json:"name"` // empty: stays
	Layout  jsontext.Value `json:"layout"`
	Extras  Extras         `json:"extras"`
}

// SaveSketch keeps a drawing, whether or not it can be built yet.
func (s *Service) SaveSketch(ctx context.Context, a tenancy.Actor, sketch id.ID, in SaveSketchInput) (SketchSaved, error) {
	var p fault.Problems
	if in.Name != "" {
		in.Name = sketchName(in.Name, &p)
	}
	d, err := ReadDrawing(in.Layout, in.Extras)
	p.Under("", err)
	if err := p.Err(); err != nil {
		return SketchSaved{}, err
	}
	if err := a.Require(tenancy.SketchesWrite); err != nil {
		return SketchSaved{}, err
	}
	extras, err := json.Marshal(in.Extras, json.Deterministic(true))
	if err != nil {
		return SketchSaved{}, err
	}
	type request struct {
		Sketch id.ID
		SaveSketchInput
	}
	return tenancy.Once(ctx, s.DB, a, "sketches.save", request{sketch, in}, func(tx *pg.OrgTx) (SketchSaved, error) {
		if err := mayChange(tx, a); err != nil {
			return SketchSaved{}, err
		}
		return saveSketch(tx, a, sketch, in, d, extras)
	})
}

func saveSketch(tx *pg.OrgTx, a tenancy.Actor, sketch id.ID, in SaveSketchInput, d Drawing, extras []byte) (SketchSaved, error) {
	var before sketchFacts
	var version int
	var by id.ID
	var loggedAt time.Time
	err := tx.QueryRow(`SELECT name, drawn_ft, run_count, gate_count, version, updated_by, logged_at
		FROM app.sketches WHERE org_id = $1 AND id = $2 FOR UPDATE`, tx.Tenant().Org(), sketch).
		Scan(&before.Name, &before.DrawnFt, &before.RunCount, &before.GateCount, &version, &by, &loggedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return SketchSaved{}, fault.Missing()
	}
	if err != nil {
		return SketchSaved{}, err
	}
	if err := stale("sketch", version, in.Version); err != nil {
		return SketchSaved{}, err
	}
	after := sketchFacts{Name: before.Name}
	if in.Name != "" {
		after.Name = in.Name
	}
	after.DrawnFt, after.RunCount, after.GateCount = d.measure()
	log := by != a.ID || tx.Now().Sub(loggedAt) >= sitting
	if log {
		loggedAt = tx.Now()
		if err := audit.Record(tx, a, audit.Deed{Action: "sketch.saved", RecordType: "sketch", RecordID: sketch, Before: before, After: after}); err != nil {
			return SketchSaved{}, err
		}
	}
	tx.AtCommit(pg.Plain, `UPDATE app.sketches SET name = $3, layout = $4, extras = $5, drawn_ft = $6, run_count = $7, gate_count = $8,
			updated_by = $9, updated_at = $10, logged_at = $11, version = version + 1 WHERE org_id = $1 AND id = $2`,
		tx.Tenant().Org(), sketch, after.Name, []byte(in.Layout), extras, after.DrawnFt, after.RunCount, after.GateCount, a.ID, tx.Now(), loggedAt)
	return SketchSaved{ID: sketch, Version: version + 1, SavedAt: tx.Now()}, nil
}
