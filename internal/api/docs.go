package api

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS []byte

// docsStyle is where the page's own style sheet is.
const docsStyle = "/docs/docs.css"

var docsPage = template.Must(template.New("docs").Parse(docsHTML))

// mountDocs serves the description to people: one page, made of the operations themselves, without script.
func (a *API) mountDocs() {
	page := sync.OnceValues(func() ([]byte, error) {
		var b bytes.Buffer
		err := docsPage.Execute(&b, a.reference())
		return b.Bytes(), err
	})
	a.mux.HandleFunc("GET /docs", served("text/html; charset=utf-8", page))
	a.mux.HandleFunc("GET "+docsStyle, served("text/css; charset=utf-8", func() ([]byte, error) { return docsCSS, nil }))
}

// The page's parts.
type (
	reference struct {
		Stylesheets []string
		Intro       string
		Resources   []docResource
		Documents   []docDocument
	}
	docResource struct {
		Name, Anchor string
		Operations   []docOperation
	}
	docOperation struct {
		Name, Method, Path, Summary, More string
		Access                            string
		Parameters                        []docMember
		Body                              *docDocument
		Answer                            string
		AnswerDocument                    string
	}
	docDocument struct {
		Name    string
		Members []docMember
	}
	docMember struct {
		Name, Where, Type, Link, Note string
		Required                      bool
	}
)

func (a *API) reference() reference {
	out := reference{Stylesheets: append(slices.Clone(a.options.Stylesheets), docsStyle), Intro: description}
	for _, o := range a.operations {
		if n := len(out.Resources); n == 0 || out.Resources[n-1].Name != o.Tags[0] {
			out.Resources = append(out.Resources, docResource{Name: o.Tags[0], Anchor: "resource-" + strings.ReplaceAll(o.Tags[0], " ", "-")})
		}
		last := &out.Resources[len(out.Resources)-1]
		last.Operations = append(last.Operations, a.docOperation(o))
	}
	schemas := a.huma.OpenAPI().Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		out.Documents = append(out.Documents, docDocument{Name: name, Members: members(schemas[name])})
	}
	return out
}

func (a *API) docOperation(o *operation) docOperation {
	d := docOperation{Name: o.OperationID, Method: o.Method, Path: o.Path, Summary: o.Summary, More: o.Description}
	if d.Access = "Open: " + o.access.open + "."; o.access.open == "" {
		d.Access = "Permission " + string(o.access.needs)
	}
	for _, p := range o.Parameters {
		note := cmp.Or(p.Description, p.Schema.Description)
		d.Parameters = append(d.Parameters, docMember{Name: p.Name, Where: p.In, Type: typeOf(p.Schema), Note: sentence(note, p.Schema), Required: p.Required})
	}
	if o.RequestBody != nil && !o.upload {
		schema := o.RequestBody.Content["application/json"].Schema
		d.Body = &docDocument{Name: strings.TrimPrefix(schema.Ref, schemaPrefix), Members: members(a.resolved(schema))}
	}
	status, content := answerOf(o)
	d.Answer = fmt.Sprintf("%d %s", status, http.StatusText(status))
	if content != nil {
		d.AnswerDocument = strings.TrimPrefix(content.Ref, schemaPrefix)
	}
	return d
}

// answerOf is the status of success, and the document that comes with it.
func answerOf(o *operation) (int, *huma.Schema) {
	response := o.Responses[fmt.Sprint(o.DefaultStatus)]
	if response == nil || response.Content["application/json"] == nil {
		return o.DefaultStatus, nil
	}
	return o.DefaultStatus, response.Content["application/json"].Schema
}

const schemaPrefix = "#/components/schemas/"

func (a *API) resolved(s *huma.Schema) *huma.Schema {
	if s.Ref != "" {
		return a.huma.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func members(s *huma.Schema) []docMember {
	var all []docMember
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		property := s.Properties[name]
		all = append(all, docMember{
			Name: name, Type: typeOf(property), Link: linkOf(property), Note: sentence(property.Description, property), Required: slices.Contains(s.Required, name),
		})
	}
	return all
}

// typeOf says in a word or two what a member is.
func typeOf(s *huma.Schema) string {
	switch {
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, schemaPrefix)
	case s.Type == huma.TypeArray:
		return "list of " + typeOf(s.Items)
	case s.Type == huma.TypeObject:
		if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
			return "object of " + typeOf(values)
		}
		return "object"
	}
	name := map[string]string{huma.TypeString: "text", huma.TypeInteger: "whole number", huma.TypeNumber: "number", huma.TypeBoolean: "true or false", "": "anything"}[s.Type]
	if word := map[string]string{"uuid": "id", "date-time": "time"}[s.Format]; word != "" {
		name = word
	}
	if s.Nullable {
		name += " or null"
	}
	return name
}

// linkOf is the document that a member holds.
func linkOf(s *huma.Schema) string {
	for s.Type == huma.TypeArray {
		s = s.Items
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		s = values
	}
	return strings.TrimPrefix(s.Ref, schemaPrefix)
}

// sentence adds to a note which values there are.
func sentence(note string, s *huma.Schema) string {
	if len(s.Enum) == 0 {
		return note
	}
	var words []string
	for _, v := range s.Enum {
		words = append(words, fmt.Sprint(v))
	}
	return strings.TrimSpace("One of " + strings.Join(words, ", ") + ". " + note)
}
