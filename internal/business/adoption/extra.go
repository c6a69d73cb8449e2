package adoption

import (
	"bytes"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// value is a cell as JSON: numbers, truths and documents as what they are, everything else as a text.
func value(text, typ string) jsontext.Value {
	switch typ {
	case "bool":
		return jsontext.Value(map[bool]string{true: "true", false: "false"}[text == "t" || text == "true"])
	case "int2", "int4", "int8", "numeric", "float4", "float8":
		if keepable(text) {
			return jsontext.Value(text)
		}
	case "json", "jsonb":
		if keepable(text) {
			return jsontext.Value(text)
		}
	}
	// Everything but what jsonb cannot hold: NUL and damaged letters.
	quoted, err := jsontext.AppendQuote(nil, strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\uFFFD"))
	if err != nil {
		return jsontext.Value(`""`) // cannot be: it was cleaned
	}
	return quoted
}

// keepable tells whether a document is one that jsonb keeps and that reads back the same: strict JSON, no name
// twice, no NUL, numbers that a double holds, not nested past reason.
func keepable(text string) bool {
	const deepest = 500
	d := jsontext.NewDecoder(strings.NewReader(text))
	for values := 0; ; {
		token, err := d.ReadToken()
		if err == io.EOF {
			return values == 1
		}
		if err != nil || d.StackDepth() > deepest {
			return false
		}
		switch token.Kind() {
		case '"':
			if strings.ContainsRune(token.String(), 0) {
				return false
			}
		case '0':
			f, err := strconv.ParseFloat(token.String(), 64)
			if err != nil || math.IsInf(f, 0) || len(token.String()) > 40 {
				return false
			}
		}
		if d.StackDepth() == 0 {
			values++
		}
	}
}

// document is a JSON object in the one form that is compared: members in order, numbers as doubles.
func document(members map[string]jsontext.Value) (jsontext.Value, error) {
	text, err := json.Marshal(members, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	return canonical(text)
}

func canonical(text []byte) (jsontext.Value, error) {
	v := jsontext.Value(bytes.Clone(text))
	return v, v.Canonicalize()
}
