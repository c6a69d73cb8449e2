package document

import (
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

// Bounds of what goes on paper.
const (
	maxOptions = 6
	maxRows    = 12
	maxEntries = 60
	maxLines   = 300
	maxShort   = 200
	maxText    = 60_000
)

var hexColor = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// Check refuses a version that cannot be what a homeowner signs: sums that do not add up, names that are
// missing, days that do not exist.
func (v Version) Check() error {
	var p fault.Problems
	short := func(pointer, s string, required bool) {
		if required && s == "" {
			p.Add(pointer, "is missing")
		}
		checkText(&p, pointer, s, maxShort)
	}
	short("/number", v.Number, true)
	if v.Version < 1 {
		p.Add("/version", "starts at 1")
	}
	if v.SentAt.IsZero() {
		p.Add("/sent_at", "is missing")
	}
	if _, err := time.LoadLocation(v.TimeZone); err != nil || v.TimeZone == "" || v.TimeZone == "Local" {
		p.Add("/time_zone", "is not a time zone")
	}
	if _, ok := v.ValidUntil.time(); !ok {
		p.Add("/valid_until", "is not a day")
	}
	if _, ok := v.SaleDay.time(); !ok && v.SaleDay != "" {
		p.Add("/sale_day", "is not a day")
	}
	short("/organization/name", v.Organization.Name, true)
	if v.Organization.Color != "" && !hexColor.MatchString(v.Organization.Color) {
		p.Add("/organization/color", "is not a color like #0F4C75")
	}
	short("/customer/name", v.Customer.Name, true)
	short("/consent/version", v.Consent.Version, true)
	checkText(&p, "/consent/text", v.Consent.Text, maxText)
	checkText(&p, "/terms", v.Terms, maxText)
	checkText(&p, "/deposit_words", v.DepositWords, 2_000)
	if len(v.Included) > maxEntries || len(v.NotIncluded) > maxEntries {
		p.Add("/included", "has more than %d entries", maxEntries)
	}
	v.checkOptions(&p)
	return p.Err()
}

func (v Version) checkOptions(p *fault.Problems) {
	if len(v.Options) == 0 || len(v.Options) > maxOptions {
		p.Add("/options", "has 1 to %d tiers", maxOptions)
		return
	}
	seen := map[string]bool{}
	for i, o := range v.Options {
		at := fmt.Sprintf("/options/%d", i)
		if o.Key == "" || seen[o.Key] {
			p.Add(at+"/key", "is missing or given twice")
		}
		seen[o.Key] = true
		if o.Name == "" {
			p.Add(at+"/name", "is missing")
		}
		p.Under(at, o.check())
	}
}

func (o Option) check() error {
	var p fault.Problems
	checkText(&p, "/name", o.Name, maxShort)
	checkText(&p, "/words", o.Words, 2*maxShort)
	if len(o.Differs) > maxRows {
		p.Add("/differs", "has more than %d rows", maxRows)
	}
	if len(o.Lines) > maxLines || len(o.Extras) > maxLines {
		p.Add("/lines", "has more than %d lines", maxLines)
		return p.Err()
	}
	var sum money.Cents
	for i, l := range o.Lines {
		if l.PriceCents > money.Max || l.PriceCents < -money.Max {
			p.Add(fmt.Sprintf("/lines/%d/price_cents", i), "is more than any fence costs")
		}
		sum += l.PriceCents
	}
	seen := map[string]bool{}
	for i, e := range o.Extras {
		if e.Key == "" || seen[e.Key] {
			p.Add(fmt.Sprintf("/extras/%d/key", i), "is missing or given twice")
		}
		seen[e.Key] = true
	}
	for _, c := range [...]money.Cents{o.SubtotalCents, o.DiscountCents, o.TaxCents, o.TotalCents} {
		if c < 0 || c > money.Max {
			p.Add("/total_cents", "is not an amount that a fence may cost")
			break
		}
	}
	if len(o.Lines) > 0 && sum != o.SubtotalCents {
		p.Add("/subtotal_cents", "is %s, but the lines add up to %s", o.SubtotalCents, sum)
	}
	if want := o.SubtotalCents - o.DiscountCents + o.TaxCents; want != o.TotalCents {
		p.Add("/total_cents", "is %s, but subtotal, discount and tax make %s", o.TotalCents, want)
	}
	if o.DepositCents < 0 || o.DepositCents > o.TotalCents {
		p.Add("/deposit_cents", "must lie between nothing and the total")
	}
	return p.Err()
}

func checkText(p *fault.Problems, pointer, s string, most int) {
	switch {
	case !utf8.ValidString(s):
		p.Add(pointer, "is not text")
	case utf8.RuneCountInString(s) > most:
		p.Add(pointer, "is longer than %d letters", most)
	}
}
