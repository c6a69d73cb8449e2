package phone

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// maxTyped is more than any way of writing a number needs.
const maxTyped = 40

// nationalDigits is how many digits a number has behind the country code.
const nationalDigits = 10

// Problem is a sentence that says why the typed text is no number and what would be.
type Problem string

func (p Problem) Error() string { return string(p) }

func problem(format string, args ...any) error { return Problem(fmt.Sprintf(format, args...)) }

// Parse reads a number as typed, with or without +1, brackets, dots, dashes, spaces or letters
// (1-800-FENCES-1), and returns it in E.164. Nothing typed is the empty number and no error.
// The error is always a Problem.
func Parse(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", nil
	}
	if utf8.RuneCountInString(typed) > maxTyped || !utf8.ValidString(typed) || strings.ContainsFunc(typed, unicode.IsControl) {
		return "", problem("Enter one phone number, like 512-555-0143.")
	}
	number, err := phonenumbers.Parse(typed, "US")
	if err != nil {
		return "", unreadable(typed)
	}
	if number.GetCountryCode() != 1 {
		return "", problem("%s is not a number of the United States. Enter one like 512-555-0143.", typed)
	}
	if x := number.GetExtension(); x != "" {
		return "", problem("Enter the number without its extension, and put %q into the notes.", "ext. "+x)
	}
	national := phonenumbers.GetNationalSignificantNumber(number)
	if err := judge(typed, national); err != nil {
		return "", err
	}
	return "+1" + national, nil
}

// judge checks the form of the North American plan: area code and exchange begin with 2 to 9.
func judge(typed, national string) error {
	n := len(national)
	// The reader drops what it takes for a trunk prefix, so a wrong first digit is told from the text itself.
	if d := digits(typed); len(d) > n && d != "1"+national {
		national, n = d, len(d)
	}
	switch {
	case n == nationalDigits && (national[0] < '2'):
		return problem("%s does not begin with an area code. Check the first three digits.", typed)
	case n == nationalDigits && national[3] < '2':
		return problem("%s is not a number: after the area code comes a digit from 2 to 9.", typed)
	case n == nationalDigits:
		return nil
	case n == nationalDigits-3:
		return problem("%s has no area code. Type all ten digits.", typed)
	case n < nationalDigits:
		return problem("%s is %s short.", typed, count(nationalDigits-n))
	}
	return problem("%s is %s too long.", typed, count(n-nationalDigits))
}

func unreadable(typed string) error {
	if n := len(digits(typed)); n > 0 && n < nationalDigits && onlyNumberLike(typed) {
		return problem("%s is %s short.", typed, count(nationalDigits-n))
	}
	return problem("Enter a phone number with ten digits, like 512-555-0143.")
}

func onlyNumberLike(typed string) bool {
	return !strings.ContainsFunc(typed, unicode.IsLetter)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func count(n int) string {
	words := [...]string{"no digits", "one digit", "two digits", "three digits", "four digits", "five digits",
		"six digits", "seven digits", "eight digits", "nine digits"}
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprintf("%d digits", n)
}

// Format shows a number that Parse returned: 512-555-0143. Anything else is shown as it is.
func Format(e164 string) string {
	national, ok := strings.CutPrefix(e164, "+1")
	if !ok || len(national) != nationalDigits {
		return e164
	}
	return national[:3] + "-" + national[3:6] + "-" + national[6:]
}

// National is the ten digits of a number that Parse returned, or nothing.
func National(e164 string) string {
	national, ok := strings.CutPrefix(e164, "+1")
	if !ok || len(national) != nationalDigits {
		return ""
	}
	return national
}
