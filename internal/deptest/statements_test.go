package deptest

import (
	"fmt"
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// senders are the calls through which the business talks to the database.
var senders = []string{"Query", "Exec", "QueryRow", "Row", "Rows", "One", "All", "Collect", "CollectOne", "Queue", "AtCommit", "InOrgAfter", "Lookup", "SystemRows", "SystemOne", "SystemExec"}

// statement is one text of SQL, where it is sent, and by which role.
type statement struct {
	at, sql string
	system  bool
}

var looksLikeSQL = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CALL|LOCK|MERGE)\b`)

// composed are the functions whose SQL is put together from their arguments, and why; the tests of their
// package run every form of it.
var composed = map[string]string{
	// Another database, whose tables and columns are known when they are seen; every name is quoted.
	"source.snapshot":      "settings of the session are no statements to prepare",
	"source.Organizations": "a table of the old database",
	"source.Count":         "a table of the old database",
	"source.Walk":          "a table of the old database",
}

// statements collects what the business sends, and the functions whose text is made at run time.
func statements(t *testing.T) (known []statement, unknown map[string]string) {
	t.Helper()
	unknown = map[string]string{}
	packages := map[string][]*file{}
	for _, f := range files(t) {
		if !f.test && within(f.pkg, "internal/business") {
			packages[f.pkg] = append(packages[f.pkg], f)
		}
	}
	for _, pkg := range packages {
		l := newLiterals(pkg)
		for _, f := range pkg {
			for _, decl := range f.syntax.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				if !ok {
					continue
				}
				ast.Inspect(fn, func(n ast.Node) bool {
					call, ok := n.(*ast.CallExpr)
					if !ok || !sends(call) {
						return true
					}
					found := l.sent(fn.Name.Name, call)
					for _, sql := range found {
						known = append(known, statement{at: position(call), sql: sql, system: strings.HasPrefix(sender(call), "System")})
					}
					if len(found) == 0 {
						unknown[f.syntax.Name.Name+"."+fn.Name.Name] = position(call)
					}
					return true
				})
			}
		}
	}
	return known, unknown
}

// sent are the texts of the first argument that is SQL.
func (l literals) sent(scope string, call *ast.CallExpr) []string {
	for _, arg := range call.Args {
		var found []string
		for _, text := range l.texts(scope, arg, 0) {
			if looksLikeSQL.MatchString(text) {
				found = append(found, text)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// sender is the name of what a call calls; empty when it is no method and no function of a package.
func sender(call *ast.CallExpr) string {
	fun := call.Fun
	if generic, ok := fun.(*ast.IndexExpr); ok {
		fun = generic.X
	}
	if s, ok := fun.(*ast.SelectorExpr); ok {
		return s.Sel.Name
	}
	return ""
}

func sends(call *ast.CallExpr) bool {
	if !slices.Contains(senders, sender(call)) {
		return false
	}
	fun := call.Fun
	if generic, ok := fun.(*ast.IndexExpr); ok {
		fun = generic.X
	}
	s := fun.(*ast.SelectorExpr) // it has a sender
	if _, callback := s.X.(*ast.CallExpr); callback {
		return false // b.Queue(sql).Query(scan): the text stands in the inner call
	}
	receiver, named := s.X.(*ast.Ident)
	return !named || receiver.Name != "slices" && receiver.Name != "maps" && receiver.Name != "plan"
}

// TestEveryStatementIsPrepared has the database read every statement of the business as the role that will
// send it: a column that is gone or a right that is missing is found here.
func TestEveryStatementIsPrepared(t *testing.T) {
	t.Parallel()
	known, unknown := statements(t)
	for fn, at := range unknown {
		if composed[fn] == "" {
			t.Errorf("%s: %s sends a text that cannot be read from the source: write it as a constant, or say in composed why not", at, fn)
		}
	}
	for fn := range composed {
		if unknown[fn] == "" {
			t.Errorf("%s is in composed and sends no such text: take it out", fn)
		}
	}
	d := testkit.NewDatabase(t)
	roles := map[bool]*pgx.Conn{}
	for system, role := range map[bool]string{false: "fence_app", true: "fence_system"} {
		conn, err := pgx.Connect(t.Context(), d.URL(role))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		roles[system] = conn
	}
	for i, s := range known {
		if _, err := roles[s.system].Prepare(t.Context(), fmt.Sprint("statement ", i), s.sql); err != nil {
			t.Errorf("%s: %v", s.at, err)
		}
	}
	if len(known) < 150 {
		t.Errorf("only %d statements were found: does the search still know how they are sent?", len(known))
	}
	t.Logf("%d statements prepared", len(known))
}

var (
	tenantTable = regexp.MustCompile(`(?i)(?:\b(?:FROM|JOIN|INTO|UPDATE|USING)|,)\s+app\.\w+\b[^(\w]`)
	conflict    = regexp.MustCompile(`(?i)\bON CONFLICT\s*\(org_id`)
	// An organization is named by comparing it, or as the first of a list: of a key that is compared, of columns that are written.
	named = regexp.MustCompile(`(?i)\borg_id\s*=|\borg_id\s+IN\b|\(\s*(?:\w+\.)?org_id\b`)
)

// TestEveryStatementNamesTheOrganization: once for each tenant's table that stands in it. The wall would hold without
// it, the index would not be used.
func TestEveryStatementNamesTheOrganization(t *testing.T) {
	t.Parallel()
	known, _ := statements(t)
	for _, s := range known {
		tables := len(tenantTable.FindAllString(s.sql+" ", -1))
		names := len(named.FindAllString(conflict.ReplaceAllString(s.sql, ""), -1))
		if names < tables {
			t.Errorf("%s names %d tenant's tables and %d times org_id:\n%s", s.at, tables, names, s.sql)
		}
	}
}
