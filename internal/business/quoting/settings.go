package quoting

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

// Settings are what a person may choose for a version beside its lines.
type Settings struct {
	Recommended   string          `json:"recommended"` // a tier, or empty
	DiscountBP    int             `json:"discount_bp"` // basis points of price, or
	DiscountCents money.Cents     `json:"discount_cents"`
	ValidityDays  int             `json:"validity_days"` // counted from the day it is sent
	DepositBP     int             `json:"deposit_bp"`    // basis points of total, or
	DepositCents  money.Cents     `json:"deposit_cents"`
	DepositWords  string          `json:"deposit_words"`
	TaxMode       pricing.TaxMode `json:"tax_mode"`
	TaxRate       float64         `json:"tax_rate"`
	Included      []string        `json:"included"`
	NotIncluded   []string        `json:"not_included"`
	Terms         string          `json:"terms"`
	Message       string          `json:"message"`      // for the mail
	SoldAtHome    bool            `json:"sold_at_home"` // brings the right to cancel and its notices
}

const (
	maxRows         = 40
	maxRow          = 200
	maxTerms        = 20_000
	maxMessage      = 2_000
	maxDepositWords = 500
	maxValidity     = 365
)

// settingsOf is how the company's quotes begin.
func settingsOf(o pricing.Offer) Settings {
	return Settings{
		Recommended: string(o.RecommendedTier), ValidityDays: o.ValidityDays,
		DepositBP: int(o.DepositPct*100 + 0.5), DepositWords: o.DepositText,
		TaxMode: o.Tax.Mode, TaxRate: o.Tax.Rate,
		Included: o.Included, NotIncluded: o.NotIncluded, Terms: o.Terms, SoldAtHome: true,
	}
}

func (s Settings) charges() Charges {
	return Charges{
		DiscountBP: s.DiscountBP, DiscountCents: s.DiscountCents, DepositBP: s.DepositBP, DepositCents: s.DepositCents,
		Tax: pricing.Tax{Mode: s.TaxMode, Rate: s.TaxRate},
	}
}

// tidy trims what was typed and notes what is wrong with it.
func (s *Settings) tidy(p *fault.Problems) {
	if s.DiscountBP < 0 || s.DiscountBP > 10_000 {
		p.Add("/discount_bp", "must lie between 0 and 100 %%")
	}
	if s.DiscountCents < 0 || s.DiscountCents > money.Max {
		p.Add("/discount_cents", "is not an amount to take off")
	}
	if s.DiscountBP != 0 && s.DiscountCents != 0 {
		p.Add("/discount_cents", "is given beside a percentage: choose one")
	}
	if s.DepositBP < 0 || s.DepositBP > 10_000 {
		p.Add("/deposit_bp", "must lie between 0 and 100 %%")
	}
	if s.DepositCents < 0 || s.DepositCents > money.Max {
		p.Add("/deposit_cents", "is not an amount to ask for")
	}
	if s.DepositBP != 0 && s.DepositCents != 0 {
		p.Add("/deposit_cents", "is given beside a percentage: choose one")
	}
	if s.ValidityDays < 1 || s.ValidityDays > maxValidity {
		p.Add("/validity_days", "must lie between 1 and %d", maxValidity)
	}
	switch s.TaxMode {
	case pricing.TaxNone, pricing.TaxLumpSum, pricing.TaxSeparated, pricing.TaxFull:
	default:
		p.Add("/tax_mode", "must be none, lump_sum, separated or full")
	}
	if !(s.TaxRate >= 0 && s.TaxRate <= 1) {
		p.Add("/tax_rate", "must lie between 0 and 1")
	}
	s.Included = rows(s.Included, "/included", p)
	s.NotIncluded = rows(s.NotIncluded, "/not_included", p)
	s.Terms = prose(s.Terms, "/terms", maxTerms, p)
	s.Message = prose(s.Message, "/message", maxMessage, p)
	s.DepositWords = prose(s.DepositWords, "/deposit_words", maxDepositWords, p)
}

// rows drops empty rows.
func rows(typed []string, pointer string, p *fault.Problems) []string {
	kept := []string{}
	for i, row := range typed {
		if row = line(row, fmt.Sprintf("%s/%d", pointer, i), maxRow, p); row != "" {
			kept = append(kept, row)
		}
	}
	if len(kept) > maxRows {
		p.Add(pointer, "has more than %d rows", maxRows)
	}
	return kept
}

// line is text without breaks.
func line(typed, pointer string, most int, p *fault.Problems) string {
	text := strings.TrimSpace(typed)
	if !utf8.ValidString(text) || strings.ContainsFunc(text, isControl) || utf8.RuneCountInString(text) > most {
		p.Add(pointer, "must have at most %d letters on one line", most)
	}
	return text
}

// prose is text with breaks.
func prose(typed, pointer string, most int, p *fault.Problems) string {
	text := strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n"))
	control := func(r rune) bool { return r != '\n' && r != '\t' && isControl(r) }
	if !utf8.ValidString(text) || strings.ContainsFunc(text, control) || utf8.RuneCountInString(text) > most {
		p.Add(pointer, "must be text of at most %d letters", most)
	}
	return text
}
