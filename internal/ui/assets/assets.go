package assets

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sync"

	"github.com/go-json-experiment/json"
)

// Prefix is where Handler is mounted.
const Prefix = "/assets/"

// ErrNotBuilt is what Load answers in a fresh clone.
var ErrNotBuilt = errors.New("assets are not built: run make assets")

//go:embed all:dist
var dist embed.FS

// Manifest is what cmd/assets writes beside the files. The two programs share this type, so that they
// cannot disagree about it.
type Manifest struct {
	// Inputs is the digest of everything that the files were made from.
	Inputs string `json:"inputs"`
	// Files maps the name that code uses ("app.css") to the hashed name of the file in dist/public.
	Files map[string]string `json:"files"`
}

// Names of files in dist. Only what is in the public folder is ever served.
const (
	ManifestFile  = "manifest.json"
	PublicFolder  = "public"
	IconsFile     = "data/icons.json"
	ZIPFile       = "data/zip.tsv.gz"
	PasswordsFile = "data/weak-passwords.txt.gz"
	// DisposableFile is the list of domains whose mailboxes are thrown away.
	DisposableFile = "data/disposable-domains.txt.gz"
)

// FontFile is the name in dist of the static TTF of a weight.
func FontFile(weight int) string { return fmt.Sprintf("data/font-%d.ttf", weight) }

type content struct {
	manifest Manifest
	icons    map[string]string
}

// built reads manifest and icons once; what it reads is part of the program and cannot change.
var built = sync.OnceValues(func() (content, error) {
	var c content
	raw, err := read(ManifestFile)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(raw, &c.manifest); err != nil {
		return c, fmt.Errorf("%s: %w", ManifestFile, err)
	}
	raw, err = read(IconsFile)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(raw, &c.icons); err != nil {
		return c, fmt.Errorf("%s: %w", IconsFile, err)
	}
	return c, nil
})

// Load reports whether the assets are part of this program. The server refuses to start when they are not.
func Load() error {
	_, err := built()
	return err
}

// URL is the address of a file by the name that code uses, as in URL("app.css").
// Without built assets it is the same address without the hash, which Handler answers with 404.
func URL(name string) string {
	c, err := built()
	if err != nil {
		return Prefix + name
	}
	if hashed, found := c.manifest.Files[name]; found {
		return Prefix + hashed
	}
	return Prefix + name
}

// Has tells whether there is a file of that name, for bundles that exist only with their island.
func Has(name string) bool {
	c, err := built()
	return err == nil && c.manifest.Files[name] != ""
}

// Icon is the inside of a 24 × 24 line icon: shapes without the svg element around them.
// Without built assets it is empty and no error, so that pages can be tested in a fresh clone.
func Icon(name string) (string, error) {
	c, err := built()
	if err != nil {
		return "", nil
	}
	shapes, found := c.icons[name]
	if !found {
		return "", fmt.Errorf("no icon %q: add it to client/icons.txt", name)
	}
	return shapes, nil
}

// Font is the static TTF of weight 400, 600 or 700, for PDFs.
func Font(weight int) ([]byte, error) { return read(FontFile(weight)) }

// ZIPTable is a tab separated table without a head, ordered by ZIP:
// ZIP, city, state, county, latitude, longitude, IANA time zone.
func ZIPTable() ([]byte, error) { return unzipped(ZIPFile) }

// WeakPasswords are passwords that are guessed first, one a line, in lower case.
func WeakPasswords() ([]byte, error) { return unzipped(PasswordsFile) }

// DisposableDomains are the domains of mailboxes that are thrown away, one a line, in lower case.
func DisposableDomains() ([]byte, error) { return unzipped(DisposableFile) }

func read(name string) ([]byte, error) {
	raw, err := dist.ReadFile(path.Join("dist", name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	return raw, err
}

func unzipped(name string) ([]byte, error) {
	raw, err := read(name)
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out, r.Close()
}
