package deptest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var billingRow = regexp.MustCompile(`(?m)^\| (B\d\d) \|.*\| ([^|]+) \|$`)

// TestBillingDocumentIsTrue holds docs/billing.md against the source: every name in it is a test, and every case has a
// row with a test or says with what it comes.
func TestBillingDocumentIsTrue(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "billing.md"))
	if err != nil {
		t.Fatal(err)
	}
	known, rows := tests(t), map[string]string{}
	for _, m := range testName.FindAllStringSubmatch(string(b), -1) {
		if known[m[1]] == "" {
			t.Errorf("docs/billing.md names %s, which is no test", m[1])
		}
	}
	for _, m := range billingRow.FindAllStringSubmatch(string(b), -1) {
		rows[m[1]] = m[2]
	}
	shown := 0
	for n := 1; n <= 47; n++ {
		cell := rows[fmt.Sprintf("B%02d", n)]
		switch {
		case strings.HasPrefix(cell, "later, with "):
		case testName.MatchString(cell):
			shown++
		default:
			t.Errorf("B%02d has neither a test nor says with what it comes: %q", n, cell)
		}
	}
	t.Logf("%d of 47 cases are shown", shown)
}
