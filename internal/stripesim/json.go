package stripesim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// opt is a text that may be absent, which Stripe writes as null.
type opt string

func (o opt) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("null"), nil
	}
	for i := range len(o) {
		if c := o[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return encode(string(o)), nil
		}
	}
	return []byte(`"` + o + `"`), nil // most: an encoder for each would be half of what an object costs
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

// differences is what of before has another value after; of hashes only the keys that differ, of lists the whole. Most of
// an object is the same before and after, so what is equal is never decoded.
func differences(before, after []byte) map[string]any {
	out := map[string]any{}
	was, is := fields(before), fields(after)
	for key, old := range was {
		now := is[key]
		switch {
		case bytes.Equal(old, now):
		case isHash(old) && isHash(now):
			out[key] = differences(old, now)
		default:
			out[key] = old
		}
	}
	for key := range is {
		if _, known := was[key]; !known {
			out[key] = nil
		}
	}
	return out
}

// fields splits a hash that encode has written: well-formed, without blanks. Decoding would cost more than all else that a
// change costs.
func fields(b []byte) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	for i := 1; b[i] != '}'; {
		colon := i + ends(b[i:])
		comma := colon + 1 + ends(b[colon+1:])
		all[string(b[i+1:colon-1])] = b[colon+1 : comma]
		if i = comma; b[i] == ',' {
			i++
		}
	}
	return all
}

// around splits a hash that encode has written at the value of a key; without the key it is nil.
func around(b []byte, key string) (before, value, after []byte) {
	for i := 1; b[i] != '}'; {
		colon := i + ends(b[i:])
		comma := colon + 1 + ends(b[colon+1:])
		if string(b[i+1:colon-1]) == key {
			return b[:colon+1], b[colon+1 : comma], b[comma:]
		}
		if i = comma; b[i] == ',' {
			i++
		}
	}
	return nil, nil, nil
}

// elements splits a list that encode has written.
func elements(b []byte) (all [][]byte) {
	for i := 1; b[i] != ']'; {
		end := i + ends(b[i:])
		all = append(all, b[i:end])
		if i = end; b[i] == ',' {
			i++
		}
	}
	return all
}

// ends is where the value that b begins with ends.
func ends(b []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			if quoted = !quoted; !quoted && depth == 0 {
				return i + 1
			}
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']' || c == ',':
			if depth == 0 {
				return i // of a number or word, by what follows it
			}
			if c != ',' {
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	return len(b)
}

func isHash(b []byte) bool {
	return len(b) > 0 && b[0] == '{' && !bytes.HasPrefix(b, []byte(`{"object":"list"`))
}
