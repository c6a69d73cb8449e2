package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/ui/assets"
)

// disposable writes the domains of mailboxes that are thrown away, as sorted lines in lower case. Domains below one of
// the list are looked up by it.
func (p project) disposable(out *output) error {
	raw, err := os.ReadFile(filepath.Join(p.modules, "disposable-email-domains-js", "dist", "dict", "disposable_email_blocklist.json"))
	if err != nil {
		return err
	}
	var all []string
	if err := json.Unmarshal(raw, &all); err != nil {
		return fmt.Errorf("list of disposable domains: %w", err)
	}
	small, err := gzipped(domains(all))
	if err != nil {
		return err
	}
	out.files[assets.DisposableFile] = small
	return nil
}

func domains(all []string) []byte {
	var kept []string
	for _, d := range all {
		d = strings.ToLower(strings.Trim(strings.TrimSpace(d), "."))
		if strings.Contains(d, ".") && !strings.ContainsAny(d, " \r\n@*") {
			kept = append(kept, d)
		}
	}
	slices.Sort(kept)
	return []byte(strings.Join(slices.Compact(kept), "\n") + "\n")
}
