package onboarding

import (
	_ "embed"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed refused.txt
var refusedText string

//go:embed shareddomains.txt
var sharedText string

// refusedPhrases are what a company's name in a mail of ours must not say.
var refusedPhrases = phrases(refusedText)

// sharedDomains are where very many people have their address: many sign-ups with one of them mean nothing.
var sharedDomains = func() map[string]bool {
	all := map[string]bool{}
	for _, d := range strings.Fields(sharedText) {
		all[d] = true
	}
	return all
}()

func phrases(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, " "+line+" ")
		}
	}
	return all
}

// looksLikeAddress finds web addresses in names, and money.
var looksLikeAddress = regexp.MustCompile(`(?i)(\w:/|//|www\.|\.(com|net|org|io|co|biz|info|xyz|top|site|online|app|shop|club|live|me|us|ru|cn)\b(/|\s|$)|\S@\S|\$\s?\d)`)

// refusedName tells whether a name would make a mail of ours somebody else's.
func refusedName(name string) bool {
	said := " " + spoken(name) + " "
	for _, p := range refusedPhrases {
		if strings.Contains(said, p) {
			return true
		}
	}
	return false
}

// spoken is a name as it is read: small letters, look-alike digits as letters, one space between words.
func spoken(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) || r == '\'' || r == '’':
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	for i, w := range words {
		if strings.ContainsFunc(w, unicode.IsLetter) { // "paypa1", and not "1 2 3"
			words[i] = strings.NewReplacer("0", "o", "1", "l", "3", "e", "5", "s", "7", "t").Replace(w)
		}
	}
	return strings.Join(words, " ")
}
