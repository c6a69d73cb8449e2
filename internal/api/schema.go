package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// recordID is an id as it is written: 36 characters. Other spellings of the same number are not taken, so that a
// record has one address.
type recordID id.ID

const idPattern = `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`

// Schema describes an id.
func (recordID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid", Pattern: idPattern, PatternDescription: "an id of 36 characters"}
}

// UnmarshalText reads an id of a path.
func (r *recordID) UnmarshalText(text []byte) error {
	v, err := id.Parse(string(text))
	*r = recordID(v)
	return err
}

// rawDocument is a part of a body that the business reads itself.
type rawDocument []byte

// Schema describes any object.
func (rawDocument) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// optionalID is null for nobody and nothing.
func optionalID(v id.ID) *id.ID {
	if v == id.Nil {
		return nil
	}
	return &v
}

// problem is how refusals are described. They are written by httpx.
type problem struct {
	_      struct{}      `additionalProperties:"true"`
	Type   string        `json:"type" format:"uri" doc:"Which problem it is; docs/problems.md lists them."`
	Title  string        `json:"title" doc:"The status in words."`
	Status int           `json:"status"`
	Detail string        `json:"detail" doc:"One sentence for people."`
	Errors []fault.Field `json:"errors,omitempty" doc:"What is wrong where, as JSON pointers; a parameter or header by its name."`
}

func problemResponse(r huma.Registry) *huma.Response {
	schema := r.Schema(reflect.TypeFor[problem](), true, "Problem")
	return &huma.Response{
		Description: "A problem (RFC 9457).",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
	}
}

// basisPoints are hundredths of a percent.
type basisPoints int

// Schema bounds them to the whole.
func (basisPoints) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Minimum: new(0.0), Maximum: new(10_000.0)}
}

// days is how long an offer holds.
type days int

// Schema bounds it to a year.
func (days) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Minimum: new(1.0), Maximum: new(365.0)}
}

// amount is how money is described: whole cents within what any document may carry.
type amount int64

// Schema bounds it.
func (amount) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Minimum: new(-float64(money.Max)), Maximum: new(float64(money.Max))}
}
