package stripesim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// spec is what an operation takes. It is written as a text: `customer! items[].price items[].quantity:int
// trial_end:time|now metadata.*`. A ! at the end is for what must be there; after a colon stand the forms that a value may have
// (int, dec, bool, time, or a word of its own), else it is any text. An empty value takes away what is optional.
type spec struct {
	params   map[string][]string // forms by path
	parents  map[string]bool
	required []string
}

// Every list takes these, and everything takes expand.
const listed = "limit:int starting_after ending_before created:int created.gt:int created.gte:int created.lt:int created.lte:int "

func newSpec(text string) *spec {
	s := &spec{params: map[string][]string{}, parents: map[string]bool{}}
	for _, word := range strings.Fields(text + " expand[]") {
		word, required := strings.CutSuffix(word, "!")
		path, forms, _ := strings.Cut(word, ":")
		if required {
			s.required = append(s.required, path)
		}
		s.params[path] = nil
		if forms != "" {
			s.params[path] = strings.Split(forms, "|")
		}
		for i, r := range path {
			if r == '.' || r == '[' {
				s.parents[strings.TrimSuffix(path[:i], "[]")] = true
				s.parents[path[:i]] = true
			}
		}
	}
	return s
}

// check refuses what the operation does not know, what has the wrong form, and what is missing, in this order.
func (s *spec) check(f *form) *Problem {
	if p := s.walk(f, ""); p != nil {
		return p
	}
	for _, path := range s.required {
		if !f.filled(path) {
			return missing(path)
		}
	}
	return nil
}

func (s *spec) walk(f *form, path string) *Problem {
	if f.set && path != "" {
		if p := s.judge(f, path); p != nil {
			return p
		}
	}
	for _, name := range f.names() {
		if p := s.walk(f.under[name], s.step(path, name)); p != nil {
			return p
		}
	}
	return nil
}

// step is the path below a path: numbers are those of a list unless any name is allowed there.
func (s *spec) step(path, name string) string {
	if path == "" {
		return name
	}
	if _, free := s.params[path+".*"]; free {
		return path + ".*"
	}
	if _, err := strconv.Atoi(name); err == nil {
		return path + "[]"
	}
	return path + "." + name
}

func (s *spec) judge(f *form, path string) *Problem {
	forms, known := s.params[path]
	if !known {
		if s.parents[path] && f.value == "" {
			return nil // takes the whole hash away
		}
		return unknownParameter(f.raw)
	}
	if f.value == "" || len(forms) == 0 {
		if len(f.value) > 5000 {
			return invalid(f.raw, "Invalid string: the value must be at most 5000 characters.")
		}
		return nil
	}
	for _, form := range forms {
		if fits(form, f.value) {
			return nil
		}
	}
	return misfit(f, forms)
}

func fits(form, value string) bool {
	switch form {
	case "int", "time":
		n, err := strconv.ParseInt(value, 10, 64)
		return err == nil && (form == "int" || n >= 0)
	case "dec":
		_, err := strconv.ParseFloat(value, 64)
		return err == nil
	case "bool":
		return value == "true" || value == "false"
	}
	return form == value
}

func misfit(f *form, forms []string) *Problem {
	switch {
	case slices.Contains(forms, "int"):
		p := invalid(f.raw, "Invalid integer: "+f.value)
		p.Code = "parameter_invalid_integer"
		return p
	case slices.Contains(forms, "bool"):
		return invalid(f.raw, "Invalid boolean: "+f.value)
	case slices.Contains(forms, "dec"):
		return invalid(f.raw, "Invalid decimal: "+f.value)
	case slices.Contains(forms, "time"):
		return invalid(f.raw, "Invalid timestamp: must be an integer Unix timestamp")
	}
	return invalid(f.raw, fmt.Sprintf("Invalid %s: must be one of %s", f.raw, strings.Join(forms, ", ")))
}
