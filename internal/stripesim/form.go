package stripesim

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// form is a parameter with what it holds: a value, or further ones by name or number.
type form struct {
	raw   string // the key as it was sent
	value string
	set   bool
	under map[string]*form
}

// parseForm reads keys like items[0][price]. A list may also be sent without numbers, as types[]=a.
func parseForm(values url.Values) *form {
	root := &form{}
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		for n, value := range values[key] {
			at := root
			for _, name := range segments(key) {
				if name == "" {
					name = strconv.Itoa(n)
				}
				at = at.child(name)
			}
			at.raw, at.value, at.set = key, value, true
		}
	}
	return root
}

// segments takes a[b][c] apart.
func segments(key string) []string {
	name, rest, nested := strings.Cut(key, "[")
	all := []string{name}
	for nested {
		var part string
		part, rest, _ = strings.Cut(rest, "]")
		all = append(all, part)
		_, rest, nested = strings.Cut(rest, "[")
	}
	return all
}

func (f *form) child(name string) *form {
	if f.under == nil {
		f.under = map[string]*form{}
	}
	if f.under[name] == nil {
		f.under[name] = &form{}
	}
	return f.under[name]
}

// names are those of what a parameter holds, in order, so that of several errors always the same is told.
func (f *form) names() []string { return slices.Sorted(maps.Keys(f.under)) }

// at is the parameter at a path like trial_settings.end_behavior; never nil.
func (f *form) at(path string) *form {
	for path != "" {
		name, rest, _ := strings.Cut(path, ".")
		next := f.under[name]
		if next == nil {
			return &form{}
		}
		f, path = next, rest
	}
	return f
}

// has tells that a parameter was sent, also when it was sent empty, which takes away what was there.
func (f *form) has(path string) bool {
	p := f.at(path)
	return p.set || len(p.under) > 0
}

// filled tells that a parameter was sent with something in it.
func (f *form) filled(path string) bool {
	p := f.at(path)
	return p.value != "" || len(p.under) > 0
}

func (f *form) str(path string) string { return f.at(path).value }

// or is a parameter's text, or another when it was not sent.
func (f *form) or(path, otherwise string) string {
	if text := f.str(path); text != "" {
		return text
	}
	return otherwise
}

// num is a whole number; the spec has seen to it that it is one.
func (f *form) num(path string) int64 {
	n, _ := strconv.ParseInt(f.str(path), 10, 64) // judged by the spec; "now" and nothing are zero
	return n
}

func (f *form) numOr(path string, otherwise int64) int64 {
	if f.str(path) == "" {
		return otherwise
	}
	return f.num(path)
}

func (f *form) yes(path string) bool { return f.str(path) == "true" }

// list is what a numbered parameter holds, in order.
func (f *form) list(path string) []*form {
	p := f.at(path)
	numbers := make([]int, 0, len(p.under))
	for name := range p.under {
		if n, err := strconv.Atoi(name); err == nil {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	all := make([]*form, 0, len(numbers))
	for _, n := range numbers {
		all = append(all, p.under[strconv.Itoa(n)])
	}
	return all
}

// texts is a list of plain values.
func (f *form) texts(path string) []string {
	all := []string{}
	for _, one := range f.list(path) {
		all = append(all, one.value)
	}
	return all
}

// metadata merges what was sent into what there is: an empty value takes a key away, an empty parameter all of them.
func (f *form) metadata(path string, into map[string]string) map[string]string {
	merged := map[string]string{}
	p := f.at(path)
	if !p.set {
		for k, v := range into {
			merged[k] = v
		}
	}
	for k, v := range p.under {
		if v.value == "" {
			delete(merged, k)
		} else {
			merged[k] = v.value
		}
	}
	return merged
}
