package edgetest

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
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
