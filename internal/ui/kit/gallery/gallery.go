package gallery

import (
	"bytes"
	"net/http"

	"github.com/a-h/templ"

	"fenceplatform.com/fence/internal/ui/kit"
)

// Prefix is where Handler is mounted.
const Prefix = "/gallery/"

// Sheet is one page of the gallery.
type Sheet struct {
	Name string // last part of its address
	Says string
	Make func(look kit.Look) templ.Component
}

// Sheets lists the pages in their order.
func Sheets() []Sheet {
	return []Sheet{
		{"list", "A list with rows, filters, menus", listPage},
		{"longest", "The same with the longest words and highest numbers", longestPage},
		{"empty", "A list without rows, by filter and for the first time", emptyPage},
		{"failed", "A list that did not load", failedPage},
		{"record", "A record with title block, next step, rail, timeline", recordPage},
		{"form", "A form of every field", formPage},
		{"errors", "The same form as it comes back", errorsPage},
		{"parts", "Buttons, chips, strips, meters, menus", partsPage},
		{"login", "A plain page", loginPage},
		{"conflict", "Two versions of a record", conflictPage},
		{"refusal", "An error page in the shell", refusalPage},
		{"refusals", "All error pages", refusalsPage},
		{"homeowner", "The frame of a contractor's customers", homeownerPage},
		{"homeowner-error", "An error page of a contractor's customers", homeownerErrorPage},
	}
}

// Handler serves the sheets under Prefix; theme and density are taken from the query, so that a picture of
// each can be made by its address alone.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+Prefix+"{$}", show(index))
	for _, s := range Sheets() {
		mux.Handle("GET "+Prefix+s.Name, show(s.Make))
	}
	mux.HandleFunc("GET "+brand().Path(), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write([]byte(brand().CSS())) // the reader went away: there is nobody left to tell
	})
	return mux
}

func show(view func(kit.Look) templ.Component) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		look := kit.LookOf(r)
		if q := r.URL.Query(); q.Has("theme") || q.Has("density") {
			look = kit.Look{Theme: q.Get("theme"), Density: q.Get("density")}
		}
		var page bytes.Buffer
		if err := view(look).Render(r.Context(), &page); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		_, _ = w.Write(page.Bytes()) // the reader went away: there is nobody left to tell
	})
}

// brand is the sample contractor's color: yellow, the hardest to write on.
func brand() kit.BrandColor {
	b, err := kit.Brand("#FFC20E")
	if err != nil {
		panic(err)
	}
	return b
}
