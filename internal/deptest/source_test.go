package deptest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const module = "fenceplatform.com/fence/"

// file is one Go file of the repository.
type file struct {
	pkg     string // folder from the root: "internal/business/crm"
	name    string
	test    bool
	imports []string
	syntax  *ast.File
}

func (f *file) path() string { return path.Join(f.pkg, f.name) }

var source = struct {
	once  sync.Once
	fset  *token.FileSet
	files []*file
	err   error
}{fset: token.NewFileSet()}

// files parses the repository once. Folders of tools and packages of npm are no part of it.
func files(t *testing.T) []*file {
	t.Helper()
	source.once.Do(func() {
		root := os.DirFS(filepath.Join("..", ".."))
		source.err = fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && p != "." && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") || p == "tools" || p == "bin") {
				return fs.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(p, ".go") {
				return nil
			}
			return parse(root, p)
		})
	})
	if source.err != nil {
		t.Fatal(source.err)
	}
	return source.files
}

func parse(root fs.FS, p string) error {
	text, err := fs.ReadFile(root, p)
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(source.fset, p, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	f := &file{pkg: path.Dir(p), name: path.Base(p), test: strings.HasSuffix(p, "_test.go"), syntax: syntax}
	for _, i := range syntax.Imports {
		f.imports = append(f.imports, strings.Trim(i.Path.Value, `"`))
	}
	source.files = append(source.files, f)
	return nil
}

// within tells whether pkg is one of the folders or below one.
func within(pkg string, folders ...string) bool {
	for _, f := range folders {
		if pkg == f || strings.HasPrefix(pkg, f+"/") {
			return true
		}
	}
	return false
}

func position(n ast.Node) string { return source.fset.Position(n.Pos()).String() }
