package stripesim

import "slices"

// list is a page of objects.
type list struct {
	Object  string `json:"object"`
	Data    any    `json:"data"`
	HasMore bool   `json:"has_more"`
	URL     string `json:"url"`
}

func whole[T any](data []T, url string) *list {
	if data == nil {
		data = []T{}
	}
	return &list{Object: "list", Data: data, URL: url}
}

const (
	pageDefault = 10
	pageMost    = 100
)

// page lists what matches, newest first, between the cursors.
func page[T record](c *call, t *table[T], match func(T) bool) (any, *Problem) {
	limit := c.form.numOr("limit", pageDefault)
	if limit < 1 || limit > pageMost {
		return nil, coded("parameter_invalid_integer", "limit", "This value must be between 1 and 100 (inclusive).")
	}
	rows := t.where(func(row T) bool { return match(row) && inRange(c.form, row.born()) })
	slices.Reverse(rows)
	after, before := c.form.str("starting_after"), c.form.str("ending_before")
	if after != "" && before != "" {
		return nil, invalid("ending_before", "You may only specify one of these parameters: starting_after, ending_before.")
	}
	more := false
	switch {
	case before != "":
		n := slices.IndexFunc(rows, func(row T) bool { return row.ident() == before })
		if n < 0 {
			return nil, noSuch(t.kind, "ending_before", before)
		}
		from := max(0, n-int(limit))
		rows, more = rows[from:n], from > 0
	default:
		if after != "" {
			n := slices.IndexFunc(rows, func(row T) bool { return row.ident() == after })
			if n < 0 {
				return nil, noSuch(t.kind, "starting_after", after)
			}
			rows = rows[n+1:]
		}
		if len(rows) > int(limit) {
			rows, more = rows[:limit], true
		}
	}
	l := whole(rows, c.url)
	l.HasMore = more
	return l, nil
}

// inRange tells whether a moment is within created[gte] and its like, or is created itself.
func inRange(f *form, at int64) bool {
	created := f.at("created")
	if created.set && f.num("created") != at {
		return false
	}
	for name, limit := range created.under {
		if limit.value == "" {
			continue
		}
		n := limit.num("")
		if name == "gt" && at <= n || name == "gte" && at < n || name == "lt" && at >= n || name == "lte" && at > n {
			return false
		}
	}
	return true
}

// same tells whether a filter was not asked for or names this.
func same[S ~string](f *form, param string, is S) bool {
	return !f.filled(param) || f.str(param) == string(is)
}
