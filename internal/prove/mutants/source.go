package mutants

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

// Unrun lists the texts of the source below root that claim an organization and that no probe sent: there nobody can
// notice a mutant.
func Unrun(root string, heard []string) (texts []string, err error) {
	var all strings.Builder
	for _, sql := range heard {
		all.WriteString(oneLine(sql) + "\n")
	}
	sent := all.String()
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err == nil && claims(text) > 0 && !strings.Contains(sent, oneLine(text)) {
				rel, _ := filepath.Rel(root, path) // path lies below root
				texts = append(texts, rel+": "+short(text))
			}
			return true
		})
		return nil
	})
	return texts, err
}

func oneLine(sql string) string { return strings.Join(strings.Fields(sql), " ") }
