package words

import (
	"strconv"
	"strings"
)

// Language is the catalogue in one language.
type Language struct {
	Tag   string // BCP 47
	texts map[string]string
	form  func(n int) string // the plural form of a number
}

// English is the language of version 1.
var English = &Language{Tag: "en", texts: english, form: englishForm}

// Text is the text of a key, with values in place of its placeholders: name and value by turns.
func (l *Language) Text(key string, values ...string) string {
	text, known := l.texts[key]
	if !known {
		return key
	}
	if len(values) == 0 {
		return text
	}
	pairs := make([]string, len(values))
	for i := 0; i+1 < len(values); i += 2 {
		pairs[i], pairs[i+1] = "{"+values[i]+"}", values[i+1]
	}
	// A replacer looks at the text once, so that a value is never taken for a placeholder.
	return strings.NewReplacer(pairs...).Replace(text)
}

// Count is the text of a key in the plural form of n, which stands at {n}.
func (l *Language) Count(key string, n int, values ...string) string {
	return l.Text(key+"."+l.form(n), append(values, "n", strconv.Itoa(n))...)
}

func englishForm(n int) string {
	switch n {
	case 0:
		return "zero"
	case 1:
		return "one"
	}
	return "other"
}
