package deptest

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var testName = regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")

// tests are the functions of the repository that go test runs.
func tests(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, f := range files(t) {
		if !f.test {
			continue
		}
		for _, decl := range f.syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Test") {
				all[fn.Name.Name] = f.pkg
			}
		}
	}
	return all
}

// TestSecurityDocumentIsTrue holds docs/security.md against the source: every name in it is a test, every row has
// a test or says with what it comes, every id that it has to answer has a row, and no test of the edge is left out.
func TestSecurityDocumentIsTrue(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	text, known, named := string(b), tests(t), map[string]bool{}
	for _, m := range testName.FindAllStringSubmatch(text, -1) {
		named[m[1]] = true
		if known[m[1]] == "" {
			t.Errorf("docs/security.md names %s, which is no test", m[1])
		}
	}
	rows := map[string]string{}
	_, tables, _ := strings.Cut(text, "## Attacks")
	for line := range strings.Lines(tables) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		last := cells[len(cells)-1]
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.TrimSpace(last) == "tests" {
			continue
		}
		if !testName.MatchString(last) && !strings.Contains(last, "later") {
			t.Errorf("a row has neither a test nor a reason: %s", line)
		}
		rows[strings.TrimSpace(cells[0])] = last
	}
	for n := 1; n <= 45; n++ {
		if id := fmt.Sprintf("S%02d", n); rows[id] == "" {
			t.Errorf("%s has no row", id)
		}
	}
	for n := 1; n <= 10; n++ {
		if id := fmt.Sprintf("API%d", n); rows[id] == "" {
			t.Errorf("%s has no row", id)
		}
	}
	for name, pkg := range known {
		if pkg == "internal/edgetest" && name != "TestMain" && !named[name] && name != "TestTheProductWorksBehindNginx" {
			t.Errorf("docs/security.md does not name %s", name)
		}
	}
}

// inventories are the places that may put an address on a mux. Everything else is in a list of pages or is an
// operation of the API, and the tests walk both.
var inventories = map[string]string{
	"internal/ui/shell/route.go":         "the lists of pages",
	"internal/api/exchange.go":           "the operations of the description",
	"internal/api/api.go":                "what no operation is for",
	"internal/api/description.go":        "the description itself",
	"internal/api/docs.go":               "the description for people",
	"internal/app/routes.go":             "the composition; its addresses stand in edgetest's list",
	"internal/app/listen.go":             "the probes",
	"internal/ui/kit/gallery/gallery.go": "the gallery of components, which no product serves",
	"internal/ui/filehost/filehost.go":   "the host of files, which has no pages: its own tests walk it",
	"internal/stripesim/server.go":       "what stands for Stripe: its own tests walk it",
	"internal/stripesim/pages.go":        "what stands for Stripe: its own tests walk it",
}

// TestEveryAddressStandsInAList fails when a package puts an address on a mux by itself: no test would walk it.
func TestEveryAddressStandsInAList(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, f := range files(t) {
		if f.test || !within(f.pkg, "internal") {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			fn, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || fn.Sel.Name != "HandleFunc" && (fn.Sel.Name != "Handle" || !takesPattern(call.Args[0])) {
				return true
			}
			found[f.path()] = true
			if inventories[f.path()] == "" {
				t.Errorf("%s puts an address on a mux: make it a page's route or an operation", position(call))
			}
			return true
		})
	}
	for path, what := range inventories {
		if !found[path] {
			t.Errorf("%s (%s) puts nothing on a mux any more", path, what)
		}
	}
}

// takesPattern tells a mux's Handle from others: its first argument is a text.
func takesPattern(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.BinaryExpr:
		return true
	case *ast.SelectorExpr:
		return e.Sel.Name == "Pattern"
	}
	return false
}
