package edgetest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/ui/assets"
	"fenceplatform.com/fence/internal/ui/shell"
)

// route is an address that somebody may ask for: a page, a form, an operation of the API, a file.
type route struct {
	method, slug, path string // slug "" is the apex; wildcards are still in the path
	api, open          bool
}

// others are the addresses that stand in no list of pages or operations.
var others = []route{
	{method: "POST", slug: "", path: "/look", open: true},
	{method: "POST", slug: "alpha", path: "/look", open: true},
	{method: "GET", slug: "", path: "/.well-known/fence-seal-key", open: true},
	{method: "GET", slug: "alpha", path: "/.well-known/fence-seal-key", open: true},
	{method: "GET", slug: "alpha", path: "/favicon.ico", open: true},
	{method: "GET", slug: "alpha", path: "/docs", open: true},
	{method: "GET", slug: "alpha", path: "/docs/docs.css", open: true},
	{method: "GET", slug: "alpha", path: "/v1/openapi.yaml", open: true, api: true},
	{method: "GET", slug: "alpha", path: "/v1/openapi.json", open: true, api: true},
	{method: "GET", slug: "alpha", path: "/v1", open: true},
}

// routes are all of them: pages by the product's own list, operations by its description, files by name.
func (s *site) routes(t testing.TB) []route {
	t.Helper()
	all := slices.Clone(others)
	pages := s.app.Routes(&shell.Pages{})
	for slug, list := range map[string][]shell.Route{"": pages.Apex, "alpha": pages.Company} {
		for _, r := range list {
			method, path, _ := strings.Cut(r.Pattern, " ")
			all = append(all, route{method: method, slug: slug, path: strings.TrimSuffix(path, "{$}"), open: r.Open != ""})
		}
	}
	for _, name := range []string{"app.css", "app.js", "homeowner.css", "mark.svg"} {
		all = append(all, route{method: "GET", path: assets.URL(name), open: true}, route{method: "HEAD", slug: "alpha", path: assets.URL(name), open: true})
	}
	return append(all, s.operations(t)...)
}

// operations are those of the description that the product itself serves.
func (s *site) operations(t testing.TB) (all []route) {
	t.Helper()
	got := s.send(t, s.client(), ask{method: "GET", host: host("alpha"), path: "/v1/openapi.json"})
	var doc struct {
		Paths map[string]map[string]struct {
			Security []any `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil {
		t.Fatalf("description: %v, %s", err, got)
	}
	for path, methods := range doc.Paths {
		for method, operation := range methods {
			all = append(all, route{method: strings.ToUpper(method), slug: "alpha", path: path, api: true, open: len(operation.Security) == 0})
		}
	}
	slices.SortFunc(all, func(a, b route) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	if len(all) < 60 {
		t.Fatalf("the description has %d operations: is it read rightly?", len(all))
	}
	return all
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// of is a route's path about the records of the first company, or about nothing that exists.
func (r route) of(exists bool) string {
	if !exists {
		return wildcard.ReplaceAllString(r.path, id.New().String())
	}
	records := map[string]id.ID{
		"customers": testkit.A.Customer(), "properties": testkit.A.Property(), "quotes": testkit.A.Quote(), "sketches": testkit.A.Sketch(),
		"jobs": testkit.A.Job(), "files": testkit.A.File(), "photos": testkit.A.File(), "materials": testkit.A.Material(), "styles": testkit.A.Style(), "tiers": testkit.A.Tier(), "zones": testkit.A.Zone(),
		"pricing-zones": testkit.A.Zone(),
	}
	pieces := strings.Split(r.path, "/")
	for i, piece := range pieces {
		if i == 0 || !strings.HasPrefix(piece, "{") {
			continue
		}
		if record, found := records[pieces[i-1]]; found {
			pieces[i] = record.String()
			continue
		}
		pieces[i] = map[string]string{"{token}": "link%20of%20a", "{n}": "1", "{paper}": "quote.pdf", "{sheet}": "nothing"}[piece]
		if pieces[i] == "" {
			pieces[i] = id.New().String()
		}
	}
	return strings.Join(pieces, "/")
}

func (r route) changes() bool { return r.method != http.MethodGet && r.method != http.MethodHead }
