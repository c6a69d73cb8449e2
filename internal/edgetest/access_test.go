package edgetest

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const accessFile = "testdata/access.golden"

// gate is a route with what it takes to come in.
type gate struct {
	route
	needs tenancy.Permission // empty: everybody
}

// signIn tells that a form is about how people log in: sent, it ends sessions or asks for a second factor.
func (g gate) signIn() bool {
	for _, part := range []string{"account", "session", "log-in", "people"} {
		if strings.Contains(g.path, part) {
			return true
		}
	}
	return false
}

// gates are every page, form and operation on a company's host.
func (s *site) gates(t *testing.T) []gate {
	t.Helper()
	var all []gate
	for _, r := range s.app.Routes(&shell.Pages{}).Company {
		method, path, _ := strings.Cut(r.Pattern, " ")
		all = append(all, gate{route{method: method, slug: "alpha", path: strings.TrimSuffix(path, "{$}"), open: r.Open != ""}, r.Needs})
	}
	got := s.send(t, s.client(), ask{method: "GET", host: host("alpha"), path: "/v1/openapi.json"})
	var doc struct {
		Paths map[string]map[string]struct {
			Needs string `json:"x-permission"`
			Open  string `json:"x-open"`
		} `json:"paths"`
	}
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil {
		t.Fatal(err)
	}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			if (o.Needs == "") == (o.Open == "") {
				t.Errorf("%s %s names no permission, or one and a reason to be open", method, path)
			}
			all = append(all, gate{route{method: strings.ToUpper(method), slug: "alpha", path: path, api: true, open: o.Open != ""}, tenancy.Permission(o.Needs)})
		}
	}
	slices.SortFunc(all, func(a, b gate) int { return strings.Compare(a.path+" "+a.method, b.path+" "+b.method) })
	return all
}

// TestWhoMayComeWhere is S02: the table of roles and routes is under review, and the running product keeps it.
// FENCE_UPDATE=1 go test -run WhoMayComeWhere ./internal/edgetest writes it.
func TestWhoMayComeWhere(t *testing.T) {
	t.Parallel()
	s := serve(t)
	gates := s.gates(t)
	got := table(gates)
	if os.Getenv("FENCE_UPDATE") != "" {
		if err := os.WriteFile(accessFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(accessFile)
	if err != nil || got != string(want) {
		t.Errorf("who may come where is not as %s says (%v). Intended? FENCE_UPDATE=1 go test -run WhoMayComeWhere ./internal/edgetest\n%s", accessFile, err, difference(string(want), got))
	}
	s.Exec(t, `DELETE FROM app.passkeys`) // the fixture's accountants would be asked for a second factor
	client, refused, admitted := s.client(), 0, 0
	for _, role := range identity.Roles {
		email := string(role) + "@a.example"
		cookie, token := s.signIn(t, testkit.A, email), s.token(t, testkit.A, email)
		for _, g := range gates {
			if g.open || strings.Contains(g.path, "logout") || strings.Contains(g.path, "view-as") {
				continue // TestViewAsChangesNothing
			}
			if g.changes() && g.signIn() && slices.Contains(role.Permissions(), g.needs) {
				continue // would end the session that the others use
			}
			in := ask{method: g.method, host: host(g.slug), path: g.of(false), cookie: cookie}
			if g.api {
				in.cookie, in.bearer = "", token
			}
			if g.method != http.MethodGet && !g.api {
				in.media, in.body = form, "idempotency_key="+rnd()
			}
			answer := s.send(t, client, in)
			may := slices.Contains(role.Permissions(), g.needs)
			// A form without its fields, an id of nobody or a plan without the feature is another refusal.
			byRole := answer.status == http.StatusForbidden && (strings.Contains(answer.body, "Your role") || strings.Contains(answer.body, `/problems/forbidden`))
			switch {
			case !may && !byRole:
				t.Errorf("%s is not refused %s %s: %s", role, g.method, g.path, answer)
			case may && (byRole || answer.status == http.StatusUnauthorized):
				t.Errorf("%s is refused %s %s: %s", role, g.method, g.path, answer)
			case may:
				admitted++
			default:
				refused++
			}
		}
	}
	t.Logf("%d routes, %d requests refused by role, %d admitted", len(gates), refused, admitted)
}

func table(gates []gate) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-72s %-16s %s\n", "", "", "owner admin office estimator crew accountant")
	for _, g := range gates {
		if g.open {
			fmt.Fprintf(&b, "%-72s everybody\n", g.method+" "+g.path)
			continue
		}
		var marks []string
		for _, r := range identity.Roles {
			marks = append(marks, fmt.Sprintf("%-*s", len(r), r.Reach(g.needs)))
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-72s %-16s %s", g.method+" "+g.path, g.needs, strings.Join(marks, " ")), " ") + "\n")
	}
	return b.String()
}

// difference lists the lines that only one of two texts has.
func difference(want, got string) string {
	var b strings.Builder
	wanted, gotten := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range wanted {
		if !slices.Contains(gotten, line) {
			b.WriteString("- " + line + "\n")
		}
	}
	for _, line := range gotten {
		if !slices.Contains(wanted, line) {
			b.WriteString("+ " + line + "\n")
		}
	}
	return b.String()
}

// notAsked are permissions that no route asks for: operations ask inside, or what they are for is yet to come.
var notAsked = map[tenancy.Permission]string{
	tenancy.MarginsSee:     "asked where amounts are shown: quoting, pricing pages",
	tenancy.PricesOverride: "asked by the change of a draft's discount",
	tenancy.QuotesApprove:  "approvals are not built yet",
}

func TestEveryPermissionIsAskedFor(t *testing.T) {
	t.Parallel()
	s := serve(t)
	asked := map[tenancy.Permission]bool{}
	for _, g := range s.gates(t) {
		asked[g.needs] = true
	}
	for _, p := range tenancy.Permissions {
		if asked[p] == (notAsked[p] != "") {
			t.Errorf("%s: asked by a route: %v, in notAsked: %q", p, asked[p], notAsked[p])
		}
	}
}
