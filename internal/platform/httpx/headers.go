package httpx

import (
	"maps"
	"net/http"
)

// Headers says to browsers what answers may do, and to caches that they keep nothing. They stand on every
// answer that passes here; a handler whose answer is the same for everybody replaces what it must.
// formAction names further targets of forms, images further hosts of pictures, each with a space before it.
func Headers(secure bool, formAction, images string) Middleware {
	always := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:" + images + "; font-src 'self'; connect-src 'self'; manifest-src 'self'; " +
			"form-action 'self'" + formAction + "; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options": "nosniff",
		// A quote's link is a secret: no other site learns where its visitor came from.
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
		"Cache-Control":                "no-store",
	}
	if secure {
		always["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains" // two years
	}
	lines := http.Header{}
	for name, value := range always {
		lines.Set(name, value)
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			maps.Copy(w.Header(), lines) // lists of one that nobody changes: whoever replaces a header sets a new one
			next.ServeHTTP(w, r)
		})
	}
}
