package crm

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/phone"
)

// A search of fewer letters would find nearly everybody; a longer one than this finds nobody.
const minSearch, maxSearch = 2, 200

// searchText is what the one search box looks in: the customer and the properties that are not archived. A
// phone is in it twice, because people type it with and without dashes.
func (f *folder) searchText() string {
	c := &f.Customer
	parts := []string{c.Name, c.Company, c.Email}
	if c.Phone != "" {
		parts = append(parts, phone.National(c.Phone), phone.Format(c.Phone))
	}
	for i := range f.Properties {
		if p := &f.Properties[i]; p.ArchivedAt == nil {
			parts = append(parts, p.Street, p.Unit, p.City, p.State, p.ZIP)
		}
	}
	return fold(strings.Join(parts, " "))
}

// fold makes texts comparable that people take for the same: case, accents and the width of letters do not
// count, any white space is one space.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, word := range strings.Fields(norm.NFKD.String(s)) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		for _, c := range word {
			if !unicode.Is(unicode.Mn, c) && !unicode.Is(unicode.Cf, c) {
				b.WriteRune(unicode.ToLower(c))
			}
		}
	}
	return b.String()
}

// patterns turns what was typed into LIKE patterns that all have to match. The one that narrows most comes
// first: the index is asked for that one alone. Nothing typed gives none.
func patterns(typed string) ([]string, error) {
	if !utf8.ValidString(typed) || strings.ContainsFunc(typed, func(c rune) bool { return unicode.IsControl(c) && !unicode.IsSpace(c) }) {
		return nil, fault.InvalidField("/search", "A character in the search cannot be shown. Take it out.")
	}
	folded := strings.TrimSpace(fold(typed))
	switch n := utf8.RuneCountInString(folded); {
	case n == 0 && strings.TrimSpace(typed) == "":
		return nil, nil
	case n < minSearch:
		return nil, fault.InvalidField("/search", "Type at least %d letters or digits.", minSearch)
	case n > maxSearch:
		return nil, fault.InvalidField("/search", "Shorten the search to %d letters. It has %d.", maxSearch, n)
	}
	words := strings.Fields(folded)
	for i, w := range words {
		words[i] = phoneDigits(w)
	}
	slices.SortStableFunc(words, func(a, b string) int { return longestRun(b) - longestRun(a) })
	words = slices.Compact(words)
	for i, w := range words {
		words[i] = "%" + likeEscaper.Replace(w) + "%"
	}
	return words, nil
}

// longestRun is how many letters and digits stand together in the word: what the index, made of threes of
// them, can narrow by. Letters of other scripts are left to the comparison itself.
func longestRun(word string) (longest int) {
	run := 0
	for i := range len(word) {
		if c := word[i]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// phoneDigits is the digits of a word that can only be a phone or a part of one: (512), +15125550143,
// 512.555.0143. Other words, 12-14 of a house number among them, stay as they are.
func phoneDigits(word string) string {
	digits := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, word)
	if strings.Trim(word, "0123456789()+-.") != "" || digits == "" {
		return word
	}
	if len(digits) < 7 && !strings.ContainsAny(word, "()+") {
		return word
	}
	if len(digits) == 11 && digits[0] == '1' {
		return digits[1:]
	}
	return digits
}
