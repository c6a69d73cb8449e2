package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
)

// codes are the problem types that the program's source makes, with the kinds of fault that they are made of.
type codes struct {
	kinds  map[string][]string // by code
	consts map[string]string   // constants that name a code
	asked  map[string][]string // constants used as codes, with their kinds
}

// chosenElsewhere are the calls whose code is not written beside them, and where it is.
var chosenElsewhere = map[string]string{
	"../business/quoting/lifecycle.go":  "the table refusals",
	"../platform/pg/cluster/refusal.go": "the constants above it",
}

// TestEveryProblemIsListed reads the program's source for the codes of faults, and docs/problems.md for their rows.
func TestEveryProblemIsListed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/problems.md")
	if err != nil {
		t.Fatal(err)
	}
	online, offline, found := strings.Cut(string(text), "## On the command line")
	if !found {
		t.Fatal("docs/problems.md has no section of the command line")
	}
	listed := map[string]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| ([0-9]+) \\|").FindAllStringSubmatch(online, -1) {
		listed[row[1]], err = strconv.Atoi(row[2])
		if err != nil || listed[row[1]] == 0 {
			t.Errorf("row of %s: %v", row[1], err)
		}
	}
	used := readCodes(t)
	for code, kinds := range used {
		if strings.Contains(offline, "`"+code+"`") {
			continue
		}
		status, found := listed[code]
		if !found {
			t.Errorf("docs/problems.md has no row for %s", code)
		}
		for _, kind := range kinds {
			if want := httpx.Status(&fault.Error{Kind: kindOf(t, kind), Code: code}); found && status != want {
				t.Errorf("docs/problems.md says %d for %s, httpx %d", status, code, want)
			}
		}
	}
	for code := range listed {
		if _, found := used[code]; !found {
			t.Errorf("docs/problems.md lists %s, which nothing makes", code)
		}
	}
	t.Logf("%d codes", len(used))
}

func kindOf(t *testing.T, name string) fault.Kind {
	t.Helper()
	kind, found := map[string]fault.Kind{
		"Internal": fault.Internal, "Invalid": fault.Invalid, "NotFound": fault.NotFound, "Conflict": fault.Conflict, "Forbidden": fault.Forbidden,
		"Unauthenticated": fault.Unauthenticated, "LimitReached": fault.LimitReached, "RateLimited": fault.RateLimited, "Unavailable": fault.Unavailable,
	}[name]
	if !found {
		t.Errorf("unknown kind %s", name)
	}
	return kind
}

func readCodes(t *testing.T) map[string][]string {
	t.Helper()
	c := codes{map[string][]string{}, map[string]string{}, map[string][]string{}}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "gallery": // shows made-up refusals
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err == nil {
			c.readFile(t, path, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, kinds := range c.asked {
		if code := c.consts[name]; code != "" {
			c.kinds[code] = append(c.kinds[code], kinds...)
		} else {
			t.Errorf("no constant %s", name)
		}
	}
	for name, code := range c.consts {
		if strings.HasPrefix(name, "cluster.") {
			c.kinds[code] = append(c.kinds[code], "Unavailable")
		}
	}
	return c.kinds
}

func (c codes) readFile(t *testing.T, path string, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			c.readCall(t, path, file, n)
		case *ast.ValueSpec:
			c.readConstants(file, n)
			if n.Names[0].Name == "refusals" && len(n.Values) == 1 {
				c.readTable(n.Values[0])
			}
		}
		return true
	})
}

// readCall notes fault.New(kind, code, …), which is New in package fault.
func (c codes) readCall(t *testing.T, path string, file *ast.File, call *ast.CallExpr) {
	name := ""
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		if from, ok := fun.X.(*ast.Ident); ok {
			name = from.Name + "." + fun.Sel.Name
		}
	case *ast.Ident:
		name = file.Name.Name + "." + fun.Name
	}
	if name != "fault.New" || len(call.Args) < 3 {
		return
	}
	kind := lastName(call.Args[0])
	switch code := call.Args[1].(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(code.Value)
		if err != nil {
			t.Error(err)
		}
		c.kinds[text] = append(c.kinds[text], kind)
		return
	case *ast.SelectorExpr:
		if from, ok := code.X.(*ast.Ident); ok && strings.HasPrefix(code.Sel.Name, "Code") {
			c.asked[from.Name+"."+code.Sel.Name] = append(c.asked[from.Name+"."+code.Sel.Name], kind)
			return
		}
	case *ast.Ident:
		if strings.HasPrefix(code.Name, "Code") {
			c.asked[file.Name.Name+"."+code.Name] = append(c.asked[file.Name.Name+"."+code.Name], kind)
			return
		}
	}
	if chosenElsewhere[path] == "" {
		t.Errorf("%s: a fault whose code this test cannot read", path)
	}
}

func lastName(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		return s.Sel.Name
	}
	if i, ok := e.(*ast.Ident); ok {
		return i.Name
	}
	return ""
}

func (c codes) readConstants(file *ast.File, spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		if i < len(spec.Values) && strings.HasPrefix(name.Name, "Code") {
			if text, ok := spec.Values[i].(*ast.BasicLit); ok && text.Kind == token.STRING {
				c.consts[file.Name.Name+"."+name.Name] = strings.Trim(text.Value, `"`)
			}
		}
	}
}

// readTable notes the first text of every row: {"quote-sent", "This version …"}.
func (c codes) readTable(table ast.Expr) {
	literal, ok := table.(*ast.CompositeLit)
	if !ok {
		return
	}
	for _, row := range literal.Elts {
		pair, ok := row.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if values, ok := pair.Value.(*ast.CompositeLit); ok && len(values.Elts) > 0 {
			if text, ok := values.Elts[0].(*ast.BasicLit); ok {
				c.kinds[strings.Trim(text.Value, `"`)] = []string{"Conflict"}
			}
		}
	}
}
