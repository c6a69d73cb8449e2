package mail

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
)

// Content is what a mail says: one sentence, facts, one button.
type Content struct {
	Subject  string
	Heading  string // the contractor's name, or ours
	Sentence string
	Facts    []Fact
	Button   *Button
	Note     string // a last line, as how to undo or whom to ask
	Footer   string
}

// Fact is one row of the ruled table.
type Fact struct{ Name, Value string }

// Button leads somewhere: always one of our own hosts.
type Button struct{ Label, URL string }

// layout has no pictures, no script and no outside address; colors live with their dark twins.
var layout = template.Must(template.New("mail").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>{{.Subject}}</title></head>
<body style="margin:0;padding:24px 16px;font:16px/24px sans-serif;color:#16191B;background:#FFFFFF">
<table role="presentation" width="100%" style="max-width:600px;margin:0 auto;border-collapse:collapse"><tr><td>
<p style="margin:0 0 16px;padding:0 0 8px;border-bottom:2px solid #16191B;font-weight:700">{{.Heading}}</p>
<p style="margin:0 0 16px">{{.Sentence}}</p>
{{- if .Facts}}
<table style="width:100%;margin:0 0 16px;border-collapse:collapse">{{range .Facts}}
<tr><th style="padding:8px 16px 8px 0;border-bottom:1px solid #D8D5CC;text-align:left;font-weight:600;vertical-align:top">{{.Name}}</th><td style="padding:8px 0;border-bottom:1px solid #D8D5CC;text-align:right">{{.Value}}</td></tr>{{end}}
</table>{{end}}
{{- with .Button}}
<p style="margin:0 0 16px"><a href="{{.URL}}" style="display:inline-block;padding:12px 20px;background:#0F4C75;color:#FFFFFF;font-weight:600;text-decoration:none;border-radius:4px">{{.Label}}</a></p>
<p style="margin:0 0 16px;font-size:14px;line-height:20px;color:#5C6164">Or copy this address: <span style="word-break:break-all">{{.URL}}</span></p>{{end}}
{{- with .Note}}
<p style="margin:0 0 16px">{{.}}</p>{{end}}
{{- with .Footer}}
<p style="margin:24px 0 0;padding:8px 0 0;border-top:1px solid #D8D5CC;font-size:14px;line-height:20px;color:#5C6164">{{.}}</p>{{end}}
</td></tr></table></body></html>
`))

// HTML is the mail for readers that show it.
func (c Content) HTML() (string, error) {
	var b bytes.Buffer
	if err := layout.Execute(&b, c); err != nil {
		return "", fmt.Errorf("compose mail: %w", err)
	}
	return b.String(), nil
}

// Plain is the same mail as text.
func (c Content) Plain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", c.Heading, c.Sentence)
	if len(c.Facts) > 0 {
		b.WriteString("\n")
	}
	for _, f := range c.Facts {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	if c.Button != nil {
		fmt.Fprintf(&b, "\n%s:\n%s\n", c.Button.Label, c.Button.URL)
	}
	if c.Note != "" {
		fmt.Fprintf(&b, "\n%s\n", c.Note)
	}
	if c.Footer != "" {
		fmt.Fprintf(&b, "\n-- \n%s\n", c.Footer)
	}
	return b.String()
}
