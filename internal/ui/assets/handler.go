package assets

import (
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// aYear is how long a browser may keep a file; its name changes with its content.
const aYear = 31536000

// Handler serves the public files under Prefix. It needs no session, no organization and no cookie.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Only GET and HEAD.", http.StatusMethodNotAllowed)
			return
		}
		name, found := strings.CutPrefix(r.URL.Path, Prefix)
		if !found || !served(name) {
			http.Error(w, "Nothing here.", http.StatusNotFound)
			return
		}
		serve(w, r, name)
	})
}

// served tells whether name is one of the manifest's hashed names: nothing else can be asked for.
func served(name string) bool {
	c, err := built()
	if err != nil {
		return false
	}
	for _, hashed := range c.manifest.Files {
		if hashed == name {
			return true
		}
	}
	return false
}

func serve(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	tag := `"` + name + `"`
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, max-age="+strconv.Itoa(aYear)+", immutable")
	h.Set("Cross-Origin-Resource-Policy", "same-site")
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, err := []byte(nil), error(ErrNotBuilt)
	if acceptsGzip(r) {
		if body, err = read(path.Join(PublicFolder, name+".gz")); err == nil {
			h.Set("Content-Encoding", "gzip")
		}
	}
	if err != nil {
		if body, err = read(path.Join(PublicFolder, name)); err != nil {
			h.Del("Cache-Control")
			http.Error(w, "Nothing here.", http.StatusNotFound)
			return
		}
	}
	h.Set("Content-Type", contentType(name))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the reader went away: there is nobody left to tell
}

// contentType does not depend on the machine's table for the kinds we serve.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// acceptsGzip reads Accept-Encoding as far as browsers use it: gzip listed and not refused by q=0.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return strings.ReplaceAll(q, " ", "") != "q=0"
		}
	}
	return false
}
