package stripesim

import (
	"fmt"
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
	tree := decode(out)
	for _, path := range paths {
		names := strings.Split(path, ".")
		if len(names) > deepest+1 {
			return nil, invalid("expand", "You cannot expand more than 4 levels of a property. Property: "+path)
		}
		if _, ok := c.sp.expand(tree, names); !ok {
			return nil, invalid("expand", fmt.Sprintf("This property cannot be expanded (%s).", path))
		}
	}
	return encode(tree), nil
}

// expand returns v with what names lead to written out; false when they lead nowhere.
func (sp *space) expand(v any, names []string) (any, bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case string:
		found := sp.find(v)
		if found == nil {
			return nil, false
		}
		return sp.expand(decode(encode(found)), names)
	case []any:
		for i := range v {
			one, ok := sp.expand(v[i], names)
			if !ok {
				return nil, false
			}
			v[i] = one
		}
		return v, true
	case map[string]any:
		if len(names) == 0 {
			return v, true
		}
		return sp.expandField(v, names)
	}
	return nil, false
}

func (sp *space) expandField(v map[string]any, names []string) (any, bool) {
	field, there := v[names[0]]
	if !there {
		id, _ := v["id"].(string)
		if field = sp.include(id, names[0]); field == nil {
			return v, v["deleted"] == true
		}
		field = decode(encode(field))
	}
	one, ok := sp.expand(field, names[1:])
	if ok {
		v[names[0]] = one
	}
	return v, ok
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
