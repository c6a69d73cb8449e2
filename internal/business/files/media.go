package files

import (
	"bytes"
	"mime"
	"path"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
)

// media is a type of file that may be uploaded.
type media struct {
	Type       string
	word       string // as people call it
	extensions []string
	begins     func(head []byte) bool
	picture    bool
}

// sniffed is how many bytes tell what a file is.
const sniffed = 12

// known are all that may be uploaded. Nothing of it runs in a browser.
var known = []media{
	{"image/jpeg", "JPEG", []string{".jpg", ".jpeg", ".jfif", ".jpe"}, beginsWith("\xff\xd8\xff"), true},
	{"image/png", "PNG", []string{".png"}, beginsWith("\x89PNG\r\n\x1a\n"), true},
	{"image/webp", "WebP", []string{".webp"}, func(head []byte) bool {
		return len(head) >= sniffed && bytes.HasPrefix(head, []byte("RIFF")) && string(head[8:12]) == "WEBP"
	}, true},
	{"application/pdf", "PDF", []string{".pdf"}, beginsWith("%PDF-"), false},
}

func beginsWith(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

// Kind is what a file is for.
type Kind string

// The kinds. A photo is a picture, a document a PDF.
const (
	Photo    Kind = "photo"
	Document Kind = "document"
)

// sniff says what a file is by its first bytes, and refuses one whose name or declared type says otherwise: whoever
// opens it later goes by them.
func sniff(head []byte, in UploadInput) (media, error) {
	n := slices.IndexFunc(known, func(m media) bool { return m.begins(head) && m.picture == (in.Kind == Photo) })
	if n < 0 {
		if in.Kind == Document {
			return media{}, fault.InvalidField("/file", "%s is not a PDF.", in.Name)
		}
		return media{}, fault.InvalidField("/file", "%s is not a picture that we can show. Add a JPEG, PNG or WebP.", in.Name)
	}
	m := known[n]
	if extension := strings.ToLower(path.Ext(in.Name)); extension != "" && !slices.Contains(m.extensions, extension) {
		return media{}, fault.InvalidField("/file", "%s is a %s by its content. Give it a name that ends in %s.", in.Name, m.word, m.extensions[0])
	}
	declared, _, err := mime.ParseMediaType(in.DeclaredType)
	if in.DeclaredType != "" && declared != "application/octet-stream" && (err != nil || declared != m.Type) {
		return media{}, fault.InvalidField("/file", "%s was sent as another type than its content has, %s.", in.Name, m.Type)
	}
	return m, nil
}
