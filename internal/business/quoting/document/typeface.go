package document

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Fonts are the static TrueType files that the paper is set in. Without them (the zero value) the core
// fonts that every reader has are used.
type Fonts struct{ Regular, SemiBold, Bold []byte }

func (f Fonts) empty() bool { return len(f.Regular)+len(f.SemiBold)+len(f.Bold) == 0 }

// weight is a face of the document's typeface.
type weight uint8

const (
	regular weight = iota
	semiBold
	bold
)

// typeface sets text in the fonts of a document and knows which letters they have.
type typeface struct {
	families [3]string
	styles   [3]string
	glyphs   map[rune]bool // nil: code page 1252
	italic   string
}

// missing is what a letter without a glyph becomes; no face has it, so readers draw an empty box.
const missing = '\uFFFD'

func newTypeface(pdf *fpdf.Fpdf, fonts Fonts) (*typeface, error) {
	if fonts.empty() {
		return &typeface{families: [3]string{"Helvetica", "Helvetica", "Helvetica"}, styles: [3]string{"", "B", "B"}, italic: "I"}, nil
	}
	face := &typeface{families: [3]string{"text", "text-semibold", "text-bold"}}
	for i, data := range [3][]byte{fonts.Regular, fonts.SemiBold, fonts.Bold} {
		glyphs, err := letters(data)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			face.glyphs = glyphs
		}
		pdf.AddUTF8FontFromBytes(face.families[i], "", data)
	}
	return face, pdf.Error()
}

// encode turns text into what the face shows: composed letters, then a spelling in letters that it has,
// then a box.
func (f *typeface) encode(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, string(missing))) {
		switch {
		case r == '\t' || r == '\u00a0':
			b.WriteByte(' ')
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
		case f.has(r):
			b.WriteRune(r)
		default:
			b.WriteString(f.spelled(r))
		}
	}
	if f.glyphs != nil {
		return b.String()
	}
	// What is left has a place in code page 1252, except the box.
	encoded, err := charmap.Windows1252.NewEncoder().String(strings.ReplaceAll(b.String(), string(missing), "?"))
	if err != nil {
		return strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII {
				return '?'
			}
			return r
		}, b.String())
	}
	return encoded
}

func (f *typeface) has(r rune) bool {
	if f.glyphs != nil {
		return f.glyphs[r]
	}
	_, ok := charmap.Windows1252.EncodeRune(r)
	return ok
}

// spelled writes a letter by others that the face has.
func (f *typeface) spelled(r rune) string {
	if s, ok := spellings[r]; ok {
		return s
	}
	if s, ok := spellings[unicode.ToLower(r)]; ok && unicode.IsUpper(r) {
		return strings.ToUpper(s[:1]) + s[1:]
	}
	var b strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		if unicode.Is(unicode.Mn, part) {
			continue
		}
		if s, ok := spellings[part]; ok {
			b.WriteString(s)
		} else if f.has(part) {
			b.WriteRune(part)
		} else {
			b.WriteRune(missing)
		}
	}
	if b.Len() == 0 {
		return string(missing)
	}
	return b.String()
}

// spellings are for signs that texts contain and the face lacks, and for the alphabets with one usual
// spelling in Latin letters.
var spellings = map[rune]string{
	'\u2010': "-", '\u2011': "-", '\u2012': "–", '\u2015': "—", '\u2212': "-", '′': "'", '″': `"`, '→': "->", '←': "<-",
	'✓': "x", '✔': "x", '☐': "[ ]", '☑': "[x]", '■': "•", '●': "•", '≤': "<=", '≥': ">=", '\u2028': " ", '\u3000': " ",
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "i",
	'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f",
	'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ъ': "'", 'ы': "y", 'ь': "'", 'э': "e", 'ю': "iu", 'я': "ia",
	'і': "i", 'ї': "i", 'є': "ie", 'ґ': "g",
	'α': "a", 'β': "v", 'γ': "g", 'δ': "d", 'ε': "e", 'ζ': "z", 'η': "i", 'θ': "th", 'ι': "i", 'κ': "k", 'λ': "l",
	'μ': "m", 'ν': "n", 'ξ': "x", 'ο': "o", 'π': "p", 'ρ': "r", 'σ': "s", 'ς': "s", 'τ': "t", 'υ': "y", 'φ': "f",
	'χ': "ch", 'ψ': "ps", 'ω': "o",
}

var errFont = errors.New("not a TrueType font with a Unicode table")

// letters reads which characters of the basic plane a TrueType font has, from its cmap table in format 4.
func letters(font []byte) (map[rune]bool, error) {
	cmap, ok := fontTable(font, "cmap")
	if !ok || len(cmap) < 4 {
		return nil, errFont
	}
	count := int(binary.BigEndian.Uint16(cmap[2:]))
	for i := range count {
		record := 4 + 8*i
		if record+8 > len(cmap) {
			break
		}
		at := int(binary.BigEndian.Uint32(cmap[record+4:]))
		if at+14 <= len(cmap) && binary.BigEndian.Uint16(cmap[at:]) == 4 {
			return segments(cmap[at:])
		}
	}
	return nil, errFont
}

func fontTable(font []byte, tag string) ([]byte, bool) {
	if len(font) < 12 {
		return nil, false
	}
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		record := 12 + 16*i
		if record+16 > len(font) {
			break
		}
		if string(font[record:record+4]) != tag {
			continue
		}
		at, size := int(binary.BigEndian.Uint32(font[record+8:])), int(binary.BigEndian.Uint32(font[record+12:]))
		if at+size > len(font) {
			break
		}
		return font[at : at+size], true
	}
	return nil, false
}

// segments reads the ranges of a format 4 table. A range may contain letters without a glyph; text faces do not.
func segments(table []byte) (map[rune]bool, error) {
	n := int(binary.BigEndian.Uint16(table[6:])) / 2
	if 16+4*n > len(table) {
		return nil, errFont
	}
	glyphs := map[rune]bool{}
	for i := range n {
		last, first := binary.BigEndian.Uint16(table[14+2*i:]), binary.BigEndian.Uint16(table[16+2*n+2*i:])
		for r := rune(first); r <= rune(last) && r < 0xFFFD; r++ {
			glyphs[r] = true
		}
	}
	return glyphs, nil
}
