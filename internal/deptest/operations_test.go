package deptest

import (
	"go/ast"
	"maps"
	"strings"
	"testing"
)

// TestEveryOperationWatchesTheSecondCompany fails when an operation has no test that runs it inside of
// testkit's Untouched: whatever one company does, nothing of the other may change.
func TestEveryOperationWatchesTheSecondCompany(t *testing.T) {
	t.Parallel()
	watched := map[string]map[string]bool{}
	for _, f := range files(t) {
		if f.test && within(f.pkg, "internal/business") && watched[f.pkg] == nil {
			watched[f.pkg] = watchedIn(t, f.pkg)
		}
	}
	operations := 0
	for _, f := range files(t) {
		if f.test || !within(f.pkg, "internal/business") {
			continue
		}
		for _, decl := range f.syntax.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || !isOperation(fn) {
				continue
			}
			operations++
			if !watched[f.pkg][fn.Name.Name] {
				t.Errorf("%s: %s has no test that runs it inside of Untouched(t, testkit.B, …)", position(fn), fn.Name.Name)
			}
		}
	}
	if operations < 40 {
		t.Errorf("only %d operations were found: does the search still know what one is?", operations)
	}
	t.Logf("%d operations", operations)
}

// isOperation tells whether fn is an exported method of a Service that takes an actor.
func isOperation(fn *ast.FuncDecl) bool {
	if fn.Recv == nil || !fn.Name.IsExported() || typeName(fn.Recv.List[0].Type) != "Service" {
		return false
	}
	var actor, errs bool
	for _, p := range fn.Type.Params.List {
		actor = actor || typeName(p.Type) == "Actor"
		if typeName(p.Type) == "OrgTx" {
			return false // a part of an operation
		}
	}
	if fn.Type.Results != nil {
		for _, r := range fn.Type.Results.List {
			errs = errs || typeName(r.Type) == "error"
		}
	}
	return actor && errs
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// watchedIn are the names of what the package's tests call inside of Untouched, directly, through helpers, or
// through a table of the package whose functions are called do.
func watchedIn(t *testing.T, pkg string) map[string]bool {
	t.Helper()
	calls := map[string]map[string]bool{} // of each function of the tests
	watched := map[string]bool{}
	tables, done := tablesOf(t, pkg), map[string]bool{}
	calls["do"] = done
	for _, f := range files(t) {
		if !f.test || f.pkg != pkg {
			continue
		}
		for _, decl := range f.syntax.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			calls[fn.Name.Name] = called(fn)
			for table, inside := range tables {
				if mentions(fn, table) && calls[fn.Name.Name]["do"] {
					maps.Copy(done, inside)
				}
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && calledName(call) == "Untouched" {
					for name := range called(call.Args[len(call.Args)-1]) {
						watched[name] = true
					}
				}
				return true
			})
		}
	}
	for grown := true; grown; {
		grown = false
		for name := range watched {
			if strings.HasPrefix(name, "Test") {
				continue
			}
			for inner := range calls[name] {
				if !watched[inner] {
					watched[inner], grown = true, true
				}
			}
		}
	}
	return watched
}

// tablesOf are the package's variables in tests, with what the functions in them call.
func tablesOf(t *testing.T, pkg string) map[string]map[string]bool {
	t.Helper()
	tables := map[string]map[string]bool{}
	for _, f := range files(t) {
		if !f.test || f.pkg != pkg {
			continue
		}
		for _, decl := range f.syntax.Decls {
			if g, ok := decl.(*ast.GenDecl); ok {
				for _, spec := range g.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok {
						tables[v.Names[0].Name] = called(v)
					}
				}
			}
		}
	}
	return tables
}

func mentions(n ast.Node, name string) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		i, ok := n.(*ast.Ident)
		found = found || ok && i.Name == name
		return !found
	})
	return found
}

func called(n ast.Node) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			names[calledName(n)] = true
		case *ast.SelectorExpr: // a method taken as a value, as in a table of operations
			names[n.Sel.Name] = true
		}
		return true
	})
	return names
}

func calledName(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		return fun.Sel.Name
	case *ast.Ident:
		return fun.Name
	}
	return ""
}
