package stripesim

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

func TestDifferencesAreThoseOfTheKeysThatDiffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, after, want string }{
		{`{"a":1,"b":"x"}`, `{"a":1,"b":"x"}`, `{}`},
		{`{"a":1,"b":"x"}`, `{"a":2,"b":"x"}`, `{"a":1}`},
		{`{"a":{"b":1,"c":2}}`, `{"a":{"b":1,"c":3}}`, `{"a":{"c":2}}`},
		{`{"a":[1,2]}`, `{"a":[1,3]}`, `{"a":[1,2]}`},
		{`{"a":null}`, `{"a":{"b":1}}`, `{"a":null}`},
		{`{"a":{"object":"list","data":[1]}}`, `{"a":{"object":"list","data":[2]}}`, `{"a":{"object":"list","data":[1]}}`},
		{`{"a":"}\",{","b":true}`, `{"a":"}\",{","b":false}`, `{"b":true}`},
		{`{}`, `{"new":"x"}`, `{"new":null}`},
	} {
		var got, want any
		if err := json.Unmarshal(encode(differences([]byte(c.before), []byte(c.after))), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(c.want), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s → %s: %v, want %v", c.before, c.after, got, want)
		}
	}
}

func FuzzFieldsAreThoseThatDecodingFinds(f *testing.F) {
	f.Add(`{"a":{"b":[1,{"c":"\\\""}]},"d":-1.5e3,"e":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		var any map[string]any
		if json.Unmarshal([]byte(text), &any) != nil || any == nil {
			t.Skip("no JSON object: it has no fields to compare")
		}
		written := encode(any)
		var want map[string]json.RawMessage
		if err := json.Unmarshal(written, &want); err != nil {
			t.Fatal(err)
		}
		got := map[string]json.RawMessage{}
		for key, value := range fields(written) { // keys of ours need no unquoting; these may
			var plain string
			if err := json.Unmarshal([]byte(`"`+key+`"`), &plain); err != nil {
				t.Fatal(err)
			}
			got[plain] = value
			if before, there, after := around(written, key); !bytes.Equal(there, value) || !bytes.Equal(slices.Concat(before, there, after), written) {
				t.Errorf("%s: around %q it is %s, %s, %s", written, key, before, there, after)
			}
			if len(value) > 1 && value[0] == '[' && !bytes.Equal(bytes.Join(elements(value), []byte(",")), value[1:len(value)-1]) {
				t.Errorf("%s: its elements are %s", value, elements(value))
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s, want %s", written, got, want)
		}
	})
}
