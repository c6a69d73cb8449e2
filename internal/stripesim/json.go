package stripesim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// opt is a text that may be absent, which Stripe writes as null.
type opt string

func (o opt) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("null"), nil
	}
	return encode(string(o)), nil
}

// stamp is a moment in seconds that may be absent.
type stamp int64

func (s stamp) MarshalJSON() ([]byte, error) {
	if s == 0 {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(s), 10), nil
}

// void is a field that we know and never fill.
type void struct{}

func (void) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// encode cannot fail: all that we encode are our own types.
func encode(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // addresses are to be read by people
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("stripesim: %T does not encode: %v", v, err))
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

func decode(b []byte) any {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic(fmt.Sprintf("stripesim: own JSON does not decode: %v", err))
	}
	return v
}

// differences is what of before has another value after; of hashes only the keys that differ, of lists the whole.
func differences(before, after map[string]any) map[string]any {
	out := map[string]any{}
	for key, was := range before {
		is := after[key]
		if reflect.DeepEqual(was, is) {
			continue
		}
		inner, both := was.(map[string]any)
		other, hash := is.(map[string]any)
		if both && hash && inner["object"] != "list" {
			out[key] = differences(inner, other)
		} else {
			out[key] = was
		}
	}
	for key := range after {
		if _, was := before[key]; !was {
			out[key] = nil
		}
	}
	return out
}
