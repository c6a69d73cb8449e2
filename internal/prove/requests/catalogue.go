package requests

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Operation is one method and pattern that the product answers.
type Operation struct {
	Key     string // "GET /customers/{id}", with "apex " before those of the platform's own host
	Method  string
	Pattern string
	Host    string
	API     bool
	Needs   string // the permission; empty: open to everybody
	Version bool   // takes If-Match
}

// pathItem is what the prover reads of the OpenAPI document.
type pathItem map[string]struct {
	Permission string `json:"x-permission"`
	Parameters []struct {
		Name, In string
	} `json:"parameters"`
}

// outside are the routes that stand in no list: they answer the same to everybody.
var outside = []Operation{
	{Key: "GET /.well-known/fence-seal-key", Method: "GET", Pattern: "/.well-known/fence-seal-key", Host: Alpha},
	{Key: "GET /v1/openapi.json", Method: "GET", Pattern: "/v1/openapi.json", Host: Alpha},
	{Key: "GET /v1/openapi.yaml", Method: "GET", Pattern: "/v1/openapi.yaml", Host: Alpha},
	{Key: "GET /docs", Method: "GET", Pattern: "/docs", Host: Alpha},
	{Key: "POST " + kit.LookPath, Method: "POST", Pattern: kit.LookPath, Host: Alpha},
}

// Catalogue lists every operation of the product, pages first.
func Catalogue(a *app.App, openapi []byte) ([]Operation, error) {
	var all []Operation
	routes := a.Routes(&shell.Pages{Site: a.Site})
	for host, list := range map[string][]shell.Route{Apex: routes.Apex, Alpha: routes.Company} {
		for _, r := range list {
			method, pattern, _ := strings.Cut(r.Pattern, " ")
			o := Operation{Key: r.Pattern, Method: method, Pattern: pattern, Host: host, Needs: string(r.Needs)}
			if host == Apex {
				o.Key = "apex " + o.Key
			}
			all = append(all, o)
		}
	}
	var document struct {
		Paths map[string]pathItem `json:"paths"`
	}
	if err := json.Unmarshal(openapi, &document); err != nil {
		return nil, fmt.Errorf("read our OpenAPI document: %w", err)
	}
	for path, item := range document.Paths {
		for method, op := range item {
			o := Operation{Method: strings.ToUpper(method), Pattern: path, Host: Alpha, API: true, Needs: op.Permission}
			o.Key = o.Method + " " + path
			for _, p := range op.Parameters {
				o.Version = o.Version || p.Name == "If-Match"
			}
			all = append(all, o)
		}
	}
	all = append(all, outside...)
	all = slices.DeleteFunc(all, func(o Operation) bool { return Elsewhere[o.Key] != "" })
	slices.SortFunc(all, func(x, y Operation) int { return strings.Compare(x.Key, y.Key) })
	return all, nil
}

// matches tells whether path is one that the pattern takes.
func matches(pattern, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	want, got := strings.Split(strings.TrimSuffix(pattern, "{$}"), "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != got[i] {
			return false
		}
	}
	return true
}
