package api

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"reflect"
)

// patch is a member of a merge patch (RFC 7396): left out it stays as it is, null clears it.
type patch[T any] struct {
	given bool
	value T // the zero value for null
}

// UnmarshalJSONFrom notes that the member was given.
func (p *patch[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	p.given = true
	return json.UnmarshalDecode(dec, &p.value)
}

// Schema is the member's own, or null.
func (patch[T]) Schema(r huma.Registry) *huma.Schema {
	s := *r.Schema(reflect.TypeFor[T](), false, "")
	s.Nullable = true
	return &s
}

// change is what to write; nil for nothing.
func (p patch[T]) change() *T {
	if !p.given {
		return nil
	}
	return &p.value
}

// onto changes a value in place.
func (p patch[T]) onto(v *T) {
	if p.given {
		*v = p.value
	}
}
