package identity

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// User is one person of one organization.
type User struct {
	ID              id.ID      `json:"id"`
	Name            string     `json:"name"`
	Email           string     `json:"email"`
	Role            Role       `json:"role"`
	EmailVerifiedAt *time.Time `json:"email_verified_at"`
	DeactivatedAt   *time.Time `json:"deactivated_at"`
	CreatedAt       time.Time  `json:"created_at"`
	Version         int        `json:"version"`
}

// userColumns are the columns of User, in a SELECT on app.users u.
const userColumns = `u.id, u.name, u.email, u.role, u.email_verified_at, u.deactivated_at, u.created_at, u.version`

// CleanEmail reads an address as people type it: trimmed, the domain in lower case and ASCII.
func CleanEmail(typed string) (string, error) {
	s := strings.TrimSpace(typed)
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || len(s) > 254 || strings.ContainsFunc(s, unicode.IsControl) {
		return "", fault.InvalidField("/email", "Enter an e-mail address, like sam@acmefence.com.")
	}
	at := strings.LastIndexByte(s, '@')
	domain, err := idna.Lookup.ToASCII(s[at+1:])
	if err != nil || !strings.Contains(domain, ".") {
		return "", fault.InvalidField("/email", "The part after the @ is not a domain, like acmefence.com.")
	}
	return s[:at+1] + strings.ToLower(domain), nil
}

// CleanName reads a person's name: NFC, one line, no control or direction-changing characters.
func CleanName(typed string) (string, error) {
	s := strings.Join(strings.Fields(norm.NFC.String(typed)), " ")
	switch {
	case s == "":
		return "", fault.InvalidField("/name", "Enter a name.")
	case utf8.RuneCountInString(s) > 120:
		return "", fault.InvalidField("/name", "A name has at most 120 characters.")
	case !utf8.ValidString(s) || strings.ContainsFunc(s, hidden):
		return "", fault.InvalidField("/name", "A name has letters only, no hidden characters.")
	}
	return s, nil
}

// hidden characters make a text read otherwise than it is stored.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
}

// Passwords are long enough to resist guessing and short enough to hash.
const (
	minPassword = 10
	maxPassword = 256
)

// CheckPassword refuses passwords that are short, well known, or made of the person's own data.
func CheckPassword(password string, weak func(string) bool, own ...string) error {
	const field = "/password"
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return fault.InvalidField(field, "Use letters, digits and signs only.")
	case n < minPassword:
		return fault.InvalidField(field, "Use at least %d characters. Four words are better than one with signs.", minPassword)
	case len(password) > maxPassword:
		return fault.InvalidField(field, "Use at most %d characters.", maxPassword)
	case weak(strings.ToLower(password)):
		return fault.InvalidField(field, "This password is on the lists that people guess from. Use another.")
	}
	squeezed := squeeze(password)
	for _, o := range append(own, product) {
		if o = squeeze(o); len(o) >= 5 && strings.Contains(squeezed, o) {
			return fault.InvalidField(field, "Do not use your name, company or e-mail in the password.")
		}
	}
	return nil
}

// product is what many would begin with here.
const product = "fence platform"

// squeeze makes a text comparable: small letters without what stands between words.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '_' || r == '.' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
