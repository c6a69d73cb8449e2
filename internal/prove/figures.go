package prove

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fenceplatform.com/fence/internal/prove/mutants"
)

// Figures are what a part of the long form gave. Parts are kept in a folder, so that a run can go on, and two parts
// can run beside each other.
type Figures struct {
	Part string        `json:"part"`
	Seed uint64        `json:"seed"`
	Took time.Duration `json:"took"`

	Requests int               `json:"requests,omitempty"` // asked of both worlds
	Counts   map[string]*Count `json:"counts,omitempty"`
	Columns  int               `json:"columns,omitempty"` // of B, rewritten
	Rows     int               `json:"rows,omitempty"`    // of B, added
	Kept     []string          `json:"kept,omitempty"`

	AtOnce int64 `json:"at_once,omitempty"`

	Disturbed int64 `json:"disturbed,omitempty"`
	Cancelled int64 `json:"cancelled,omitempty"`
	Panicked  int64 `json:"panicked,omitempty"`
	Cuts      int64 `json:"cuts,omitempty"`

	Operations int `json:"operations,omitempty"` // of the matrix
	Places     int `json:"places,omitempty"`
	Pairs      int `json:"pairs,omitempty"`
	Refused    int `json:"refused,omitempty"`

	Statements int              `json:"statements,omitempty"` // that the probes run
	Unrun      []string         `json:"unrun,omitempty"`      // statements of the source that no probe runs
	Mutants    []mutants.Mutant `json:"mutants,omitempty"`
}

// Folder keeps the figures of parts.
type Folder string

func (f Folder) file(part string) string { return filepath.Join(string(f), part+".json") }

// Done tells whether a part was finished with the seed, and what it gave.
func (f Folder) Done(part string, seed uint64) (Figures, bool, error) {
	var got Figures
	b, err := os.ReadFile(f.file(part))
	if errors.Is(err, os.ErrNotExist) {
		return got, false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &got)
	}
	if err != nil {
		return got, false, fmt.Errorf("figures of %s: %w", part, err)
	}
	return got, got.Seed == seed, nil
}

// Keep stores the figures of a finished part.
func (f Folder) Keep(got Figures) error {
	if err := os.MkdirAll(string(f), 0o755); err != nil {
		return err
	}
	b, err := json.MarshalIndent(got, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(f.file(got.Part), b, 0o644)
}
