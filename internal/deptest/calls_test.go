package deptest

import (
	"go/ast"
	"testing"
)

// doors are methods and functions that only the named folders may call.
var doors = []struct {
	method string
	by     []string
	why    string
}{
	{"DriverTx", []string{"internal/platform/tasks", "internal/platform/pg"}, "the lent transaction is for enqueuing"},
	{"Founding", []string{"internal/business/onboarding", "internal/business/tenancy"}, "an actor of an organization that does not exist yet is for the sign-up"},
	{"Noting", []string{"internal/business/support", "internal/business/tenancy"}, "what support was let in to read, it may not write through a tenant of its own"},
	{"Addressed", []string{"internal/business/files", "internal/business/tenancy"}, "whoever opens an organization by an address has proved its signature first"},
	{"NewTestPasswords", []string{"internal/prove/lab"}, "what it hashes, anybody can guess: it is for tests"},
	{"InTask", []string{"internal/worker", "internal/business/onboarding", "internal/business/tenancy", "internal/app"}, "acting as the platform is for tasks: a request has an actor of its own"},
}

func TestDoorsAreCalledByThoseTheyAreFor(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		if f.test {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			s, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			for _, d := range doors {
				if s.Sel.Name == d.method && !within(f.pkg, d.by...) {
					t.Errorf("%s calls %s: %s", position(call), d.method, d.why)
				}
			}
			return true
		})
	}
}
