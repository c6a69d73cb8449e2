package payment

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

const (
	maxNote      = 500
	maxReference = 80
)

// RecordInput is money that came, as a person writes it down.
type RecordInput struct {
	Acceptance  id.ID       `json:"acceptance"`
	Version     int         `json:"version"` // of the ledger that was looked at; 0: of any
	AmountCents money.Cents `json:"amount_cents"`
	Method      Method      `json:"method"`
	Day         string      `json:"day"`       // 2026-03-03; empty: today
	Reference   string      `json:"reference"` // the number of a check
	Note        string      `json:"note"`
	Receipt     bool        `json:"receipt"` // mail the customer that it came
}

// RequestInput asks the homeowner for a part of the rest.
type RequestInput struct {
	Acceptance  id.ID       `json:"acceptance"`
	Version     int         `json:"version"`
	AmountCents money.Cents `json:"amount_cents"` // 0: all that is left
	Note        string      `json:"note"`         // what for: Posts are set
}

// RefundInput is money that goes back to the homeowner.
type RefundInput struct {
	Payment     id.ID       `json:"payment"`
	Version     int         `json:"version"`
	AmountCents money.Cents `json:"amount_cents"`
	Method      Method      `json:"method"` // empty: as it came
	Day         string      `json:"day"`
	Reference   string      `json:"reference"`
	Note        string      `json:"note"`
}

// VoidInput takes back an entry that should not be there.
type VoidInput struct {
	Entry   id.ID  `json:"entry"`
	Version int    `json:"version"`
	Reason  string `json:"reason"`
}

// reader notes what is wrong with an input.
type reader struct{ fault.Problems }

func (r *reader) amount(c money.Cents) {
	if c <= 0 || c > money.Max {
		r.Add("/amount_cents", "Enter an amount of more than $0.00.")
	}
}

func (r *reader) method(m Method) {
	if !slices.Contains(Methods, m) {
		r.Add("/method", "Choose check, cash, card or bank.")
	}
}

// text is text on one line.
func (r *reader) text(pointer, typed string, most int) string {
	text := strings.TrimSpace(typed)
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || utf8.RuneCountInString(text) > most {
		r.Add(pointer, "Write at most %d letters on one line.", most)
	}
	return text
}

// day reads a day, which is not to come. today is the company's.
func (r *reader) day(pointer, typed string, today time.Time) time.Time {
	if typed == "" {
		return today
	}
	day, err := time.Parse(time.DateOnly, typed)
	switch {
	case err != nil || day.Year() < 2000:
		r.Add(pointer, "Enter a day like 2026-03-03.")
	case day.After(today):
		r.Add(pointer, "This day is still to come. Enter when the money came.")
	}
	return day
}

// dayOf is the date of an instant in a zone, at midnight UTC: how PostgreSQL's dates are read.
func dayOf(at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
