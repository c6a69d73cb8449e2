package outbound

// Reach is what the dialer asks about an address before it connects.
func (c *Client) Reach(address string) error { return c.reach(address) }
