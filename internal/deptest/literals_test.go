package deptest

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
)

// literals resolves the text of an expression from literals, +, the package's own constants and maps, and what its
// functions are called with and return. Where a name may hold several texts each is tried.
type literals struct {
	named map[string][]ast.Expr
	// functions are the package's own, by name: their parameters hold what calls give, and a call is what they return.
	functions map[string]*ast.FuncDecl
	// fields are those of the package's structs, in order: a literal's values are theirs.
	fields map[string][]string
}

func newLiterals(pkg []*file) literals {
	l := literals{map[string][]ast.Expr{}, map[string]*ast.FuncDecl{}, map[string][]string{}}
	for _, f := range pkg {
		for _, decl := range f.syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				l.functions[fn.Name.Name] = fn
			}
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if s, ok := spec.Type.(*ast.StructType); ok {
					l.fields[spec.Name.Name] = names(s.Fields)
				}
			}
			return true
		})
	}
	for _, f := range pkg {
		for _, decl := range f.syntax.Decls {
			scope := ""
			if fn, ok := decl.(*ast.FuncDecl); ok {
				scope = fn.Name.Name
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				l.learn(scope, n)
				return true
			})
		}
	}
	return l
}

// learn notes what names hold: those of a function as "function.name", the package's own by themselves.
func (l literals) learn(scope string, n ast.Node) {
	add := func(scope, name string, value ast.Expr) {
		if scope != "" {
			name = scope + "." + name
		}
		l.named[name] = append(l.named[name], scoped{value, scope})
	}
	switch n := n.(type) {
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if i < len(n.Values) {
				add(scope, name.Name, n.Values[i])
			}
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			name, ok := left.(*ast.Ident)
			if !ok || n.Tok == token.ADD_ASSIGN || len(n.Lhs) != len(n.Rhs) && i > 0 {
				continue
			}
			add(scope, name.Name, n.Rhs[i])
		}
	case *ast.CallExpr:
		fn := l.functions[calledName(n)]
		if fn == nil {
			return
		}
		params := names(fn.Type.Params)
		for i, arg := range n.Args {
			if i < len(params) {
				l.named[fn.Name.Name+"."+params[i]] = append(l.named[fn.Name.Name+"."+params[i]], scoped{arg, scope})
			}
		}
	case *ast.CompositeLit:
		list, ok := n.Type.(*ast.ArrayType)
		if !ok {
			return
		}
		for _, element := range n.Elts {
			if lit, ok := element.(*ast.CompositeLit); ok {
				for i, field := range l.fields[typeName(list.Elt)] {
					if i < len(lit.Elts) {
						l.named["."+field] = append(l.named["."+field], scoped{lit.Elts[i], scope})
					}
				}
			}
		}
	}
}

// scoped is an expression and the function that it stands in.
type scoped struct {
	ast.Expr
	scope string
}

func names(list *ast.FieldList) (all []string) {
	for _, field := range list.List {
		for _, name := range field.Names {
			all = append(all, name.Name)
		}
	}
	return all
}

// deepest bounds how far names lead to names.
const deepest = 8

// texts are what e may be, in a function; nil when that cannot be told from the source.
func (l literals) texts(scope string, e ast.Expr, depth int) []string {
	if depth > deepest {
		return nil
	}
	switch e := e.(type) {
	case scoped:
		return l.texts(e.scope, e.Expr, depth)
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return []string{text}
		}
	case *ast.ParenExpr:
		return l.texts(scope, e.X, depth)
	case *ast.BinaryExpr:
		var all []string
		for _, left := range l.texts(scope, e.X, depth+1) {
			for _, right := range l.texts(scope, e.Y, depth+1) {
				all = append(all, left+right)
			}
		}
		return all
	case *ast.Ident:
		values, local := l.named[scope+"."+e.Name]
		if !local {
			values = l.named[e.Name]
		}
		return l.allTexts(scope, values, depth)
	case *ast.IndexExpr: // of a map of texts
		return l.texts(scope, e.X, depth+1)
	case *ast.CompositeLit:
		return l.allTexts(scope, values(e), depth)
	case *ast.SelectorExpr: // a field: what a literal of the package gives as "field"
		return l.allTexts(scope, l.named["."+e.Sel.Name], depth)
	case *ast.CallExpr:
		if fn := l.functions[calledName(e)]; fn != nil {
			return l.allTexts(fn.Name.Name, returned(fn), depth)
		}
	}
	return nil
}

func (l literals) allTexts(scope string, values []ast.Expr, depth int) []string {
	var all []string
	for _, value := range values {
		for _, text := range l.texts(scope, value, depth+1) {
			if !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	return all
}

// values are those of a map's literal.
func values(lit *ast.CompositeLit) (all []ast.Expr) {
	for _, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			all = append(all, pair.Value)
		}
	}
	return all
}

// returned is what a function of one result returns.
func returned(fn *ast.FuncDecl) (all []ast.Expr) {
	if fn.Body == nil {
		return nil
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
			all = append(all, r.Results[0])
		}
		return true
	})
	return all
}
