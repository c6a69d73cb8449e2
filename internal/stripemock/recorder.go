package stripemock

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// OnAccount ends the operations that are about a connected account and not our own.
const OnAccount = " on an account"

// sent is a request as it was made, the first of its shape.
type sent struct{ method, path, query, body, account string }

// Recorder keeps one request of each shape. Its zero value is ready.
type Recorder struct {
	mu     sync.Mutex
	shapes map[string]sent
}

var (
	segment = regexp.MustCompile(`/(?:(?:sub_sched|cs_test|sub|cus|in|price|bpc|we|acct)_[A-Za-z0-9]+|fence_[a-z_]+)`)
	index   = regexp.MustCompile(`\[\d+\]`)
)

func (s sent) operation() string {
	op := s.method + " " + segment.ReplaceAllString(s.path, "/{}")
	if s.account != "" {
		op += OnAccount
	}
	return op
}

func (s sent) shape() string {
	values, _ := url.ParseQuery(s.query + "&" + s.body) // our own client wrote it
	var names []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		names = append(names, index.ReplaceAllString(name, "[]"))
	}
	return s.operation() + " " + strings.Join(slices.Compact(names), " ")
}

// Note keeps a request that is on its way; its body can still be read.
func (r *Recorder) Note(req *http.Request) {
	s := sent{method: req.Method, path: req.URL.Path, query: req.URL.RawQuery, account: req.Header.Get("Stripe-Account")}
	if req.Body != nil {
		b, _ := io.ReadAll(req.Body) // what is cut off here is cut off for its receiver too
		req.Body = io.NopCloser(bytes.NewReader(b))
		s.body = string(b)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shapes == nil {
		r.shapes = map[string]sent{}
	}
	if _, known := r.shapes[s.shape()]; !known {
		r.shapes[s.shape()] = s
	}
}
