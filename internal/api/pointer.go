package api

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// bodyPointer is the JSON pointer of a place in a body that huma names like ".gates[0].a.b". Names may have dots
// and brackets themselves; the body tells which they are.
func bodyPointer(place string, body []byte) string {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return ""
	}
	var b strings.Builder
	for place != "" {
		token, child, rest, found := step(place, value)
		if !found {
			return b.String() + "/" + pointerToken(strings.TrimPrefix(place, "."))
		}
		b.WriteString("/" + pointerToken(token))
		value, place = child, rest
	}
	return b.String()
}

// step goes one member or entry down.
func step(place string, value any) (token string, child any, rest string, found bool) {
	switch v := value.(type) {
	case map[string]any:
		place = strings.TrimPrefix(place, ".")
		for name := range v {
			tail, is := strings.CutPrefix(place, name)
			ends := tail == "" || tail[0] == '.' || tail[0] == '['
			if is && ends && (!found || len(name) > len(token)) {
				token, child, rest, found = name, v[name], tail, true
			}
		}
	case []any:
		digits, tail, bracket := strings.Cut(strings.TrimPrefix(place, "["), "]")
		if i, err := strconv.Atoi(digits); err == nil && bracket && i >= 0 && i < len(v) {
			return digits, v[i], tail, true
		}
	}
	return token, child, rest, found
}
