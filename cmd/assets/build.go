package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/ui/assets"
)

// output is the content of dist before it is written: files by their name in it.
type output struct {
	manifest assets.Manifest
	files    map[string][]byte
}

func (p project) build(digest string) (output, error) {
	out := output{
		manifest: assets.Manifest{Inputs: digest, Files: map[string]string{}},
		files:    map[string][]byte{},
	}
	for _, step := range []func(*output) error{p.bundles, p.pictures, p.icons, p.fonts, p.zips, p.passwords, p.disposable, p.licenses} {
		if err := step(&out); err != nil {
			return output{}, err
		}
	}
	raw, err := json.Marshal(out.manifest, json.Deterministic(true))
	if err != nil {
		return output{}, err
	}
	out.files[assets.ManifestFile] = raw
	return out, nil
}

// publish adds a file that browsers may ask for: name is what code calls it, hashed what browsers do.
func (o *output) publish(name, hashed string, content []byte) error {
	o.manifest.Files[name] = hashed
	o.files[path.Join(assets.PublicFolder, hashed)] = content
	switch path.Ext(name) {
	case ".js", ".css", ".svg", ".txt":
		small, err := gzipped(content)
		if err != nil {
			return err
		}
		o.files[path.Join(assets.PublicFolder, hashed+".gz")] = small
	}
	return nil
}

// pictures publishes our own few drawings.
func (p project) pictures(out *output) error {
	files, err := filepath.Glob(filepath.Join(p.client, "img", "*.svg"))
	if err != nil {
		return err
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name := filepath.Base(file)
		hashed := strings.TrimSuffix(name, ".svg") + "." + digestOf(content)[:8] + ".svg"
		if err := out.publish(name, hashed, content); err != nil {
			return err
		}
	}
	return nil
}

// fonts copies the static faces that PDFs embed.
func (p project) fonts(out *output) error {
	const family = "AtkinsonHyperlegibleNext_"
	for weight, style := range map[int]string{400: "400Regular", 600: "600SemiBold", 700: "700Bold"} {
		file := filepath.Join(p.modules, "@expo-google-fonts", "atkinson-hyperlegible-next", style, family+style+".ttf")
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		out.files[assets.FontFile(weight)] = content
	}
	return nil
}

// write replaces the content of dist. The manifest comes last: a build that was cut off is not up to date.
func (o output) write(dist string) error {
	for _, old := range []string{assets.ManifestFile, assets.PublicFolder, "data"} {
		if err := os.RemoveAll(filepath.Join(dist, old)); err != nil {
			return err
		}
	}
	for name, content := range o.files {
		if name == assets.ManifestFile {
			continue
		}
		if err := writeFile(filepath.Join(dist, filepath.FromSlash(name)), content); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(dist, assets.ManifestFile), o.files[assets.ManifestFile])
}

func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}

// gzipped has no time and no name in it: the same content gives the same bytes.
func gzipped(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return b.Bytes(), nil
}
