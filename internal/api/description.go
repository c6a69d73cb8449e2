package api

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json"
)

// Description is openapi.yaml as this program would write it.
func Description() []byte {
	text, err := Mount(http.NewServeMux(), Services{}, Options{}).huma.OpenAPI().YAML()
	if err != nil {
		panic(fmt.Sprintf("describe the API: %v", err)) // it is made of our own types: a mistake of ours
	}
	return text
}

// mountDescription serves the description to programs.
func (a *API) mountDescription() {
	yaml := sync.OnceValues(func() ([]byte, error) { return a.huma.OpenAPI().YAML() })
	inJSON := sync.OnceValues(func() ([]byte, error) { return json.Marshal(a.huma.OpenAPI(), json.Deterministic(true)) })
	a.mux.HandleFunc("GET /v1/openapi.yaml", served("application/yaml", yaml))
	a.mux.HandleFunc("GET /v1/openapi.json", served("application/json", inJSON))
}

// served answers with what is made once and stays.
func served(media string, content func() ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := content()
		if err != nil {
			refuse(w, r, internal(err))
			return
		}
		h := w.Header()
		h.Set("Content-Type", media)
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Length", strconv.Itoa(len(b)))
		_, _ = w.Write(b) // the client may be gone
	}
}
