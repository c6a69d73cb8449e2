package source

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Cell is a value as the text that PostgreSQL writes. Set is false for NULL.
type Cell struct {
	Text string
	Set  bool
}

// Row is one row, with a cell for each column of its shape.
type Row struct {
	// Key tells the row apart within its table. Where the source's own key does not, the row's content joins it.
	Key string
	// Place is where the row stands in the order: what a run goes on behind. Rows of one key share it.
	Place string
	// Again tells that a row before had the same key: Twin when it was the same row, else another one.
	Again, Twin bool
	Cells       []Cell
}

// keyOf is the expression that orders rows and that a run goes on behind: a row without a key is told apart by its
// content. Bytes decide the order, not a language.
func keyOf(s *Shape) string {
	if s.Key == "" {
		return `('row:' || md5(t::text)) COLLATE "C"`
	}
	return fmt.Sprintf(`coalesce(nullif(t.%s::text, ''), 'row:' || md5(t::text)) COLLATE "C"`, pgx.Identifier{s.Key}.Sanitize())
}

// whereOf are the rows behind $1, of the one organization if there is a choice.
func whereOf(s *Shape) string {
	where := keyOf(s) + " > $1"
	if s.Only.Column != "" {
		where += fmt.Sprintf(" AND lower(t.%s::text) = lower($2)", pgx.Identifier{s.Only.Column}.Sanitize())
	}
	return where
}

func (s *Shape) arguments(after string) []any {
	if s.Only.Column != "" {
		return []any{after, s.Only.Value}
	}
	return []any{after}
}

// Walk gives the rows behind a key in the order of their keys, rows of the same key in the order of their content.
func (db *DB) Walk(ctx context.Context, s *Shape, after string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		columns := make([]string, 0, len(s.Columns)+2)
		hash := "''"
		if !s.Unique {
			hash = "md5(t::text)"
		}
		columns = append(columns, keyOf(s), hash)
		for _, c := range s.Columns {
			columns = append(columns, "t."+pgx.Identifier{c.Name}.Sanitize()+"::text")
		}
		sql := fmt.Sprintf(`SELECT %s FROM %s AS t WHERE %s ORDER BY 1, 2`, strings.Join(columns, ", "), db.quoted(s.Table), whereOf(s))
		rows, err := db.tx.Query(ctx, sql, s.arguments(after)...)
		if err != nil {
			yield(Row{}, fmt.Errorf("old database, %s: %w", s.Table, err))
			return
		}
		defer rows.Close()
		var before twins
		for rows.Next() {
			raw := rows.RawValues()
			row := Row{Key: string(raw[0]), Place: string(raw[0]), Cells: make([]Cell, len(s.Columns))}
			for i, value := range raw[2:] {
				row.Cells[i] = Cell{Text: string(value), Set: value != nil}
			}
			before.tell(&row, string(raw[1]))
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Row{}, fmt.Errorf("old database, %s: %w", s.Table, err))
		}
	}
}

// twins remembers the row before: rows with the same key follow each other.
type twins struct{ key, hash string }

// tell gives a row whose key is taken a key of its own, made of its content: the same in every run.
func (b *twins) tell(row *Row, hash string) {
	if row.Again = b.key == row.Place && hash != ""; row.Again {
		row.Twin = b.hash == hash
		row.Key += "#" + hash
	}
	b.key, b.hash = row.Place, hash
}
