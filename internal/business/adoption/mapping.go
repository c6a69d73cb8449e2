package adoption

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/adoption/source"
	"fenceplatform.com/fence/internal/platform/fault"
)

// Map is what people say about their database, where guessing from names is not enough. The report begins with the
// whole mapping in this form.
type Map struct {
	// TimeZone is where dates and times without a zone were written. Empty: texts in the company's zone, columns of
	// type timestamp in that of the old server.
	TimeZone string              `json:"time_zone,omitzero"`
	Tables   map[string]TableMap `json:"tables,omitzero"`
}

// TableMap is what people say about one of the six tables.
type TableMap struct {
	Table   string            `json:"table,omitzero"`   // what it is called there; "-" leaves it out
	Key     string            `json:"key,omitzero"`     // the column that tells rows apart
	Columns map[string]string `json:"columns,omitzero"` // our field → their column; "-" is none
	Cents   []string          `json:"cents,omitzero"`   // columns of whole cents; others are dollars
}

// ParseMap reads a map and refuses what it does not know.
func ParseMap(text []byte) (Map, error) {
	var m Map
	if err := json.Unmarshal(text, &m, json.RejectUnknownMembers(true)); err != nil {
		return Map{}, fault.New(fault.Invalid, "map-form", "The map is no JSON of the form that docs/adopt.md shows: %s.", err)
	}
	if _, err := time.LoadLocation(m.TimeZone); err != nil {
		return Map{}, fault.New(fault.Invalid, "map-time-zone", "The map's time zone %q is none. Write one like America/Chicago.", m.TimeZone)
	}
	for table, t := range m.Tables {
		k := kindOf(table)
		if k == nil {
			return Map{}, fault.New(fault.Invalid, "map-table", "The map has %q, which is none of the six tables.", table)
		}
		for name := range t.Columns {
			if !slices.ContainsFunc(k.fields, func(f field) bool { return f.name == name }) {
				return Map{}, fault.New(fault.Invalid, "map-field", "The map has %s.%s, which is no field. docs/adopt.md lists them.", table, name)
			}
		}
	}
	return m, nil
}

func kindOf(table string) *kind {
	if i := slices.IndexFunc(kinds, func(k *kind) bool { return k.table == table }); i >= 0 {
		return kinds[i]
	}
	return nil
}

// mapped is one table of the source with what we know about it.
type mapped struct {
	kind    *kind
	shape   *source.Shape
	columns map[string]int // our field → column
	cents   []bool         // by column
	total   int64
}

// mapTables finds the tables, describes them and says which column is which field.
func mapTables(ctx context.Context, db *source.DB, m Map, org string) ([]*mapped, error) {
	there, err := db.Tables(ctx)
	if err != nil {
		return nil, err
	}
	var tables []*mapped
	for _, k := range kinds {
		said := m.Tables[k.table]
		name := said.Table
		if name == "" {
			name = guess(there, k.table, k.also)
		}
		if name == "" || name == "-" {
			continue
		}
		shape, err := db.Describe(ctx, name)
		if err != nil {
			return nil, err
		}
		if err := choose(ctx, db, shape, org); err != nil {
			return nil, err
		}
		t, err := mapColumns(k, shape, said)
		if err != nil {
			return nil, err
		}
		if t.total, err = db.Count(ctx, shape, ""); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	if len(tables) == 0 {
		return nil, fault.New(fault.Invalid, "source-empty", "The old database has none of the six tables in this schema. Name it with --schema, or the tables with --map.")
	}
	return tables, nil
}

// choose keeps one organization's rows where a half-made conversion left several in one table.
func choose(ctx context.Context, db *source.DB, shape *source.Shape, org string) error {
	const column = "org_id"
	if !shape.Has(column) {
		return nil
	}
	if org != "" {
		shape.Only = source.Only{Column: column, Value: org}
		return nil
	}
	all, err := db.Organizations(ctx, shape.Table, column)
	if err != nil {
		return err
	}
	if len(all) > 1 {
		return fault.New(fault.Invalid, "source-organizations", "The old table %s has rows of several organizations (%s …). Name the one to take with --source-org.", shape.Table, all[0])
	}
	return nil
}

func guess(there []string, name string, also []string) string {
	if slices.Contains(there, name) {
		return name
	}
	for _, wanted := range append([]string{plain(name)}, also...) {
		for _, candidate := range there {
			if plain(candidate) == wanted {
				return candidate
			}
		}
	}
	return ""
}

func mapColumns(k *kind, shape *source.Shape, said TableMap) (*mapped, error) {
	t := &mapped{kind: k, shape: shape, columns: map[string]int{}, cents: make([]bool, len(shape.Columns))}
	names := make([]string, len(shape.Columns))
	place := map[string]int{}
	for i, c := range shape.Columns {
		names[i], place[c.Name] = c.Name, i
		t.cents[i] = strings.HasSuffix(plain(c.Name), "cents") || slices.Contains(said.Cents, c.Name)
	}
	missing := func(column string) error {
		return fault.New(fault.Invalid, "map-column", "The map names the column %q, which the old table %s does not have.", column, shape.Table)
	}
	if said.Key != "" {
		if !shape.Has(said.Key) {
			return nil, missing(said.Key)
		}
		shape.Unique = shape.Unique && shape.Key == said.Key
		shape.Key = said.Key
	}
	for _, c := range said.Cents {
		if !shape.Has(c) {
			return nil, missing(c)
		}
	}
	taken := map[string]bool{}
	for _, f := range k.fields {
		column, ok := said.Columns[f.name]
		if !ok {
			continue
		}
		if column != "-" && !shape.Has(column) {
			return nil, missing(column)
		}
		taken[column] = true
	}
	for _, f := range k.fields {
		column, ok := said.Columns[f.name]
		if !ok {
			free := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return taken[n] })
			column = guess(free, f.name, f.also)
		}
		if column != "" && column != "-" {
			t.columns[f.name] = place[column]
			taken[column] = true
		}
	}
	return t, nil
}

// said is the mapping as a map would say it.
func (t *mapped) said() TableMap {
	m := TableMap{Table: t.shape.Table, Key: t.shape.Key, Columns: map[string]string{}}
	for _, f := range t.kind.fields {
		m.Columns[f.name] = "-"
		if i, found := t.columns[f.name]; found {
			m.Columns[f.name] = t.shape.Columns[i].Name
		}
	}
	for i, c := range t.shape.Columns {
		if t.cents[i] {
			m.Cents = append(m.Cents, c.Name)
		}
	}
	return m
}

// unknown are the columns that are no field of ours, as they may be shown on a terminal.
func (t *mapped) unknown() []string {
	var names []string
	for i, c := range t.shape.Columns {
		known := false
		for _, at := range t.columns {
			known = known || at == i
		}
		if !known {
			name, _ := clean(c.Name, false)
			names = append(names, name)
		}
	}
	return names
}
