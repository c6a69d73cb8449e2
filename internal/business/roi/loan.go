package roi

import (
	"math"

	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/platform/money"
)

// maxMonths is the longest loan that is answered.
const maxMonths = 600

// Loan is paid back in equal payments at the end of each month.
type Loan struct {
	Kind           Kind        `json:"kind"`
	PrincipalCents money.Cents `json:"principal_cents"`
	APR            float64     `json:"apr"`
	Months         int         `json:"months"`
}

// LoanAnswer is what the loan costs. The interest is that of unrounded payments: the last payment of a real
// loan makes up for the rounding of the others.
type LoanAnswer struct {
	Kind               Kind        `json:"kind"`
	PaymentCents       money.Cents `json:"payment_cents"`
	TotalInterestCents money.Cents `json:"total_interest_cents"`
}

func newLoan() Loan { return Loan{PrincipalCents: missing, APR: math.NaN()} }

// Answer gives payment and interest.
func (q Loan) Answer() (LoanAnswer, error) {
	var c document.Check
	amount(&c, "/principal_cents", q.PrincipalCents)
	c.Number("/apr", q.APR, 0, 1)
	c.Whole("/months", int64(q.Months), 1, maxMonths)
	if c.Any() {
		return LoanAnswer{}, c.Err()
	}
	payment := annuity(float64(q.PrincipalCents), q.APR/12, q.Months)
	out := LoanAnswer{
		Kind:               KindLoan,
		PaymentCents:       cents(&c, "/principal_cents", payment),
		TotalInterestCents: cents(&c, "/months", payment*float64(q.Months)-float64(q.PrincipalCents)),
	}
	return out, c.Err()
}

// annuity is the equal payment at the end of each of n periods that is worth total today.
func annuity(total, rate float64, n int) float64 {
	if rate == 0 {
		return total / float64(n)
	}
	// expm1 and log1p keep the digits that 1 − (1 + rate)^−n loses at small rates.
	return total * rate / -math.Expm1(-float64(n)*math.Log1p(rate))
}
