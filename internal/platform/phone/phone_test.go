package phone

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseUnderstandsWhatPeopleType(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"":                       "",
		"   ":                    "",
		"5125550143":             "+15125550143",
		"512-555-0143":           "+15125550143",
		"(512) 555-0143":         "+15125550143",
		" 512.555.0143 ":         "+15125550143",
		"512 555 0143":           "+15125550143",
		"1 512 555 0143":         "+15125550143",
		"+1 (512) 555-0143":      "+15125550143",
		"tel:+1-512-555-0143":    "+15125550143",
		"512\u2013555\u20130143": "+15125550143", // dashes of a word processor
		"512\u00a0555\u00a00143": "+15125550143", // unbroken spaces of a web page
		"１５１２５５５０１４３":            "+15125550143", // full-width
		"1-800-FENCES-1":         "+18003362371",
		"787-555-0143":           "+17875550143",
	} {
		got, err := Parse(typed)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %q, %v, want %q", typed, got, err, want)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"512-555-014":           "512-555-014 is one digit short.",
		"512-555-01":            "512-555-01 is two digits short.",
		"5":                     "5 is nine digits short.",
		"512-555-01433":         "512-555-01433 is one digit too long.",
		"512-555-0143 99":       "512-555-0143 99 is two digits too long.",
		"555-0143":              "555-0143 has no area code. Type all ten digits.",
		"012-555-0143":          "012-555-0143 does not begin with an area code. Check the first three digits.",
		"112-555-0143":          "112-555-0143 does not begin with an area code. Check the first three digits.",
		"512-055-0143":          "512-055-0143 is not a number: after the area code comes a digit from 2 to 9.",
		"+44 20 7946 0958":      "+44 20 7946 0958 is not a number of the United States. Enter one like 512-555-0143.",
		"512-555-0143 x12":      `Enter the number without its extension, and put "ext. 12" into the notes.`,
		"call me":               "Enter a phone number with ten digits, like 512-555-0143.",
		"512\x00555":            "Enter one phone number, like 512-555-0143.",
		"512-555-0143\n512":     "Enter one phone number, like 512-555-0143.",
		strings.Repeat("5", 41): "Enter one phone number, like 512-555-0143.",
	} {
		got, err := Parse(typed)
		if p, ok := errors.AsType[Problem](err); !ok || string(p) != want || got != "" {
			t.Errorf("Parse(%q) = %q, %v, want %q", typed, got, err, want)
		}
	}
}

func TestWhatIsShownIsReadBack(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[2-9]\d{2}-[2-9]\d{2}-\d{4}$`)
	rapid.Check(t, func(t *rapid.T) {
		e164 := rapid.StringMatching(`\+1[2-9]\d{2}[2-9]\d{6}`).Draw(t, "number")
		shown := Format(e164)
		if !form.MatchString(shown) {
			t.Fatalf("%s is shown as %q", e164, shown)
		}
		if got, err := Parse(shown); err != nil || got != e164 {
			t.Fatalf("Parse(%q) = %q, %v, want %q", shown, got, err, e164)
		}
	})
}

func TestParseNeverMakesAnotherForm(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^(\+1[2-9]\d{2}[2-9]\d{6})?$`)
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(rapid.String(), rapid.StringMatching(`\+?[-0-9() .x]{0,20}`)).Draw(t, "typed")
		got, err := Parse(typed)
		if err != nil {
			if _, ok := errors.AsType[Problem](err); !ok || got != "" {
				t.Fatalf("Parse(%q) = %q, %v: not a Problem", typed, got, err)
			}
			return
		}
		if !form.MatchString(got) {
			t.Fatalf("Parse(%q) = %q", typed, got)
		}
	})
}

func TestFormatLeavesTheUnknownAsItIs(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "+442079460958", "+1512"} {
		if got := Format(s); got != s {
			t.Errorf("Format(%q) = %q", s, got)
		}
		if got := National(s); got != "" {
			t.Errorf("National(%q) = %q, want nothing", s, got)
		}
	}
}
