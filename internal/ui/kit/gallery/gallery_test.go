package gallery

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// sheet is one sheet of the gallery as a browser gets it.
func sheet(t *testing.T, name string) *html.Node {
	t.Helper()
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, Prefix+name+"?theme=dark&density=field", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d: %s", name, w.Code, w.Body)
	}
	root, err := html.Parse(w.Body)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return root
}

func everySheet(t *testing.T, check func(t *testing.T, root *html.Node)) {
	t.Helper()
	names := []string{""}
	for _, s := range Sheets() {
		names = append(names, s.Name)
	}
	for _, name := range names {
		t.Run("sheet "+name, func(t *testing.T) {
			t.Parallel()
			check(t, sheet(t, name))
		})
	}
}

func attrs(n *html.Node) map[string]string {
	all := map[string]string{}
	for _, a := range n.Attr {
		all[a.Key] = a.Val
	}
	return all
}

func TestNoStyleAttributeAndNoInlineScript(t *testing.T) {
	t.Parallel()
	everySheet(t, func(t *testing.T, root *html.Node) {
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			for key, value := range attrs(n) {
				switch {
				case key == "style", strings.HasPrefix(key, "on"), strings.HasPrefix(key, "hx-on"):
					t.Errorf("<%s %s=%q> is against the content policy", n.Data, key, value)
				case (key == "href" || key == "src" || key == "action") && regexp.MustCompile(`^(//|https?:|javascript:|data:)`).MatchString(value):
					t.Errorf("<%s %s=%q> leaves this host", n.Data, key, value)
				}
			}
			if n.Data == "style" || n.Data == "script" && attrs(n)["src"] == "" {
				t.Errorf("inline <%s>", n.Data)
			}
		}
	})
}

func TestEveryInputIsLabelledAndEveryButtonNamed(t *testing.T) {
	t.Parallel()
	everySheet(t, func(t *testing.T, root *html.Node) {
		labelled := map[string]bool{}
		for n := range root.Descendants() {
			if n.Data == "label" {
				labelled[attrs(n)["for"]] = true
			}
		}
		for n := range root.Descendants() {
			a := attrs(n)
			switch n.Data {
			case "input", "select", "textarea":
				if a["type"] != "hidden" && !labelled[a["id"]] && !inside(n, "label") {
					t.Errorf("<%s name=%q> has no label", n.Data, a["name"])
				}
			case "button", "summary", "a":
				if words(n) == "" && a["aria-label"] == "" {
					t.Errorf("<%s class=%q> has no name", n.Data, a["class"])
				}
			case "img":
				if _, found := a["alt"]; !found {
					t.Errorf("<img src=%q> has no alt", a["src"])
				}
			}
		}
	})
}

func TestOneHeadingOneMainUniqueIDsAndTargetsThatExist(t *testing.T) {
	t.Parallel()
	everySheet(t, func(t *testing.T, root *html.Node) {
		ids, counts := map[string]int{}, map[string]int{}
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			counts[n.Data]++
			if id := attrs(n)["id"]; id != "" {
				ids[id]++
			}
		}
		if counts["main"] != 1 || counts["title"] != 1 {
			t.Errorf("got %d main and %d title, want one of each", counts["main"], counts["title"])
		}
		for id, n := range ids {
			if n > 1 && id != "request" && id != "filter-q" {
				t.Errorf("id %q is there %d times", id, n)
			}
		}
		for n := range root.Descendants() {
			for _, key := range []string{"aria-describedby", "aria-labelledby", "data-shows", "data-copies", "data-opens", "for"} {
				for _, id := range strings.Fields(attrs(n)[key]) {
					if ids[id] == 0 {
						t.Errorf("<%s %s=%q>: no such id", n.Data, key, id)
					}
				}
			}
		}
	})
}

// forbidden are the words that screens do not use.
var forbidden = regexp.MustCompile(`(?i)\(s\)|\bplease\b|\bsorry\b|\boops\b|\binvalid\b|\bsuccessfully\b|!`)

func TestWordsOfAForeman(t *testing.T) {
	t.Parallel()
	everySheet(t, func(t *testing.T, root *html.Node) {
		if found := forbidden.FindString(words(root)); found != "" {
			t.Errorf("says %q", found)
		}
		for n := range root.Descendants() {
			for _, key := range []string{"aria-label", "title", "placeholder", "alt", "data-sentence"} {
				if found := forbidden.FindString(attrs(n)[key]); found != "" {
					t.Errorf("<%s %s> says %q", n.Data, key, found)
				}
			}
		}
	})
}

func TestSheetThatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, Prefix+"nothing", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d, want 404", w.Code)
	}
}

func TestBrandSheetIsServedAtTheAddressThatPagesName(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, brand().Path(), nil))
	if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || got != "text/css; charset=utf-8" {
		t.Errorf("got %d %q, want a style sheet", w.Code, got)
	}
}

func inside(n *html.Node, tag string) bool {
	return slices.ContainsFunc(slices.Collect(n.Ancestors()), func(a *html.Node) bool { return a.Data == tag })
}

// words is the text that is shown or read; scripts and styles are neither.
func words(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && !inside(n, "script") && !inside(n, "style") {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
