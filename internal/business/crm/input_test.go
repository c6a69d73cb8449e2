package crm

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/platform/fault"
)

func TestRefusedTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what    string
		in      CreateCustomerInput
		pointer string
		message string
	}{
		{"no name", CreateCustomerInput{}, "/name", "Enter the customer's name."},
		{"a name of spaces", CreateCustomerInput{Name: " \u00a0 "}, "/name", "Enter the customer's name."},
		{"a name that shows nothing", CreateCustomerInput{Name: "\u200b\u2060\u200d"}, "/name", "Enter the customer's name."},
		{"NUL", CreateCustomerInput{Name: "Da\x00na"}, "/name", "A character in the name cannot be shown. Take it out."},
		{"two lines in a name", CreateCustomerInput{Name: "Dana\nRuiz"}, "/name", "A character in the name cannot be shown. Take it out."},
		{"escape in notes", CreateCustomerInput{Name: "D", Notes: "\x1b[2J"}, "/notes", "A character in the notes cannot be shown. Take it out."},
		{"invalid UTF-8", CreateCustomerInput{Name: "D\xff"}, "/name", "Part of the name was damaged on its way here. Type it again."},
		{"bidi override", CreateCustomerInput{Name: "Dana \u202eziuR"}, "/name", "A hidden mark in the name turns the text around. Type it again."},
		{"bidi isolate", CreateCustomerInput{Name: "D", Company: "\u2066x"}, "/company", "A hidden mark in the company turns the text around. Type it again."},
		{"long name", CreateCustomerInput{Name: strings.Repeat("é", 121)}, "/name", "Shorten the name to 120 letters. It has 121."},
		{"long notes", CreateCustomerInput{Name: "D", Notes: strings.Repeat("x", 10_001)}, "/notes", "Shorten the notes to 10,000 letters. It has 10,001."},
		{"short phone", CreateCustomerInput{Name: "D", Phone: "512-555-014"}, "/phone", "512-555-014 is one digit short."},
		{"e-mail without @", CreateCustomerInput{Name: "D", Email: "dana.example.com"}, "/email", "Enter one e-mail address, like dana@example.com."},
		{"e-mail without a dot", CreateCustomerInput{Name: "D", Email: "dana@localhost"}, "/email", "Enter one e-mail address, like dana@example.com."},
		{"two e-mails", CreateCustomerInput{Name: "D", Email: "a@example.com, b@example.com"}, "/email", "Enter one e-mail address, like dana@example.com."},
		{"e-mail at a number", CreateCustomerInput{Name: "D", Email: "dana@[192.0.2.1]"}, "/email", "Enter one e-mail address, like dana@example.com."},
		{"e-mail with a quoted space", CreateCustomerInput{Name: "D", Email: `"a b"@example.com`}, "/email", "Enter one e-mail address, like dana@example.com."},
		{"long e-mail", CreateCustomerInput{Name: "D", Email: strings.Repeat("x", 250) + "@example.com"}, "/email", "Shorten the e-mail to 254 letters. It has 262."},
		{"no street", CreateCustomerInput{Name: "D", Property: &PropertyInput{ZIP: "78701"}}, "/property/street", "Enter the street and number, like 12 Oak St."},
		{"no ZIP", CreateCustomerInput{Name: "D", Property: &PropertyInput{Street: "1 X"}}, "/property/zip", "Enter a ZIP with 5 digits, like 78701."},
		{"unknown state", CreateCustomerInput{Name: "D", Property: &PropertyInput{Street: "1 X", ZIP: "78701", State: "ZZ"}}, "/property/state", "Enter the state as two letters, like TX."},
	} {
		wantField(t, c.what, c.in.Validate(), c.pointer, c.message)
	}
}

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	err := CreateCustomerInput{Email: "x", Phone: "1", Property: &PropertyInput{}}.Validate()
	f := wantFault(t, "an empty form", err, fault.Invalid, "invalid-input")
	var pointers []string
	for _, field := range f.Fields {
		pointers = append(pointers, field.Pointer)
	}
	if got, want := strings.Join(pointers, " "), "/name /email /phone /property/street /property/zip"; got != want {
		t.Errorf("names %s, want %s", got, want)
	}
}

func TestEditIsToldOnlyOfItsOwnFields(t *testing.T) {
	t.Parallel()
	wantField(t, "cleared name", EditCustomerInput{Version: 1, Name: ptr("")}.Validate(), "/name", "Enter the customer's name.")
	wantField(t, "no version", EditCustomerInput{}.Validate(), "/version", "Say which version you changed.")
	wantField(t, "cleared ZIP", EditPropertyInput{Version: 1, ZIP: ptr("")}.Validate(), "/zip", "Enter a ZIP with 5 digits, like 78701.")
	wantField(t, "no version", EditPropertyInput{Version: -1}.Validate(), "/version", "Say which version you changed.")
	if err := (EditCustomerInput{Version: 1}).Validate(); err != nil {
		t.Errorf("an edit of nothing: %v", err)
	}
}

func TestTextsAreKeptAsTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"  Dana Ruiz ":              "Dana Ruiz",
		"Zoe\u0308":                 "Zo\u00eb", // one normal form
		"<script>alert(1)</script>": "<script>alert(1)</script>",
		"محمد بن سلمان":             "محمد بن سلمان",
		"\u200fאבי\u200f":           "\u200fאבי\u200f", // the marks that only help right-to-left text
		"👷🏽‍♀️ Fence":               "👷🏽‍♀️ Fence",
		"O’Neil & Søns, \"LLC\"":    "O’Neil & Søns, \"LLC\"",
	} {
		c, _, err := CreateCustomerInput{Name: typed}.read()
		if err != nil || c.Name != want {
			t.Errorf("%q is kept as %q, %v, want %q", typed, c.Name, err, want)
		}
	}
}

func TestEmailsArePutInOneForm(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"":                              "",
		" Dana@EXAMPLE.com ":            "Dana@example.com",
		"Dana Ruiz <dana@example.com>":  "dana@example.com",
		"dana+fence@mail.example.co.uk": "dana+fence@mail.example.co.uk",
		"josé@bücher.example":           "josé@bücher.example",
	} {
		c, _, err := CreateCustomerInput{Name: "D", Email: typed}.read()
		if err != nil || c.Email != want {
			t.Errorf("%q is kept as %q, %v, want %q", typed, c.Email, err, want)
		}
	}
}

// TestReadingIsStable shows that what is stored is itself acceptable and stays what it is: an edit that names
// one field must never stumble over another.
func TestReadingIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := CreateCustomerInput{
			Name: rapid.String().Draw(t, "name"), Company: rapid.String().Draw(t, "company"), Notes: rapid.String().Draw(t, "notes"),
			Email: rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z"<>.@ ]{0,12}@[A-Za-z.]{0,12}`)).Draw(t, "email"),
			Phone: rapid.StringMatching(`[-0-9() ]{0,14}`).Draw(t, "phone"),
		}
		once, _, err := in.read()
		if err != nil {
			return
		}
		twice, _, err := CreateCustomerInput{Name: once.Name, Company: once.Company, Email: once.Email, Phone: once.Phone, Notes: once.Notes}.read()
		if err != nil || twice != once {
			t.Fatalf("read again: %+v, %v, want %+v", twice, err, once)
		}
		if !utf8.ValidString(once.Name) || once.Name == "" {
			t.Fatalf("name %q", once.Name)
		}
	})
}
