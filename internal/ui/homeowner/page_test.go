package homeowner

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"fenceplatform.com/fence/internal/testkit"
)

// elements walks the page.
func elements(t *testing.T, body string, each func(*html.Node, map[string]string)) {
	t.Helper()
	// With scripting off the parser reads what stands in noscript as a browser without script does.
	root, err := html.ParseWithOptions(strings.NewReader(body), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		each(n, attributes)
	}
}

// hiddenInputs are those of the form that is sent to action.
func hiddenInputs(t *testing.T, body, action string) url.Values {
	t.Helper()
	form := url.Values{}
	elements(t, body, func(n *html.Node, a map[string]string) {
		if n.Data != "form" || a["action"] != action {
			return
		}
		for input := range n.Descendants() {
			attributes := map[string]string{}
			for _, x := range input.Attr {
				attributes[x.Key] = x.Val
			}
			if input.Data == "input" && attributes["type"] == "hidden" {
				form.Add(attributes["name"], attributes["value"])
			}
		}
	})
	if len(form) == 0 {
		t.Fatalf("no form is sent to %s", action)
	}
	return form
}

// pages are all pages of a link in each of its states.
func (w *world) pages(t *testing.T) map[string]response {
	t.Helper()
	open := w.sent(t, "Dana Ruiz").paths[0]
	all := map[string]response{
		"open": w.get(t, open), "drawing": w.get(t, open+"/drawing"), "sign": w.get(t, open+"/sign?tier=premium"),
		"refused": w.post(t, open+"/sign", url.Values{"tier": {"premium"}}), "changed": w.post(t, open+"/sign", url.Values{"tier": {"premium"}, "name": {"Dana"}, "consent": {"yes"}, "total_cents": {"1"}}),
	}
	declined := w.sent(t, "Dana Ruiz").paths[0]
	w.post(t, declined+"/decline", key(1))
	all["declined"] = w.get(t, declined)
	old := w.sent(t, "Dana Ruiz")
	all["newest"] = w.get(t, w.revise(t, old, "Dana Ruiz")[0])
	all["replaced"] = w.get(t, old.paths[0])
	signed := w.sent(t, "Dana Ruiz").paths[0]
	w.post(t, signed+"/sign", w.signing(t, signed, "tier=premium"))
	all["signed"] = w.get(t, signed)
	return all
}

func TestPagesObeyTheContentPolicy(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, page := range w.pages(t) {
		headings, ids := 0, map[string]bool{}
		elements(t, page.body, func(n *html.Node, a map[string]string) {
			for attribute := range a {
				if attribute == "style" || strings.HasPrefix(attribute, "on") {
					t.Errorf("%s: <%s> has %s", name, n.Data, attribute)
				}
			}
			if n.Data == "style" || n.Data == "script" && (n.FirstChild != nil || !strings.HasPrefix(a["src"], "/assets/")) {
				t.Errorf("%s: <%s> of the page itself", name, n.Data)
			}
			for _, attribute := range []string{"src", "href", "action", "formaction"} {
				if strings.Contains(a[attribute], "//") {
					t.Errorf("%s: <%s %s=%q> leads to another host", name, n.Data, attribute, a[attribute])
				}
			}
			if n.Data == "h1" {
				headings++
			}
			if id := a["id"]; id != "" && ids[id] {
				t.Errorf("%s: two elements with the id %q", name, id)
			}
			ids[a["id"]] = true
		})
		if headings != 1 {
			t.Errorf("%s: %d h1, want 1", name, headings)
		}
		if strings.Contains(strings.ToLower(page.body), "sentinel") {
			t.Errorf("%s: the other company's words", name)
		}
		if page.header.Get("X-Robots-Tag") != "noindex" || page.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: may be found or kept: %v", name, page.header)
		}
	}
}

func TestEveryFormWorksWithoutScript(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, page := range w.pages(t) {
		forms, submits := map[string]bool{}, map[string]bool{}
		elements(t, page.body, func(n *html.Node, a map[string]string) {
			switch n.Data {
			case "form":
				if a["action"] == "" || a["method"] != "get" && a["method"] != "post" {
					t.Errorf("%s: form without address or method: %v", name, a)
				}
				forms[a["id"]] = true
				submits[a["id"]] = submits[a["id"]] || slices.ContainsFunc(slices.Collect(n.Descendants()), func(d *html.Node) bool { return d.Data == "button" })
			case "button":
				if a["type"] == "submit" && a["form"] != "" {
					submits[a["form"]] = true
				}
				if _, off := a["disabled"]; off {
					t.Errorf("%s: a button that cannot be pressed", name)
				}
			case "input":
				if _, off := a["disabled"]; off {
					t.Errorf("%s: input %s cannot be used without script", name, a["name"])
				}
			}
		})
		for form := range forms {
			if !submits[form] {
				t.Errorf("%s: form %q has no button", name, form)
			}
		}
	}
}

func TestPagesKeepTheirBudget(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, page := range w.pages(t) {
		var small bytes.Buffer
		z := gzip.NewWriter(&small)
		_, _ = z.Write([]byte(page.body)) // a buffer takes everything
		_ = z.Close()
		if small.Len() > 25<<10 {
			t.Errorf("%s: %d bytes compressed, budget 25 KB", name, small.Len())
		}
		for rest := page.body; ; {
			_, after, more := strings.Cut(rest, `<svg xmlns="http://www.w3.org/2000/svg" class="drawing"`)
			if !more {
				break
			}
			drawing, after, _ := strings.Cut(after, "</svg>")
			if len(drawing) > 12<<10 {
				t.Errorf("%s: a drawing of %d bytes, budget 12 KB", name, len(drawing))
			}
			rest = after
		}
	}
}

// What the contractor keeps to himself is in no byte: neither as it is written nor as programs write it.
func TestNoPageCarriesCostOrMargin(t *testing.T) {
	t.Parallel()
	w := setup(t)
	pages := w.pages(t)
	secrets := testkit.Values[string](t, w.Database, `SELECT DISTINCT unnest(ARRAY[c::text, '$' || trim(to_char(c / 100.0, '9,999,990.00'))])
		FROM (SELECT cost_cents AS c FROM app.quote_options WHERE org_id = $1 UNION SELECT material_cents FROM app.quote_options WHERE org_id = $1
			UNION SELECT direct_cents FROM app.quote_options WHERE org_id = $1) s WHERE c > 0`, testkit.A.ID)
	if len(secrets) < 4 {
		t.Fatalf("secrets %v", secrets)
	}
	for name, page := range pages {
		for _, s := range append(secrets, "margin", "markup", "cost_cents") {
			if strings.Contains(strings.ToLower(page.body), s) {
				t.Errorf("%s carries %s", name, s)
			}
		}
	}
}

func TestTheColorIsServedForEver(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.organizations SET brand_color = '#FFC20E' WHERE org_id = $1`, testkit.A.ID)
	path := w.sent(t, "Dana Ruiz").paths[0]
	page := w.get(t, path)
	sheet := brandPath("#FFC20E")
	want(t, page, http.StatusOK, `href="`+sheet+`"`)
	css := w.get(t, sheet)
	want(t, css, http.StatusOK, "--brand:#FFC20E", "--on-brand:#000000")
	if got := css.header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control %q", got)
	}
	for _, other := range []string{"/brand.0000.css", "/brand.css", brandPath("#C8102E")} {
		want(t, w.get(t, other), http.StatusNotFound)
	}
	want(t, w.do(t, testkit.B, http.MethodGet, sheet, nil), http.StatusNotFound)
}

func TestWhatPeopleWroteIsEscaped(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.customers SET name = '<script>alert(1)</script>' WHERE org_id = $1`, testkit.A.ID)
	w.Exec(t, `UPDATE app.organizations SET name = 'A" onload="x & <b>', email = 'a@b.example?cc=x', phone = '+15125550100' WHERE org_id = $1`, testkit.A.ID)
	path := w.sent(t, `Dana" autofocus onfocus="alert(1) <img src=x>`).paths[0]
	for _, p := range []string{path, path + "/sign?tier=premium", path + "?tier=%22%3E%3Cscript%3E&extra=%00%FF"} {
		page := w.get(t, p)
		want(t, page, http.StatusOK)
		lacks(t, page, "<script>alert", "<img src=x", `onfocus="alert`, `onload="x`, `"><script>`)
	}
}
