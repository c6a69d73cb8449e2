package stripesim

import "slices"

// key is what every object begins with.
type key struct {
	ID     string `json:"id"`
	Object string `json:"object"`
}

func (k *key) ident() string { return k.ID }

// head is what most objects begin with.
type head struct {
	key
	Created  int64 `json:"created"`
	Livemode bool  `json:"livemode"`
}

func (h *head) born() int64 { return h.Created }

// record is an object that has an id and can be listed.
type record interface {
	ident() string
	born() int64
}

// tombstone stands where a deleted object was.
type tombstone struct {
	key
	Deleted bool `json:"deleted"`
}

// table holds the objects of one kind.
type table[T record] struct {
	kind string // as in "No such customer"
	rows map[string]T
	all  []T
	gone map[string]*tombstone
}

func newTable[T record](kind string) *table[T] {
	return &table[T]{kind: kind, rows: map[string]T{}, gone: map[string]*tombstone{}}
}

func (t *table[T]) add(row T) T {
	t.rows[row.ident()] = row
	t.all = append(t.all, row)
	return row
}

// remove leaves a tombstone, which is also what the answer to deleting is.
func (t *table[T]) remove(id, object string) *tombstone {
	t.all = slices.DeleteFunc(t.all, func(row T) bool { return row.ident() == id })
	delete(t.rows, id)
	t.gone[id] = &tombstone{key{id, object}, true}
	return t.gone[id]
}

// get is the object that a path names.
func (t *table[T]) get(id string) (T, *Problem) {
	row, ok := t.rows[id]
	if !ok {
		return row, absent(t.kind, id)
	}
	return row, nil
}

// named is the object that a parameter names.
func (t *table[T]) named(param, id string) (T, *Problem) {
	row, ok := t.rows[id]
	if !ok {
		return row, noSuch(t.kind, param, id)
	}
	return row, nil
}

func (t *table[T]) find(id string) any {
	if row, ok := t.rows[id]; ok {
		return row
	}
	if grave, ok := t.gone[id]; ok {
		return grave
	}
	return nil
}

// where is what matches, oldest first.
func (t *table[T]) where(match func(T) bool) (found []T) {
	for _, row := range t.all {
		if match(row) {
			found = append(found, row)
		}
	}
	return found
}
