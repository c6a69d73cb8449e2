package prices

import (
	"net/url"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

// reader takes a form apart. What cannot be read is noted, and the rest is read all the same, so that everything
// that is wrong is told at once.
type reader struct {
	form url.Values
	bad  fault.Problems
	seen map[string]bool
}

func read(form url.Values) *reader { return &reader{form: form, seen: map[string]bool{}} }

func (r *reader) note(name, sentence string) {
	if !r.seen[name] {
		r.seen[name] = true
		r.bad.Add("/"+name, "%s", sentence)
	}
}

// text is a line that must not be empty.
func (r *reader) text(name, whenEmpty string) string {
	s := r.form.Get(name)
	if strings.TrimSpace(s) == "" {
		r.note(name, whenEmpty)
	}
	return s
}

// money is an amount of dollars.
func (r *reader) money(name, whenNot string) money.Cents {
	c, err := money.Parse(r.form.Get(name))
	if err != nil {
		r.note(name, whenNot)
	}
	return c
}

// number is a decimal number as people type it.
func (r *reader) number(name, whenNot string) float64 { return r.scaled(name, "", whenNot) }

// percent reads 8.25 as 0.0825, exactly as that is written.
func (r *reader) percent(name, whenNot string) float64 { return r.scaled(name, "e-2", whenNot) }

func (r *reader) scaled(name, exponent, whenNot string) float64 {
	s := r.plain(name)
	v, err := strconv.ParseFloat(s+exponent, 64)
	if err != nil || strings.ContainsAny(s, "eExXpPnN_") { // ParseFloat knows more than people mean
		r.note(name, whenNot)
		return 0
	}
	return v
}

// measure is a number that may be left out.
func (r *reader) measure(name, whenNot string) *float64 {
	if r.plain(name) == "" {
		return nil
	}
	return new(r.number(name, whenNot))
}

// whole is a whole number.
func (r *reader) whole(name, whenNot string) int {
	v, err := strconv.Atoi(r.plain(name))
	if err != nil {
		r.note(name, whenNot)
	}
	return v
}

func (r *reader) plain(name string) string {
	s := strings.TrimSpace(r.form.Get(name))
	s = strings.TrimSpace(strings.TrimSuffix(s, "%"))
	return strings.ReplaceAll(strings.ReplaceAll(s, ",", ""), "−", "-")
}

// rows are the lines of a list, one a line.
func (r *reader) rows(name string) []string {
	return strings.Split(lines(r.form.Get(name)), "\n")
}

// err is everything that is wrong: what could not be read, then what the operation finds. A field is named once.
func (r *reader) err(found error) error {
	if found != nil {
		for _, f := range fault.As(found).Fields {
			if name := strings.TrimPrefix(f.Pointer, "/"); !r.seen[name] {
				r.bad.Add(f.Pointer, "%s", f.Message)
			}
		}
	}
	return r.bad.Err()
}

// decimal writes a number as it is typed: no more digits than it has.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// asPercent writes 0.0825 as 8.25: the exponent is raised in the digits, so that no digit is made up.
func asPercent(v float64) string {
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	e, _ := strconv.Atoi(exponent) // FormatFloat wrote it
	raised, _ := strconv.ParseFloat(digits+"e"+strconv.Itoa(e+2), 64)
	return decimal(raised)
}

// amount writes cents as they are typed: 2.85.
func amount(c money.Cents) string {
	return strings.TrimPrefix(c.String(), "$")
}
