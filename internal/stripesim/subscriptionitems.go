package stripesim

import "strconv"

func subscriptionItemOperations() []operation {
	return []operation{
		{"POST /v1/subscription_items", payTakes + prorates + "subscription! price! quantity:int metadata.*", createItem},
		{"GET /v1/subscription_items", listed + "subscription!", func(c *call) (any, *Problem) {
			s, p := c.sp.subscriptions.named("subscription", c.form.str("subscription"))
			if p != nil {
				return nil, p
			}
			return page(c, c.sp.items, func(i *subscriptionItem) bool { return i.Subscription == s.ID })
		}},
		{"GET /v1/subscription_items/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.items.get(c.id)) }},
		{"POST /v1/subscription_items/{id}", payTakes + prorates + "price quantity:int metadata.* off_session:bool", updateItem},
		{"DELETE /v1/subscription_items/{id}", payTakes + prorates + "clear_usage:bool", deleteItem},
	}
}

// asItem has one item's parameters read as those of a subscription's list of items.
func asItem(f *form, id string, deleted bool) []*form {
	one := &form{under: map[string]*form{"id": {value: id, set: true}, "deleted": {value: strconv.FormatBool(deleted), set: true}}}
	for _, name := range []string{"price", "quantity", "metadata"} {
		if f.has(name) {
			one.under[name] = f.at(name)
		}
	}
	return []*form{one}
}

// switchItem changes a subscription by one of its items.
func (c *call) switchItem(s *subscription, forms []*form) *Problem {
	n, p := s.wants(c.form, forms, "items")
	if p != nil {
		return p
	}
	return s.switchTo(n, c.form.or("payment_behavior", "allow_incomplete"), func() {})
}

func createItem(c *call) (any, *Problem) {
	s, p := c.subscriptionOf(c.form.str("subscription"))
	if p != nil {
		return nil, p
	}
	if p := c.switchItem(s, asItem(c.form, "", false)); p != nil {
		return nil, p
	}
	return s.items[len(s.items)-1], nil
}

func updateItem(c *call) (any, *Problem) {
	i, p := c.sp.items.get(c.id)
	if p != nil {
		return nil, p
	}
	s, p := c.subscriptionOf(i.Subscription)
	if p != nil {
		return nil, p
	}
	if p := c.switchItem(s, asItem(c.form, c.id, false)); p != nil {
		return nil, p
	}
	return found(c.sp.items.get(c.id))
}

func deleteItem(c *call) (any, *Problem) {
	i, p := c.sp.items.get(c.id)
	if p != nil {
		return nil, p
	}
	s, p := c.subscriptionOf(i.Subscription)
	if p != nil {
		return nil, p
	}
	if p := c.switchItem(s, asItem(c.form, c.id, true)); p != nil {
		return nil, p
	}
	return &tombstone{key{c.id, "subscription_item"}, true}, nil
}
