package edgetest

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

// TestTheDescriptionAndTheProductAgree asks the running product for every operation of the description that it
// serves, with each method (S45): those of the description are there, and no other, below /v1 and beside it.
func TestTheDescriptionAndTheProductAgree(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, token := s.client(), s.token(t, testkit.A, owner(testkit.A))
	methods := map[string][]string{}
	for _, r := range s.operations(t) {
		methods[r.path] = append(methods[r.path], r.method)
	}
	// What is named stands beside what has an id: /v1/pricing-zones/match is also the address of a zone.
	for path := range methods {
		if parent := path[:strings.LastIndex(path, "/")] + "/{id}"; !strings.HasSuffix(path, "}") {
			for _, m := range methods[parent] {
				if !slices.Contains(methods[path], m) {
					methods[path] = append(methods[path], m)
				}
			}
		}
	}
	methods["/v1/openapi.json"], methods["/v1/openapi.yaml"] = []string{"GET"}, []string{"GET"}
	for path, described := range methods {
		var there []string
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			in := ask{method: method, host: host("alpha"), path: route{path: path}.of(false), bearer: token}
			if path == "/v1/logout" {
				in.bearer = ""
			}
			got := s.send(t, client, in)
			if got.status == http.StatusMethodNotAllowed {
				if allowed := strings.Split(got.header.Get("Allow"), ", "); !slices.Equal(allowed, sorted(described)) {
					t.Errorf("%s allows %v, the description has %v", path, allowed, described)
				}
				continue
			}
			there = append(there, method)
			// The apex is no company: it has no API.
			in.host = base
			if got := s.send(t, client, in); got.status != http.StatusNotFound {
				t.Errorf("%s %s on the apex: %d", method, path, got.status)
			}
		}
		if !slices.Equal(there, sorted(described)) {
			t.Errorf("%s answers %v, the description has %v", path, there, described)
		}
	}
	for path := range methods { // one piece more or less is nobody's
		if !strings.Contains(path, "{") && methods[strings.TrimSuffix(path, "/")+"/{id}"] == nil {
			if got := s.send(t, client, get(path+"/nobody", token).on("alpha")); got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed {
				t.Errorf("%s/nobody: %d", path, got.status)
			}
		}
	}
	t.Logf("%d paths", len(methods))
}

func (a ask) on(slug string) ask { a.host = host(slug); return a }

// sorted puts methods in the order of Allow.
func sorted(methods []string) (out []string) {
	for _, m := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		if slices.Contains(methods, m) {
			out = append(out, m)
		}
	}
	return out
}
