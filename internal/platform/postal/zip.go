package postal

import (
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
)

// ParseZIP reads a ZIP as typed: five digits, with or without the four of a ZIP+4, which are dropped.
func ParseZIP(typed string) (string, error) {
	zip := strings.TrimSpace(typed)
	if len(zip) > 5 {
		zip = withoutRoute(zip)
	}
	if !fiveDigits(zip) {
		return "", fault.New(fault.Invalid, "zip-form", "Enter a ZIP with 5 digits, like 78701.")
	}
	return zip, nil
}

// withoutRoute drops the last four digits of 78701-1234, 78701 1234 or 787011234.
func withoutRoute(zip string) string {
	route := strings.TrimLeft(zip[5:], "- ")
	if len(route) != 4 || !allDigits(route) {
		return zip
	}
	return zip[:5]
}

func fiveDigits(s string) bool { return len(s) == 5 && allDigits(s) }

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// number is the value of five digits.
func number(zip string) (n uint32) {
	for i := range len(zip) {
		n = n*10 + uint32(zip[i]-'0')
	}
	return n
}
