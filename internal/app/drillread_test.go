package app_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// problem is the code of a refusal, the last part of its type.
func problem(a answer) string {
	kind := member(a, "type")
	return kind[strings.LastIndexByte(kind, '/')+1:]
}

// member reads one member of a JSON answer as text, "" when it is not there. Numbers are places in an array.
func member(a answer, path ...string) string {
	var v any
	if json.Unmarshal(a.body, &v) != nil {
		return ""
	}
	for _, step := range path {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(at) {
				return ""
			}
			v = at[n]
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func tokenOf(address string) string { return address[strings.LastIndexByte(address, '/')+1:] }

// answersTo says of every open check of a draft that it was looked at.
func answersTo(quote answer) string {
	var q struct {
		Checks []struct {
			Key string `json:"key"`
		} `json:"checks"`
	}
	_ = json.Unmarshal(quote.body, &q) // no checks, no answers: sending says so
	answers := map[string]string{"nothing-excluded": "Looked at"}
	for _, c := range q.Checks {
		answers[c.Key] = "Looked at"
	}
	text, _ := json.Marshal(answers, json.Deterministic(true)) // strings
	return string(text)
}

// signatureUnder accepts the option that is shown as premium.
func signatureUnder(shown answer) string {
	var v struct {
		Hash     string `json:"document_hash"`
		Document struct {
			Options []struct {
				Key   string `json:"key"`
				Total int64  `json:"total_cents"`
			} `json:"options"`
		} `json:"document"`
	}
	_ = json.Unmarshal(shown.body, &v) // an empty one is refused
	for _, o := range v.Document.Options {
		if o.Key == "premium" {
			return fmt.Sprintf(`{"option":"premium","total_cents":%d,"document_hash":"%s","consent":true,"name":"Ana Li","signature":{"kind":"typed"}}`, o.Total, v.Hash)
		}
	}
	return "{}"
}
