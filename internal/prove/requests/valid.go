package requests

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// hint makes a valid request of its operation, and whatever records that needs.
type hint func(s *Session) Request

// hints by operation: see pagehints.go and apihints.go.
var hints = func() map[string]hint {
	all := map[string]hint{}
	for _, from := range []map[string]hint{apiHints, quoteHints, pageHints, quotePageHints, joiningHints, accountHints, deviceHints, fileHints, moneyHints, planHints} {
		for key, h := range from {
			if all[key] != nil {
				panic("prove: two hints for " + key)
			}
			all[key] = h
		}
	}
	return all
}()

// Missing lists the operations without a hint that cannot do without, and hints of operations that there are not.
func Missing(operations []Operation) (lines []string) {
	known := map[string]bool{}
	for _, o := range operations {
		known[o.Key] = true
		if hints[o.Key] == nil && !o.plain() {
			lines = append(lines, o.Key+" has no hint: say in internal/prove/requests how a valid request of it is made")
		}
	}
	for _, key := range slices.Concat(slices.Collect(maps.Keys(hints)), slices.Collect(maps.Keys(further))) {
		if !known[key] {
			lines = append(lines, "the hint of "+key+" is of no operation: take it out")
		}
	}
	return lines
}

// plain operations need no hint: they read, and name at most one record of a kind that the path tells.
func (o Operation) plain() bool {
	if o.Method != "GET" {
		return false
	}
	rest := strings.ReplaceAll(o.Pattern, "{$}", "")
	return !strings.Contains(rest, "{") || strings.Count(rest, "{") == 1 && strings.Contains(rest, "{id}") && o.kind() != ""
}

// kind is the kind of record that the path names.
func (o Operation) kind() string {
	before, _, _ := strings.Cut(strings.TrimPrefix(o.Pattern, "/v1"), "/{id}")
	kind := strings.TrimPrefix(before, "/")
	switch kind {
	case "zones":
		return "pricing-zones"
	case "settings/people":
		return "people"
	case "files", "photos":
		return "files"
	case "customers", "properties", "sketches", "quotes", "jobs", "payments", "materials", "styles", "tiers", "pricing-zones", "api-keys":
		return kind
	}
	return ""
}

// Valid makes a request that the operation carries out, with whatever must be there before.
func (s *Session) Valid(key string) (Request, error) {
	o := s.Operations[key]
	s.why = ""
	var r Request
	switch h := hints[key]; {
	case h != nil:
		r = h(s)
	case !o.plain():
		return r, fmt.Errorf("%s has no hint", key)
	default:
		path := strings.ReplaceAll(o.Pattern, "{$}", "")
		if strings.Contains(path, "{id}") {
			path = strings.ReplaceAll(path, "{id}", s.some(o.kind()))
		}
		if o.API {
			r = s.api(key, path, "")
		} else {
			r = s.page(key, path)
		}
	}
	if s.why != "" {
		return r, fmt.Errorf("%s: %s", key, s.why)
	}
	return r, nil
}

// at is a hint for a request of the API about one record of a kind.
func at(key, kind, body string) hint {
	return func(s *Session) Request {
		return s.api(key, strings.Replace(s.Operations[key].Pattern, "{id}", s.some(kind), 1), body)
	}
}
