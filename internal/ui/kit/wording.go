package kit

import (
	"strconv"

	"fenceplatform.com/fence/internal/platform/money"
)

// Count says how many of something: "no posts", "1 post", "2 posts", "1,234 posts".
func Count(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + many
	case 1:
		return "1 " + one
	}
	return count(n) + " " + many
}

// Total says how many a list has in all: exact up to 10,000, about beyond.
func Total(n int) string {
	if n > 10_000 {
		return "about " + count((n+500)/1000*1000)
	}
	return count(n)
}

// count writes a whole number with thousands set apart.
func count(n int) string {
	s := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// MoneyCell is an amount for a list column: whole dollars, cents in the title.
func MoneyCell(c money.Cents) Cell { return Cell{Text: c.Dollars(), Title: c.String()} }

// pressed is the value of aria-pressed.
func pressed(on bool) string { return strconv.FormatBool(on) }

// Figure writes a whole number with thousands set apart.
func Figure(n int64) string { return count(int(n)) }
