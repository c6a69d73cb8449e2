package deptest

import (
	"os"
	"path/filepath"
	"testing"
)

// TestLimitsDocumentIsTrue holds docs/limits.md against the source: every name in it is a test.
func TestLimitsDocumentIsTrue(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "limits.md"))
	if err != nil {
		t.Fatal(err)
	}
	known, named := tests(t), map[string]bool{}
	for _, m := range testName.FindAllStringSubmatch(string(b), -1) {
		named[m[1]] = true
		if known[m[1]] == "" {
			t.Errorf("docs/limits.md names %s, which is no test", m[1])
		}
	}
	if len(named) == 0 {
		t.Error("docs/limits.md names no test")
	}
	t.Logf("%d tests", len(named))
}
