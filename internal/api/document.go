package api

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// The forms that requests and answers are made of.
type (
	// nothing is a request without parameters and body.
	nothing struct{}
	// ByID is a request about one record.
	ByID struct {
		ID recordID `path:"id" doc:"The record's id."`
	}
	// changeOf is a request that changes one record.
	changeOf[T any] struct {
		ByID
		Versioned
		Body T
	}
	// body is a request with a document.
	body[T any] struct{ Body T }

	// answer is a document.
	answer[T any] struct{ Body T }
	// recordAnswer is a record with its version.
	recordAnswer[T any] struct {
		ETag string `header:"ETag" doc:"The record's version, for If-Match."`
		Body T
	}
	// createdAnswer is a new record with its address.
	createdAnswer[T any] struct {
		Location string `header:"Location" doc:"The new record's address."`
		ETag     string `header:"ETag" doc:"The record's version, for If-Match."`
		Body     T
	}
)

// pageOf is a part of a list.
type pageOf[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor" doc:"The cursor of the next page; null on the last."`
}

// listOf is a list that is short enough to be read whole.
type listOf[T any] struct {
	Items []T `json:"items"`
}

// Paging is the part of a request that asks for a page.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" doc:"How many at most; 50 when it is left out."`
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before. A cursor belongs to one list with one filter."`
}

// cursorOf is null on the last page.
func cursorOf(next string) *string {
	if next == "" {
		return nil
	}
	return &next
}

// listed turns records into documents.
func listed[R, D any](records []R, document func(R) D) listOf[D] {
	return listOf[D]{Items: each(records, document)}
}

func each[R, D any](records []R, document func(R) D) []D {
	all := make([]D, len(records))
	for i := range records {
		all[i] = document(records[i])
	}
	return all
}

// schemaName is how a document is called in the description: ours by their names, a list by what it lists, those
// of the business with their package before them.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	for _, list := range []string{"PageOf", "ListOf"} {
		if of, ok := strings.CutPrefix(name, list); ok {
			return strings.ToUpper(of[:1]) + of[1:] + strings.TrimSuffix(list, "Of")
		}
	}
	if from := path.Base(t.PkgPath()); t.PkgPath() != "" && from != "api" {
		return strings.ToUpper(from[:1]) + from[1:] + name
	}
	return name
}
