package crm

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/phone"
)

// Lengths in letters, the same as the CHECKs of the tables.
const (
	maxName     = 120
	maxCompany  = 120
	maxEmail    = 254
	maxNotes    = 10_000
	maxStreet   = 200
	maxUnit     = 40
	maxCity     = 100
	maxGateCode = 80
)

// reader reads typed text into the form that is stored and notes what is wrong with it.
type reader struct{ problems fault.Problems }

// line reads a text of one line. What is not acceptable is noted and read as nothing.
func (r *reader) line(pointer, noun, typed string, most int) string {
	return r.text(pointer, noun, typed, most, unicode.IsControl)
}

// paragraphs reads a text with line breaks and tabs. Browsers send a break as two characters; one is kept.
func (r *reader) paragraphs(pointer, noun, typed string, most int) string {
	typed = strings.ReplaceAll(typed, "\r\n", "\n")
	return r.text(pointer, noun, typed, most, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' })
}

func (r *reader) text(pointer, noun, typed string, most int, refused func(rune) bool) string {
	switch {
	case !utf8.ValidString(typed):
		r.problems.Add(pointer, "Part of the %s was damaged on its way here. Type it again.", noun)
		return ""
	case strings.ContainsFunc(typed, refused):
		r.problems.Add(pointer, "A character in the %s cannot be shown. Take it out.", noun)
		return ""
	case strings.ContainsFunc(typed, overridesDirection):
		r.problems.Add(pointer, "A hidden mark in the %s turns the text around. Type it again.", noun)
		return ""
	}
	text := strings.TrimSpace(norm.NFC.String(typed))
	if n := utf8.RuneCountInString(text); n > most {
		r.problems.Add(pointer, "Shorten the %s to %s letters. It has %s.", noun, thousands(most), thousands(n))
		return ""
	}
	return text
}

// overridesDirection finds the marks with which a text can be made to look like another one. Plain
// right-to-left letters, and the two marks that only help them, are fine.
func overridesDirection(c rune) bool { return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 }

// required reads a line that has to show something; a text of invisible marks shows nothing.
func (r *reader) required(pointer, noun, typed string, most int, ask string) string {
	if !strings.ContainsFunc(typed, visible) {
		r.problems.Add(pointer, "%s", ask)
		return ""
	}
	return r.line(pointer, noun, typed, most)
}

func visible(c rune) bool { return unicode.IsGraphic(c) && !unicode.IsSpace(c) && !unicode.IsMark(c) }

// email reads an address as typed, also "Dana Ruiz <dana@example.com>", and lower-cases its domain. The part
// before the @ belongs to the mail server, which may tell cases apart.
func (r *reader) email(pointer, typed string) string {
	const ask = "Enter one e-mail address, like dana@example.com."
	text := r.line(pointer, "e-mail", typed, maxEmail)
	if text == "" {
		return ""
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil {
		r.problems.Add(pointer, ask)
		return ""
	}
	at := strings.LastIndexByte(parsed.Address, '@')
	local, domain := parsed.Address[:at], strings.ToLower(parsed.Address[at+1:])
	if !strings.Contains(domain, ".") || strings.ContainsAny(domain, "[]") || strings.ContainsAny(local, " \t\"<>()@,;:\\") {
		r.problems.Add(pointer, ask)
		return ""
	}
	address := local + "@" + domain
	if utf8.RuneCountInString(address) > maxEmail {
		r.problems.Add(pointer, ask)
		return ""
	}
	return address
}

func (r *reader) phone(pointer, typed string) string {
	number, err := phone.Parse(typed)
	if err != nil {
		r.problems.Add(pointer, "%s", err)
	}
	return number
}

// thousands writes a count as people read it: 10,000.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return thousands(n/1000) + "," + fmt.Sprintf("%03d", n%1000)
}
