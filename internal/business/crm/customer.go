package crm

import (
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/platform/id"
)

// Status is whether a customer is in use.
type Status string

// The states of a customer.
const (
	Active   Status = "active"
	Archived Status = "archived"
)

// Customer is a person or company that pays. Its JSON is what idempotency keys remember.
type Customer struct {
	ID         id.ID      `json:"id"`
	Name       string     `json:"name"`
	Company    string     `json:"company"`
	Email      string     `json:"email"`
	Phone      string     `json:"phone"` // E.164 or empty
	Notes      string     `json:"notes"`
	Status     Status     `json:"status"`
	ArchivedAt *time.Time `json:"archived_at"`
	CreatedBy  id.ID      `json:"created_by"` // id.Nil: the platform itself
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	Version    int        `json:"version"`
}

// Record is everything about a customer that its page shows.
type Record struct {
	Customer   Customer
	Properties []Property // oldest first, archived ones among them
	Timeline   []audit.Entry
}

// Created is a new customer with its first property, if one came with it.
type Created struct {
	Customer Customer  `json:"customer"`
	Property *Property `json:"property,omitzero"`
}

// customerContent are the parts of a customer that people write.
type customerContent struct {
	Name    string `json:"name"`
	Company string `json:"company"`
	Email   string `json:"email"`
	Phone   string `json:"phone"`
	Notes   string `json:"notes"`
}

func (c *Customer) content() customerContent {
	return customerContent{Name: c.Name, Company: c.Company, Email: c.Email, Phone: c.Phone, Notes: c.Notes}
}

func (c *Customer) fill(w customerContent) {
	c.Name, c.Company, c.Email, c.Phone, c.Notes = w.Name, w.Company, w.Email, w.Phone, w.Notes
}

// setArchived moves the customer out of sight at a time, or back with nil.
func (c *Customer) setArchived(at *time.Time) {
	c.ArchivedAt, c.Status = at, Active
	if at != nil {
		c.Status = Archived
	}
}
