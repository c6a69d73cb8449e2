package kit

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// rendered is a component's markup, parsed.
func rendered(t *testing.T, c templ.Component) *html.Node {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatalf("render: %v", err)
	}
	root, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	return root
}

// all finds elements by tag ("*" for any) that carry every given attribute; "class" matches one of the words,
// an empty value any value.
func all(root *html.Node, tag string, attrs map[string]string) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || tag != "*" && n.Data != tag {
			continue
		}
		if hasAll(n, attrs) {
			found = append(found, n)
		}
	}
	return found
}

func hasAll(n *html.Node, attrs map[string]string) bool {
	for key, want := range attrs {
		got, found := attr(n, key)
		switch {
		case !found:
			return false
		case want == "":
		case key == "class" && !strings.Contains(" "+got+" ", " "+want+" "):
			return false
		case key != "class" && got != want:
			return false
		}
	}
	return true
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func one(t *testing.T, root *html.Node, tag string, attrs map[string]string) *html.Node {
	t.Helper()
	found := all(root, tag, attrs)
	if len(found) != 1 {
		t.Fatalf("%s %v: got %d elements, want 1", tag, attrs, len(found))
	}
	return found[0]
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func with(c templ.Component, children string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Raw(children)), w)
	})
}
