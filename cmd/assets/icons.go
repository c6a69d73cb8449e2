package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/ui/assets"
)

// icons writes the shapes of the icons that client/icons.txt names.
func (p project) icons(out *output) error {
	list, err := os.ReadFile(filepath.Join(p.client, "icons.txt"))
	if err != nil {
		return err
	}
	shapes := map[string]string{}
	for _, name := range iconNames(string(list)) {
		svg, err := os.ReadFile(filepath.Join(p.modules, "lucide-static", "icons", name+".svg"))
		if err != nil {
			return fmt.Errorf("client/icons.txt names %q, which lucide-static does not have", name)
		}
		if shapes[name], err = inside(string(svg)); err != nil {
			return fmt.Errorf("icon %s: %w", name, err)
		}
	}
	raw, err := json.Marshal(shapes, json.Deterministic(true))
	if err != nil {
		return err
	}
	out.files[assets.IconsFile] = raw
	return nil
}

// iconNames reads a list of one name a line; # begins a remark.
func iconNames(list string) []string {
	var names []string
	for line := range strings.Lines(list) {
		line, _, _ = strings.Cut(line, "#")
		if name := strings.TrimSpace(line); name != "" {
			names = append(names, name)
		}
	}
	return names
}

var (
	svgElement = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)
	// onlyShapes is what an icon may consist of: it is written into pages as it is.
	onlyShapes = regexp.MustCompile(`^(<(path|circle|rect|line|polyline|polygon|ellipse)( [a-z0-9-]+="[^"<>]*")* ?/>)+$`)
	gaps       = regexp.MustCompile(`>\s+<`)
)

// inside is what stands in an icon's svg element, checked to be shapes and nothing else.
func inside(svg string) (string, error) {
	found := svgElement.FindStringSubmatch(svg)
	if found == nil {
		return "", fmt.Errorf("no svg element")
	}
	shapes := strings.ReplaceAll(gaps.ReplaceAllString(strings.TrimSpace(found[1]), "><"), " />", "/>")
	if !onlyShapes.MatchString(shapes) {
		return "", fmt.Errorf("more than shapes: %s", shapes)
	}
	return shapes, nil
}
