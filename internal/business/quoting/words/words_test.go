package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// use is one call that asks for a text.
type use struct {
	key     string
	counted bool
	values  []string // the names of its placeholders
	where   string
}

// uses finds every call of Text and Count with a literal key in the packages that speak to homeowners.
func uses(t *testing.T) []use {
	t.Helper()
	var all []use
	files := token.NewFileSet()
	root := filepath.Join("..", "..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || !speaksToHomeowners(path) {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if u, ok := useOf(n); ok {
				u.where = files.Position(n.Pos()).String()
				all = append(all, u)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("found %d uses of texts: is the search right?", len(all))
	}
	return all
}

func speaksToHomeowners(path string) bool {
	folder := filepath.Base(filepath.Dir(path))
	return folder == "homeowner" || folder == "quotemail"
}

func useOf(n ast.Node) (use, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return use{}, false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || method.Sel.Name != "Text" && method.Sel.Name != "Count" {
		return use{}, false
	}
	key, ok := literal(call.Args[0])
	if !ok {
		return use{}, false
	}
	u := use{key: key, counted: method.Sel.Name == "Count"}
	rest := call.Args[1:]
	if u.counted {
		u.values = []string{"n"}
		rest = call.Args[2:]
	}
	for i := 0; i < len(rest); i += 2 {
		name, _ := literal(rest[i])
		u.values = append(u.values, name)
	}
	slices.Sort(u.values)
	return u, true
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

func placeholders(text string) []string {
	var names []string
	for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestEveryTextThatIsUsedExistsWithItsPlaceholders(t *testing.T) {
	t.Parallel()
	for _, u := range uses(t) {
		keys := []string{u.key}
		if u.counted {
			keys = []string{u.key + ".zero", u.key + ".one", u.key + ".other"}
		}
		for _, key := range keys {
			text, known := english[key]
			if !known {
				t.Errorf("%s: no text %q", u.where, key)
			} else if got := placeholders(text); !u.counted && !slices.Equal(got, u.values) {
				t.Errorf("%s: %q wants values for %v, gets %v", u.where, key, got, u.values)
			}
		}
	}
}

func TestNoTextIsUnused(t *testing.T) {
	t.Parallel()
	unused := maps.Clone(english)
	for _, u := range uses(t) {
		delete(unused, u.key)
		for _, form := range []string{".zero", ".one", ".other"} {
			delete(unused, u.key+form)
		}
	}
	for key := range unused {
		t.Errorf("nobody uses %q", key)
	}
}

// forbidden are words that the product's voice does without, and nouns that stand for something else here.
var forbidden = regexp.MustCompile(`(?i)\b(please|sorry|oops|invalid|successfully|success|unfortunately|kindly|powerful|seamless(ly)?|estimate|proposal|bid|client|prospect|inquiry|work order|user|delete)\b|!|\(s\)|https?:`)

func TestTextsKeepTheProductsVoice(t *testing.T) {
	t.Parallel()
	for key, text := range english {
		if found := forbidden.FindString(text); found != "" {
			t.Errorf("%q says %q", key, found)
		}
		if text == "" || text != strings.TrimSpace(text) || strings.Contains(text, "  ") {
			t.Errorf("%q is %q", key, text)
		}
		for _, sentence := range []string{".text", "problem.", "late."} {
			if strings.Contains(key, sentence) && key != "changes.text" && key != "problem.error" && !strings.HasSuffix(text, ".") {
				t.Errorf("%q is a sentence without its stop: %q", key, text)
			}
		}
	}
}

func TestAValueIsNeverTakenForAPlaceholder(t *testing.T) {
	t.Parallel()
	l := &Language{texts: map[string]string{"a": "{x} and {y}"}, form: englishForm}
	if got, want := l.Text("a", "x", "{y}", "y", "two"), "{y} and two"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCountsReadAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	l := &Language{texts: map[string]string{"gates.zero": "no gates", "gates.one": "one gate", "gates.other": "{n} gates on {run}"}, form: englishForm}
	for n, want := range map[int]string{0: "no gates", 1: "one gate", 2: "2 gates on Left"} {
		if got := l.Count("gates", n, "run", "Left"); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}
