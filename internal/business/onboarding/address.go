package onboarding

import (
	"crypto/rand"
	_ "embed"
	"encoding/base32"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed reserved.txt
var reservedText string

// reserved names, and what looks like them, are ours.
var reserved = func() map[string]bool {
	names := map[string]bool{}
	for _, n := range strings.Fields(reservedText) {
		names[skeleton(n)] = true
	}
	return names
}()

var machineName = regexp.MustCompile(`^(ns|mx|api|app|web|db)\d+$`)

// skeleton maps what the eye takes for the same to the same.
var looksLike = strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "5", "s", "-", "")

func skeleton(slug string) string { return looksLike.Replace(slug) }

// isReserved tells whether an address is ours or could be taken for ours.
func isReserved(slug string) bool {
	return reserved[skeleton(slug)] || machineName.MatchString(slug)
}

// letters that Unicode does not take apart into a base letter and a mark.
var letters = map[rune]string{
	'ß': "ss", 'ø': "o", 'Ø': "o", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ł': "l", 'Ł': "l",
	'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d", 'þ': "th", 'Þ': "th", 'ı': "i", '&': " and ",
}

// The part of a company's name that says its legal form is not part of its address.
var legalForms = map[string]bool{"llc": true, "inc": true, "co": true, "corp": true, "ltd": true, "company": true}

const (
	minSlug = 3
	maxSlug = 40
)

// slugOf makes the address part of a company's name: lower-case ASCII words joined by hyphens. A name
// without enough Latin letters gets a random one.
func slugOf(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch {
		case letters[r] != "":
			b.WriteString(letters[r])
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’' || r == '.':
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
		if b.Len() > 200 {
			break
		}
	}
	words := strings.Fields(b.String())
	for len(words) > 1 && legalForms[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	slug := strings.TrimLeft(strings.Join(words, "-"), "0123456789-")
	if len(slug) > maxSlug-10 { // room for a suffix
		slug = strings.TrimRight(slug[:maxSlug-10], "-")
	}
	if len(slug) < minSlug {
		return "org-" + randomLetters(6)
	}
	if isReserved(slug) {
		return slug + "-fence"
	}
	return slug
}

// candidates are the addresses to try for a name, in order: it, numbered, then with random letters.
func candidates(name string) func(attempt int) string {
	base := slugOf(name)
	return func(attempt int) string {
		switch {
		case attempt == 0:
			return base
		case attempt <= 5:
			return fmt.Sprintf("%s-%d", base, attempt+1)
		}
		return base + "-" + randomLetters(4+attempt/10)
	}
}

func randomLetters(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return strings.ToLower(base32.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").EncodeToString(b)[:n])
}
