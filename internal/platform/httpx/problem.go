package httpx

import (
	"math"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/platform/fault"
)

// problemTypes is where the types of problems are described.
const problemTypes = "https://fenceplatform.com/problems/"

// registered are the problems that others have given a type already.
var registered = map[string]string{CodeQuotaExceeded: "https://iana.org/assignments/http-problem-types#quota-exceeded"}

func problemType(code string) string {
	if is, found := registered[code]; found {
		return is
	}
	return problemTypes + code
}

// Problem is the document of RFC 9457 for a fault. The request's number stands in it only where it helps
// (5xx), so that what is missing and what is somebody else's are equal byte for byte.
func Problem(f *fault.Error, requestID string) []byte {
	status := Status(f)
	doc := map[string]any{
		"type": problemType(f.Code), "title": http.StatusText(status), "status": status, "detail": f.Message,
	}
	if len(f.Fields) > 0 {
		doc["errors"] = f.Fields
	}
	for name, fact := range f.Facts {
		doc[name] = fact
	}
	if status >= 500 {
		doc["request"] = requestID
	}
	b, err := json.Marshal(doc, json.Deterministic(true), jsontext.EscapeForHTML(true))
	if err != nil { // facts are plain values; a fault that cannot be written is still answered
		return []byte(`{"title":"Internal Server Error","status":500}`)
	}
	return append(b, '\n')
}

// WriteProblem answers a request of a program with a fault.
func WriteProblem(w http.ResponseWriter, f *fault.Error, requestID string) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	RetryAfter(h, f)
	if f.Kind == fault.Unauthenticated {
		h.Set("WWW-Authenticate", `Bearer realm="fence"`)
	}
	body := Problem(f, requestID)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(Status(f))
	_, _ = w.Write(body) // the client may be gone
}

// RetryAfter tells when to come back, in whole seconds.
func RetryAfter(h http.Header, f *fault.Error) {
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
}
