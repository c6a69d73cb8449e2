package deptest

import (
	"slices"
	"strings"
	"testing"
)

// layers are the folders from the outside in. Each may import those that it names, and nothing else of ours.
var layers = []struct {
	folder string
	may    []string
	why    string
}{
	{"cmd/fence", []string{"internal/cli"}, "main only calls cli.Run, so that commands can be tested"},
	{"cmd/assets", []string{"internal/ui/assets"}, "the builder of bundles knows where they lie, and no product"},
	{"cmd/bench", []string{"internal/app", "internal/business", "internal/platform"}, "measures the product as it is served"},
	{"e2e", []string{"internal/app", "internal/ui", "internal/business/quoting/document"}, "the browser tests ask which pages there are, and forge a signed quote"},
	{"internal/cli", []string{"internal/app", "internal/business", "internal/platform", "db"}, "commands call; pages and API have their own way in"},
	{"internal/app", []string{"internal/api", "internal/ui", "internal/worker", "internal/caller", "internal/business", "internal/platform", "internal/stripesim"}, "the only place that knows all parts"},
	{"internal/api", []string{"internal/caller", "internal/business", "internal/platform"}, "a resource never depends on a page"},
	{"internal/ui/assets", nil, "files for browsers know nothing of who asks for them"},
	{"internal/ui/kit", []string{"internal/ui/assets", "internal/platform"}, "components have never heard of a quote"},
	{"internal/ui/shell", []string{"internal/ui/kit", "internal/ui/assets", "internal/caller", "internal/business", "internal/platform"}, "the frame knows who is signed in, and no page"},
	{"internal/ui", []string{"internal/ui/kit", "internal/ui/shell", "internal/ui/assets", "internal/caller", "internal/business", "internal/platform"}, "areas of pages do not import each other: each can be read, and removed, alone"},
	{"internal/worker", []string{"internal/business", "internal/platform"}, "a task has no request and no page"},
	{"internal/caller", []string{"internal/business/identity", "internal/business/operator", "internal/business/support", "internal/business/tenancy", "internal/business/plan", "internal/platform"}, "who is calling, and what their plan has, is asked before anything else is known"},
	{"internal/business", []string{"internal/business", "internal/platform"}, "the business runs without a server"},
	{"internal/platform/migrate", []string{"internal/platform", "db"}, "migrations are files of package db"},
	{"internal/platform/lintdb", []string{"internal/platform", "db"}, "roles and grants are held against the files that make them"},
	{"internal/platform", []string{"internal/platform"}, "the machinery has never heard of a fence"},
	{"internal/testkit", []string{"internal/testkit", "internal/platform", "db"}, "the test world may be used by every package, so it uses none of the business"},
	{"internal/edgetest", []string{"internal/testkit", "internal/platform", "internal/business", "internal/app", "internal/ui", "internal/caller"}, "judges the running product from outside"},
	{"internal/drill", []string{"internal/testkit", "internal/platform"}, "attacks the door and the wall"},
	{"internal/prove", []string{"internal/prove", "internal/app", "internal/ui/shell", "internal/ui/kit", "internal/business", "internal/platform", "internal/testkit", "internal/caller"}, "tries the whole product from outside"},
	{"internal/stripesim", []string{"internal/stripesim"}, "the simulator is as foreign as what it stands for: it knows nothing of us"},
	{"internal/stripemock", nil, "holds what is sent against Stripe's description: it knows nothing of why it is sent"},
	{"internal/billingsim", []string{"internal/api/stripehook", "internal/business", "internal/platform", "internal/stripesim", "internal/stripemock", "internal/testkit"}, "lets companies live for years between the product's billing and a Stripe"},
	{"internal/deptest", []string{"internal/testkit", "internal/platform", "internal/app"}, "judges source and database"},
	{"db", nil, "files only"},
}

// order is the business from left to right: a package never imports one to its right. An effect to the right
// is a task enqueued in the same transaction.
var order = []string{
	"plan", "takeoff", "roi", "tenancy", "audit", "usage", "notify", "files", "identity", "operator", "support", "crm", "pricing", "billing",
	"scheduling", "quoting",
	"payment", // a ledger is of a signature: a deposit is due before there is a job, and a job may ask whether it is paid
	"fieldwork", "report",
	"adoption", // fills the tables of all that stand to its left; nothing needs it
	"onboarding",
	"console", // what operators see of all of it; nothing needs it
}

// adapters speak to services of others for the domain that they lie below.
var adapters = []string{"internal/business/billing/stripegw", "internal/business/payment/connectgw"}

// foreign are packages of others, or of the standard library, that a folder must not import.
var foreign = []struct {
	folder  string
	imports []string
	why     string
}{
	{"internal/business", []string{"net/http", "html/template", "text/template", "github.com/a-h/templ", "github.com/danielgtaylor/huma"}, "the business does not know how it is shown"},
	{"internal/business", []string{"github.com/stripe", "github.com/redis", "github.com/minio"}, "outside services stand behind an adapter below their domain, as billing/stripegw"},
	{"internal/business", []string{"github.com/jackc/pgx/v5/pgxpool", "database/sql", "github.com/riverqueue"}, "the door is pg, the queue is tasks: no second way to rows"},
	{"internal/ui", []string{"github.com/jackc/pgx", "database/sql"}, "pages have no SQL"},
	{"internal/api", []string{"github.com/jackc/pgx", "database/sql"}, "resources have no SQL"},
	{"internal/worker", []string{"github.com/jackc/pgx", "database/sql"}, "tasks call operations"},
	{"internal/caller", []string{"github.com/jackc/pgx", "database/sql"}, "who is calling is identity's to look up"},
	{"internal/business/takeoff", []string{"github.com/jackc/pgx", "time", "os", "context", "math/rand"}, "the engine is pure: the same layout gives the same take-off"},
	{"internal/business/roi", []string{"github.com/jackc/pgx", "time", "os", "context", "math/rand"}, "the engine is pure"},
}

// narrow are packages that only the named folders may import; tests is for the tests of further ones.
var narrow = []struct {
	pkg   string
	by    []string
	tests []string
	why   string
}{
	{"internal/platform/pg/mint", []string{"internal/business/tenancy", "internal/testkit"}, []string{"internal/platform", "internal/drill"}, "whoever can mint a tenant can read any organization"},
	{"internal/platform/id/dealt", []string{"internal/prove"}, nil, "ids of a serving process cannot be foretold"},
	{"internal/platform/pg/cluster", []string{"internal/app", "internal/cli", "internal/testkit", "internal/platform/pg", "cmd/bench"}, []string{"internal/platform/migrate", "internal/platform/lintdb"}, "the private server is for who starts the product"},
	{"internal/platform/migrate", []string{"internal/app", "internal/cli", "internal/testkit", "internal/platform", "cmd/bench"}, []string{"internal/drill"}, "migrating takes a role that serving never has"},
	{"github.com/jackc/pgx/v5/pgxpool", []string{"internal/platform"}, nil, "a pool of one's own would be a second door"},
	{"github.com/redis", []string{"internal/platform/redis", "internal/platform/ratelimit/shared"}, nil, "what is kept in Redis may be gone: each use of it says how it goes on without"},
	{"github.com/riverqueue", []string{"internal/platform/tasks", "internal/platform/migrate"}, nil, "the queue can be exchanged"},
}

// forTests are packages of ours that only _test.go files may import.
var forTests = map[string][]string{"internal/testkit": {"internal/testkit", "internal/prove"}, "internal/prove": {"internal/prove"}, "internal/stripemock": {"internal/stripemock"}}

func layerOf(pkg string) int {
	return slices.IndexFunc(layers, func(l struct {
		folder string
		may    []string
		why    string
	}) bool {
		return within(pkg, l.folder)
	})
}

// TestLayers: cmd → cli → app → surfaces → caller → business → platform, and no way back.
func TestLayers(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		n := layerOf(f.pkg)
		if n < 0 {
			t.Errorf("%s lies in no layer: give its folder a line in layers", f.path())
			continue
		}
		l := layers[n]
		for _, imported := range f.imports {
			own, ours := strings.CutPrefix(imported, module)
			if !ours || own == f.pkg || strings.HasPrefix(own, f.pkg+"/") || within(own, l.may...) && sameArea(l.folder, f.pkg, own) || within(f.pkg, own) && own != "internal" {
				continue
			}
			if f.test && (within(own, "internal/testkit", "internal/ui/assets", "internal/app", "internal/stripesim", "internal/stripemock") && !within(f.pkg, "internal/platform") || within(own, "internal/testkit")) {
				continue // a test may put the whole together
			}
			t.Errorf("%s imports %s: %s", f.path(), own, l.why)
		}
	}
}

// sameArea is false when an area of pages imports another area: only kit, shell and assets are for all.
func sameArea(folder, pkg, imported string) bool {
	return folder != "internal/ui" || !within(imported, "internal/ui") || within(imported, "internal/ui/kit", "internal/ui/shell", "internal/ui/assets")
}

func TestBusinessOrder(t *testing.T) {
	t.Parallel()
	place := func(pkg string) (string, int) {
		word, _, _ := strings.Cut(strings.TrimPrefix(pkg, "internal/business/"), "/")
		return word, slices.Index(order, word)
	}
	for _, f := range files(t) {
		if !within(f.pkg, "internal/business") {
			continue
		}
		word, n := place(f.pkg)
		if n < 0 {
			t.Errorf("%s: %s has no place in the order of the business", f.path(), word)
			continue
		}
		for _, imported := range f.imports {
			own, ours := strings.CutPrefix(imported, module)
			if !ours || !within(own, "internal/business") {
				continue
			}
			if other, m := place(own); m > n {
				t.Errorf("%s imports %s, which stands to the right of %s: make the effect a task", f.path(), other, word)
			}
		}
	}
}

func TestForeignImports(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		for _, rule := range foreign {
			if f.test || !within(f.pkg, rule.folder) || within(f.pkg, adapters...) {
				continue
			}
			for _, imported := range f.imports {
				if within(imported, rule.imports...) {
					t.Errorf("%s imports %s: %s", f.path(), imported, rule.why)
				}
			}
		}
	}
}

func TestNarrowDoors(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		for _, rule := range narrow {
			for _, imported := range f.imports {
				if within(strings.TrimPrefix(imported, module), rule.pkg) && !within(f.pkg, rule.by...) && !(f.test && within(f.pkg, rule.tests...)) && !within(f.pkg, rule.pkg) {
					t.Errorf("%s imports %s: %s", f.path(), imported, rule.why)
				}
			}
		}
		for pkg, by := range forTests {
			if f.test || within(f.pkg, by...) {
				continue
			}
			for _, imported := range f.imports {
				if within(strings.TrimPrefix(imported, module), pkg) {
					t.Errorf("%s imports %s, which is for tests", f.path(), pkg)
				}
			}
		}
	}
}
