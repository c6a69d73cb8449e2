package api

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

func TestTheCommittedDescriptionIsThisPrograms(t *testing.T) {
	t.Parallel()
	committed, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, Description()) {
		t.Error("openapi.yaml is not what the operations say: run go generate ./internal/api")
	}
}

func TestTheDescriptionIsServed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.send(t, request{method: "GET", path: "/v1/openapi.yaml"})
	if got.status != 200 || got.body != string(Description()) {
		t.Errorf("openapi.yaml: %d, %d bytes", got.status, len(got.body))
	}
	got = w.send(t, request{method: "GET", path: "/v1/openapi.json"})
	var doc struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil || doc.OpenAPI != "3.1.0" || len(doc.Paths) < 40 {
		t.Errorf("openapi.json: %d, version %q, %d paths, %v", got.status, doc.OpenAPI, len(doc.Paths), err)
	}
	if got := w.send(t, request{method: "POST", path: "/v1/openapi.json"}); got.status != 405 {
		t.Errorf("POST: %d", got.status)
	}
}

func TestTheReferenceShowsEveryOperationUnderThePolicy(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.send(t, request{method: "GET", path: "/docs"})
	if got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Fatalf("got %d %v", got.status, got.header)
	}
	for _, o := range w.api.operations {
		if strings.Count(got.body, `<h3 id="`+o.OperationID+`"`) != 1 {
			t.Errorf("%s is not shown once", o.OperationID)
		}
	}
	for _, refused := range []string{"<script", "style=", "<style", "http://", "https://"} {
		if strings.Contains(strings.ReplaceAll(got.body, "https://fenceplatform.com", ""), refused) {
			t.Errorf("the page has %q", refused)
		}
	}
	if css := w.send(t, request{method: "GET", path: docsStyle}); css.status != 200 || css.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("style sheet: %d %v", css.status, css.header)
	}
	for _, link := range strings.Split(got.body, `href="#`)[1:] {
		if name, _, _ := strings.Cut(link, `"`); !strings.Contains(got.body, `id="`+name+`"`) {
			t.Errorf("a link leads to #%s, which is not there", name)
		}
	}
}

// TestRequestsAreBounded fails on a member of a request that huma would let pass and Go could not hold: the
// decoder's own refusal names no member.
func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	a := Mount(http.NewServeMux(), Services{}, Options{})
	schemas := a.huma.OpenAPI().Components.Schemas
	for _, o := range a.operations {
		if o.RequestBody == nil || o.SkipValidateBody {
			continue
		}
		seen := map[string]bool{}
		reach(schemas, o.RequestBody.Content["application/json"].Schema, seen)
		for name := range seen {
			s := schemas.Map()[name]
			if s.AdditionalProperties != false {
				t.Errorf("%s: %s takes unknown members", o.OperationID, name)
			}
			for member, p := range s.Properties {
				for p.Type == huma.TypeArray {
					p = p.Items
				}
				if p.Type == huma.TypeInteger && (p.Minimum == nil || p.Maximum == nil) {
					t.Errorf("%s: %s.%s has no bounds", o.OperationID, name, member)
				}
				if p.Format == "date-time" {
					t.Errorf("%s: %s.%s is a time: say how it is refused", o.OperationID, name, member)
				}
			}
		}
	}
}
