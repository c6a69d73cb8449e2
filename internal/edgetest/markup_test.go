package edgetest

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"fenceplatform.com/fence/internal/testkit"
)

// onceEach complains of an id that a page has twice: what names it would find the first of them.
func onceEach(t *testing.T, path, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key != "id" {
				continue
			}
			if seen[a.Val] {
				t.Errorf("%s has the id %q twice", path, a.Val)
			}
			seen[a.Val] = true
		}
	}
}

// TestNoPageHasAnIDTwice opens every page of a company as its owner; the console's are looked at where they are opened.
func TestNoPageHasAnIDTwice(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie, looked := s.client(), s.signIn(t, testkit.A, owner(testkit.A)), 0
	for _, g := range s.gates(t) {
		if g.api || g.method != http.MethodGet {
			continue
		}
		got := s.send(t, client, ask{method: g.method, host: host(g.slug), path: g.of(true), cookie: cookie})
		if strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			looked++
			onceEach(t, g.path, got.body)
		}
	}
	if looked < 40 {
		t.Errorf("only %d pages were opened", looked)
	}
}
