package files

import (
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// MaxSize is the largest file, in bytes.
const MaxSize = 25 << 20

// MaxOfRecord is how many files of a kind one record has.
const MaxOfRecord = 500

const (
	maxName    = 120
	maxCaption = 300
)

// UploadInput is a file that is being sent.
type UploadInput struct {
	Of           Record
	Kind         Kind
	Name         string
	Caption      string
	DeclaredType string // what the sender calls it; empty: nothing
	AtMost       int64  // so many bytes will come, or fewer; 0: as many as a file may have
	Body         io.Reader
	// Check is asked in the transaction that takes the room: is the record there?
	Check func(*pg.OrgTx) error
}

// Validate makes the name one that can be shown and kept, and tells what is wrong with the rest.
func (in *UploadInput) Validate() error {
	var p fault.Problems
	in.Name, in.Caption = cleanName(in.Name), cleanCaption(in.Caption, &p)
	if in.Kind != Photo && in.Kind != Document {
		p.Add("/kind", "is neither photo nor document")
	}
	if in.AtMost <= 0 || in.AtMost > MaxSize {
		in.AtMost = MaxSize
	}
	return p.Err()
}

// cleanCaption is a caption as it is kept.
func cleanCaption(caption string, p *fault.Problems) string {
	caption = strings.TrimSpace(caption)
	switch {
	case !utf8.ValidString(caption) || strings.ContainsFunc(caption, unicode.IsControl):
		p.Add("/caption", "has a character that cannot be shown")
	case utf8.RuneCountInString(caption) > maxCaption:
		p.Add("/caption", "has more than %d characters", maxCaption)
	}
	return caption
}

// cleanName is the last part of a name, without what nobody sees or what turns the direction of reading: a name is
// shown, and offered to save under.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, name))
	if letters := []rune(name); len(letters) > maxName {
		ending := []rune(path.Ext(name))
		if len(ending) > 10 {
			ending = nil
		}
		name = string(letters[:maxName-len(ending)]) + string(ending)
	}
	if strings.Trim(name, "./ ") == "" {
		return "file"
	}
	return name
}
