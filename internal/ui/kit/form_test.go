package kit

import (
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"fenceplatform.com/fence/internal/platform/fault"
)

func fields() map[string]func(Field) templ.Component {
	return map[string]func(Field) templ.Component{
		"text": TextField, "email": EmailField, "phone": PhoneField, "ZIP": ZIPField, "money": MoneyField,
		"length": LengthField, "number": NumberField, "code": CodeField, "password": PasswordField,
		"date": DateField, "file": FileField, "area": TextArea, "checkbox": Checkbox, "search": SearchField,
		"select": func(f Field) templ.Component { return Select(f, []Option{{Value: "TX", Label: "Texas"}}) },
	}
}

func TestEveryFieldIsBoundToItsLabelHintAndError(t *testing.T) {
	t.Parallel()
	for kind, field := range fields() {
		root := rendered(t, field(Field{Name: "address/zip", Label: "The label", Hint: "The hint.", Error: "The error."}))
		for _, tag := range []string{"input", "textarea", "select"} {
			for _, input := range all(root, tag, nil) {
				if id, _ := attr(input, "id"); id != "f-address-zip" {
					t.Errorf("%s: id = %q, want f-address-zip", kind, id)
				}
				if invalid, _ := attr(input, "aria-invalid"); invalid != "true" {
					t.Errorf("%s: a field with an error is not marked invalid", kind)
				}
				by, _ := attr(input, "aria-describedby")
				for _, id := range strings.Fields(by) {
					if len(all(root, "*", map[string]string{"id": id})) != 1 {
						t.Errorf("%s: described by %q, which is not there", kind, id)
					}
				}
			}
		}
		if !strings.Contains(text(root), "The label") || !strings.Contains(text(root), "Error: The error.") {
			t.Errorf("%s: got text %q, want label and error in it", kind, text(root))
		}
	}
}

func TestNumbersAreTypedOnTheRightKeyboardAndNeverInNumberInputs(t *testing.T) {
	t.Parallel()
	for kind, mode := range map[string]string{"money": "decimal", "length": "decimal", "ZIP": "numeric", "number": "numeric", "phone": "tel", "code": "numeric"} {
		input := one(t, rendered(t, fields()[kind](Field{Name: "n", Label: "N"})), "input", nil)
		if got, _ := attr(input, "inputmode"); got != mode {
			t.Errorf("%s: inputmode %q, want %q", kind, got, mode)
		}
		if got, _ := attr(input, "type"); got == "number" {
			t.Errorf("%s: is a number input, which loses what people type", kind)
		}
	}
}

// ignoredByBrowsers tells whether a pattern has a sign in a class that the v flag, with which browsers read
// patterns, wants escaped: such a pattern is silently ignored.
func ignoredByBrowsers(pattern string) bool {
	class := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case class && strings.ContainsRune("(){}/|", rune(c)):
			return true
		}
	}
	return false
}

func TestPatternsAreReadByBrowsersAndAcceptWhatPeopleType(t *testing.T) {
	t.Parallel()
	for kind, c := range map[string]struct{ right, wrong []string }{
		"phone": {[]string{"512-555-0143", "(512) 555 0143", "+1 512.555.0143", "5125550143", " 1-512-555-0143 "}, []string{"512-555-014", "call me"}},
		"ZIP":   {[]string{"78701", " 78701 ", "78701-1234"}, []string{"7870", "787011"}},
		"money": {[]string{"1500", "$1,500", "1,500.50", "0.5"}, []string{"1.500.00", "abc", "12.345"}},
		"email": {[]string{"dana@example.com", "d.r+x@mail.example.co"}, []string{"dana", "dana@example", "a b@c.d"}},
	} {
		input := one(t, rendered(t, fields()[kind](Field{Name: "x", Label: "X"})), "input", nil)
		pattern, _ := attr(input, "pattern")
		if ignoredByBrowsers(pattern) {
			t.Errorf("%s: browsers ignore the pattern %s", kind, pattern)
		}
		if sentence, _ := attr(input, "data-sentence"); sentence == "" {
			t.Errorf("%s: has a pattern and no sentence", kind)
		}
		compiled := regexp.MustCompile(`^(?:` + pattern + `)$`)
		for _, s := range c.right {
			if !compiled.MatchString(s) {
				t.Errorf("%s: %q is refused, want accepted", kind, s)
			}
		}
		for _, s := range c.wrong {
			if compiled.MatchString(s) {
				t.Errorf("%s: %q is accepted, want refused", kind, s)
			}
		}
	}
}

func TestFormCarriesItsOneTimeKeyAndVersion(t *testing.T) {
	t.Parallel()
	form := Form{Action: "/customers/1", Version: 7, Hidden: []Hidden{{"from", "list"}}, Submit: "Save customer"}
	first, second := rendered(t, FormFrame(form)), rendered(t, FormFrame(form))
	keyOf := func(i int) string {
		root := first
		if i == 2 {
			root = second
		}
		key, _ := attr(one(t, root, "input", map[string]string{"name": KeyField}), "value")
		return key
	}
	if a, b := keyOf(1), keyOf(2); a == b || len(a) < 22 {
		t.Errorf("one-time keys %q and %q: want two different ones of 128 bits", a, b)
	}
	for name, want := range map[string]string{VersionField: "7", "from": "list"} {
		if got, _ := attr(one(t, first, "input", map[string]string{"name": name}), "value"); got != want {
			t.Errorf("hidden %s = %q, want %q", name, got, want)
		}
	}
	if frame := one(t, first, "form", nil); !hasAll(frame, map[string]string{"method": "post", "action": "/customers/1", "novalidate": ""}) {
		t.Errorf("form is %v, want a post to /customers/1 that the server validates", frame.Attr)
	}
}

func TestErrorSummaryLeadsToEachFieldWithTheSameWords(t *testing.T) {
	t.Parallel()
	var p fault.Problems
	p.Add("/address/zip", "Enter a ZIP with 5 digits, like 78701.")
	problems := ProblemsOf(p.Err())
	root := rendered(t, with(FormFrame(Form{Action: "/x", Problems: problems}), ""))
	link := one(t, one(t, root, "div", map[string]string{"id": "error-summary", "tabindex": "-1"}), "a", nil)
	if href, _ := attr(link, "href"); href != "#f-address-zip" {
		t.Errorf("summary leads to %q, want #f-address-zip", href)
	}
	if got, want := text(link), problems.For("address/zip"); got != want {
		t.Errorf("summary says %q, field %q: want the same", got, want)
	}
	if got := ProblemsOf(fault.Missing()); got != nil {
		t.Errorf("problems of a missing thing = %v, want none", got)
	}
}
