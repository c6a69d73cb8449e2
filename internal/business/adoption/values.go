package adoption

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"fenceplatform.com/fence/internal/platform/money"
)

// clean takes out of a text what no form of ours lets in: damaged letters, control characters, marks that turn the
// text around. Breaks are kept in paragraphs and are spaces in lines. same tells that nothing was lost.
func clean(text string, paragraphs bool) (cleaned string, same bool) {
	same = utf8.ValidString(text)
	cleaned = strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			if paragraphs {
				return c
			}
			return ' '
		case c == '\r':
			return -1
		case c == utf8.RuneError || unicode.IsControl(c) || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069:
			same = false
			return -1
		}
		return c
	}, text)
	return strings.TrimSpace(norm.NFC.String(cleaned)), same
}

// cut shortens a text to a number of letters.
func cut(text string, most int) (short string, same bool) {
	if utf8.RuneCountInString(text) <= most {
		return text, true
	}
	letters := []rune(text)
	return strings.TrimSpace(string(letters[:most])), false
}

// number reads a decimal as people and programs write it: 1234.5, $1,234.50, (500), 1200 USD, 1.2e3.
func number(text string) (*big.Rat, bool) {
	t := strings.TrimSpace(text)
	negative := strings.HasPrefix(t, "(") && strings.HasSuffix(t, ")")
	if negative {
		t = t[1 : len(t)-1]
	}
	for _, minus := range []string{"-", "\u2212"} {
		if rest, found := strings.CutPrefix(t, minus); found {
			t, negative = rest, !negative
		}
	}
	t = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(t), "$"), "USD"), "%"))
	if !numberForm.MatchString(t) {
		return nil, false
	}
	r, ok := new(big.Rat).SetString(strings.ReplaceAll(t, ",", ""))
	if ok && negative {
		r.Neg(r)
	}
	return r, ok
}

// Thousands in groups of three or not at all: 1.234,50 is no number here, and guessing would make it a thousandth.
// The exponent is short: 1e999999999 would be a gigabyte of digits.
var numberForm = regexp.MustCompile(`^(\d{1,3}(,\d{3})+|\d{1,18})?(\.\d{0,30})?([eE][+-]?\d{1,2})?$`)

// binaryNoise is what a sum of doubles is off by: 0.30000000000000004 is thirty cents and nobody's rounding.
var binaryNoise = big.NewRat(1, 100_000)

// cents reads an amount of dollars (or of cents, where the column says so). exact tells that no part of a cent was
// lost.
func cents(text string, inCents bool) (amount money.Cents, exact, ok bool) {
	r, ok := number(text)
	if !ok || !strings.ContainsAny(text, "0123456789") {
		return 0, false, false
	}
	if !inCents {
		r.Mul(r, big.NewRat(100, 1))
	}
	amount, ok = money.RoundHalfUp(r)
	if !ok || amount < -money.Max {
		return 0, false, false
	}
	off := new(big.Rat).Sub(r, new(big.Rat).SetInt64(int64(amount)))
	return amount, off.Abs(off).Cmp(binaryNoise) < 0, true
}

// moments are the forms of a date that are read, in the order of trying. American order: this is the United States.
var moments = []string{
	"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02",
	"1/2/2006 15:04:05", "1/2/2006 3:04:05 PM", "1/2/2006 15:04", "1/2/2006 3:04 PM", "1/2/2006 3:04PM", "1/2/2006", "1/2/06",
	"1-2-2006", "2006/01/02", "Jan 2, 2006 3:04 PM", "Jan 2, 2006", "January 2, 2006", "2 Jan 2006", "2-Jan-2006",
	time.RFC1123, time.RFC1123Z,
}

var epochForm = regexp.MustCompile(`^\d{9,10}$|^\d{12,13}$`)

// moment reads a time. A form without a zone is in the one given. Before 1970 and after 2100 nobody meant it.
func moment(text string, zone *time.Location) (time.Time, bool) {
	text = strings.Join(strings.Fields(text), " ")
	if epochForm.MatchString(text) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return time.Time{}, false
		}
		if len(text) < 11 {
			n *= 1000
		}
		return sensible(time.UnixMilli(n))
	}
	for _, form := range moments {
		at, err := time.ParseInLocation(form, text, zone)
		if err == nil {
			return sensible(at)
		}
	}
	return time.Time{}, false
}

func sensible(at time.Time) (time.Time, bool) {
	at = at.UTC().Truncate(time.Microsecond) // what PostgreSQL keeps
	return at, at.Year() >= 1970 && at.Year() <= 2100
}

// yes reads a truth.
func yes(text string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "t", "true", "1", "y", "yes", "on", "x":
		return true, true
	case "f", "false", "0", "n", "no", "off", "":
		return false, true
	}
	return false, false
}

// plain is a word as we compare words: small letters and digits only. "Full Name", "full_name" and "fullName" are one.
func plain(word string) string {
	return strings.Map(func(c rune) rune {
		c = unicode.ToLower(c)
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, word)
}
