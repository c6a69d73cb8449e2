package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/ui/assets"
)

// shortestAllowed is the length that identity asks of a password: shorter ones need no list.
const shortestAllowed = 8

// passwords writes the passwords that are guessed first, as sorted lines in lower case.
func (p project) passwords(out *output) error {
	raw, err := os.ReadFile(filepath.Join(p.modules, "@zxcvbn-ts", "language-common", "src", "passwords.json"))
	if err != nil {
		return err
	}
	var all []string
	if err := json.Unmarshal(raw, &all); err != nil {
		return fmt.Errorf("list of passwords: %w", err)
	}
	small, err := gzipped(weakest(all))
	if err != nil {
		return err
	}
	out.files[assets.PasswordsFile] = small
	return nil
}

func weakest(all []string) []byte {
	var kept []string
	for _, word := range all {
		word = strings.ToLower(strings.TrimSpace(word))
		if len(word) >= shortestAllowed && !strings.ContainsAny(word, "\r\n") {
			kept = append(kept, word)
		}
	}
	slices.Sort(kept)
	kept = slices.Compact(kept)
	var b bytes.Buffer
	for _, word := range kept {
		b.WriteString(word)
		b.WriteByte('\n')
	}
	return b.Bytes()
}
