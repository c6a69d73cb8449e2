package requests

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Form is a form of a page, filled as the page fills it.
type Form struct {
	ID, Action string
	Fields     url.Values
	Buttons    []string // further addresses that its buttons send it to
}

// Forms are the forms of a page that are posted.
func Forms(page string) []Form {
	root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil // not a page
	}
	forms := map[*html.Node]*Form{}
	byID := map[string]*Form{}
	var all []*Form
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" && strings.EqualFold(attr(n, "method"), "post") {
			f := &Form{ID: attr(n, "id"), Action: attr(n, "action"), Fields: url.Values{}}
			forms[n] = f
			byID[f.ID] = f
			all = append(all, f)
		}
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		var f *Form
		if has(n, "form") {
			f = byID[attr(n, "form")]
		} else {
			for up := n.Parent; up != nil && f == nil; up = up.Parent {
				f = forms[up]
			}
		}
		if f != nil {
			f.take(n)
		}
	}
	out := make([]Form, len(all))
	for i, f := range all {
		out[i] = *f
	}
	return out
}

// take reads a field or button of the form.
func (f *Form) take(n *html.Node) {
	name := attr(n, "name")
	switch n.Data {
	case "input":
		kind := attr(n, "type")
		if name == "" || (kind == "radio" || kind == "checkbox") && !has(n, "checked") || kind == "submit" {
			return
		}
		value := attr(n, "value")
		if (kind == "checkbox" || kind == "radio") && !has(n, "value") {
			value = "on"
		}
		f.Fields.Add(name, value)
	case "textarea":
		if name != "" {
			f.Fields.Add(name, strings.TrimPrefix(content(n), "\n"))
		}
	case "select":
		if name != "" {
			f.Fields.Add(name, chosen(n))
		}
	case "button":
		if to := attr(n, "formaction"); to != "" {
			f.Buttons = append(f.Buttons, to)
		}
	}
}

// chosen is the value of the option that a select shows.
func chosen(n *html.Node) (value string) {
	first := true
	for o := range n.Descendants() {
		if o.Type != html.ElementNode || o.Data != "option" {
			continue
		}
		v := attr(o, "value")
		if !has(o, "value") {
			v = content(o)
		}
		if first || has(o, "selected") {
			value, first = v, false
		}
	}
	return value
}

func content(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
