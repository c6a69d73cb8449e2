package stripesim

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// deepest is how far a path of expand may lead.
const deepest = 4

// render writes an object, with what the request asked to have written out in place of its id.
func (c *call) render(v any) ([]byte, *Problem) {
	out := encode(v)
	paths := c.form.texts("expand")
	if len(paths) == 0 {
		return out, nil
	}
	for _, path := range paths {
		names := strings.Split(path, ".")
		if len(names) > deepest+1 {
			return nil, invalid("expand", "You cannot expand more than 4 levels of a property. Property: "+path)
		}
		var ok bool
		if out, ok = c.sp.expand(out, names); !ok {
			return nil, invalid("expand", fmt.Sprintf("This property cannot be expanded (%s).", path))
		}
	}
	return out, nil
}

// expand returns what encode has written with what names lead to written out; false when they lead nowhere.
func (sp *space) expand(v []byte, names []string) ([]byte, bool) {
	switch v[0] {
	case 'n':
		return v, true
	case '"':
		found := sp.find(string(v[1 : len(v)-1])) // nothing in an id is escaped
		if found == nil {
			return nil, false
		}
		return sp.expand(encode(found), names)
	case '[':
		each := elements(v)
		for i := range each {
			one, ok := sp.expand(each[i], names)
			if !ok {
				return nil, false
			}
			each[i] = one
		}
		return slices.Concat([]byte("["), bytes.Join(each, []byte(",")), []byte("]")), true
	case '{':
		if len(names) == 0 {
			return v, true
		}
		return sp.expandField(v, names)
	}
	return nil, false
}

func (sp *space) expandField(v []byte, names []string) ([]byte, bool) {
	before, field, after := around(v, names[0])
	if field == nil {
		_, id, _ := around(v, "id")
		included := sp.include(string(bytes.Trim(id, `"`)), names[0])
		if included == nil {
			_, deleted, _ := around(v, "deleted")
			return v, string(deleted) == "true"
		}
		before, field, after = fmt.Appendf(v[:len(v)-1:len(v)-1], ",%q:", names[0]), encode(included), []byte("}")
	}
	one, ok := sp.expand(field, names[1:])
	return slices.Concat(before, one, after), ok
}

// include is what an object has only when it is asked for.
func (sp *space) include(id, field string) any {
	switch o := sp.find(id).(type) {
	case *invoice:
		switch field {
		case "payments":
			return o.payments()
		case "confirmation_secret":
			return o.confirmation()
		}
	case *customer:
		if field == "subscriptions" {
			return whole(sp.subscriptions.where(func(s *subscription) bool { return s.customer == o && !s.ended() }), "/v1/customers/"+id+"/subscriptions")
		}
	case *charge:
		if field == "refunds" {
			return whole(sp.refunds.where(func(r *refund) bool { return string(r.Charge) == id }), "/v1/charges/"+id+"/refunds")
		}
	case *checkoutSession:
		if field == "line_items" {
			return o.lineItems()
		}
	}
	return nil
}
