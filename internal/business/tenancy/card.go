package tenancy

import "time"

// Card is what a company's plan is charged to, as far as people are told of it. The zero value is none.
type Card struct {
	Brand    string `json:"brand"`
	Last4    string `json:"last4"`
	ExpMonth int    `json:"exp_month"`
	ExpYear  int    `json:"exp_year"`
}

// expiresSoon is how long before a card's end people are told.
const expiresSoon = 30 * 24 * time.Hour

// EndsAt is the first moment at which the card is no longer good; zero for none.
func (c Card) EndsAt() time.Time {
	if c.ExpYear == 0 {
		return time.Time{}
	}
	return time.Date(c.ExpYear, time.Month(c.ExpMonth)+1, 1, 0, 0, 0, 0, time.UTC)
}

// Expiring tells that the card ends within 30 days, or has ended.
func (c Card) Expiring(now time.Time) bool {
	return c.ExpYear != 0 && !now.Before(c.EndsAt().Add(-expiresSoon))
}

// LastMonth is the month at whose end the card is no longer good.
func (c Card) LastMonth() string { return c.EndsAt().AddDate(0, 0, -1).Format("January 2006") }
