package httpx

import (
	"net/http"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Bounds of a request's head. Go bounds its bytes as a whole (maxHead).
const (
	maxHead    = 32 << 10
	maxAddress = 8 << 10 // bytes of path and parameters
	maxHeaders = 100
)

// methods are those that anything of ours answers. What tunnels or echoes (CONNECT, TRACE, TRACK) is not
// among them, and no header makes one method into another.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// once are the headers that say who asks, or for what. Of two, one reader takes the first and another the
// last: such a request says nothing.
var once = []string{"Authorization", "X-Org-Id", "Idempotency-Key", "If-Match", "Content-Type", "Content-Encoding", "Origin", "Sec-Fetch-Site"}

// Conform refuses requests that two readers could understand differently, or whose head is out of all
// proportion, before anything else looks at them.
func Conform(refuse func(http.ResponseWriter, *http.Request, error)) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if f := conforms(r); f != nil {
				if f.Code == CodeMethod {
					w.Header().Set("Allow", strings.Join(methods, ", "))
				}
				w.Header().Set("Connection", "close") // whoever sends this is not heard out
				refuse(w, r, f)
				return
			}
			if len(r.TransferEncoding) > 0 {
				// Somebody in front may have gone by a length that stood beside it: whatever follows on this
				// connection is not taken for a request.
				w.Header().Set("Connection", "close")
			}
			next.ServeHTTP(w, r)
		})
	}
}

func conforms(r *http.Request) *fault.Error {
	switch {
	case !slices.Contains(methods, r.Method):
		return fault.New(fault.Invalid, CodeMethod, "This address takes %s.", strings.Join(methods, ", ")).With("allowed", methods)
	case len(r.RequestURI) > maxAddress:
		return fault.New(fault.Invalid, CodeAddressTooLong, "The address has more than %d bytes.", maxAddress).With("limit", maxAddress)
	case !strings.HasPrefix(r.RequestURI, "/"):
		// The forms that proxies are asked in: their host stands beside the Host header.
		return fault.New(fault.Invalid, CodeMalformed, "The address begins with a slash, and the host stands in Host.")
	}
	fields := 0
	for name, values := range r.Header {
		fields += len(values)
		if strings.Contains(name, "_") { // for some readers it is the same name with a hyphen
			return fault.New(fault.Invalid, CodeMalformed, "The name of a header has an underscore.")
		}
	}
	if fields > maxHeaders {
		return fault.New(fault.Invalid, CodeTooManyHeaders, "The request has more than %d header fields.", maxHeaders).With("limit", maxHeaders)
	}
	for _, name := range once {
		if len(r.Header[name]) > 1 {
			return fault.New(fault.Invalid, CodeMalformed, "%s is given more than once.", name)
		}
	}
	return nil
}
