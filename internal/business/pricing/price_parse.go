package pricing

import (
	"math"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/platform/money"
)

// missing stands for an amount that a document left out; no amount may be negative.
const missing money.Cents = -1

// ParseInput reads a price document. It refuses, as a fault of kind Invalid with JSON pointers, what is not
// exactly such a document. Calculate looks at what the members mean.
func ParseInput(data []byte) (Input, error) {
	in := Input{Terms: Terms{Zone: Unzoned, Tax: Tax{Mode: TaxNone}}}
	if err := document.Decode(data, &in); err != nil {
		return Input{}, err
	}
	return in, nil
}

// UnmarshalJSONFrom tells a percentage or amount that is left out from one of zero, where the kind needs it.
func (m *Method) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type plain Method
	in := plain{Pct: math.NaN(), CentsPerFt: missing, Cents: missing}
	err := json.UnmarshalDecode(dec, &in)
	if in.Kind != MethodMargin && in.Kind != MethodMarkup && math.IsNaN(in.Pct) {
		in.Pct = 0
	}
	if in.Kind != MethodPerFoot && in.CentsPerFt == missing {
		in.CentsPerFt = 0
	}
	if in.Kind != MethodFixed && in.Cents == missing {
		in.Cents = 0
	}
	*m = Method(in)
	return err
}
