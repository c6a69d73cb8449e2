package edgetest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/testkit"
)

var way = regexp.MustCompile(`(?s)<(a|form|button)\b[^>]*?\b(href|action|formaction)="(/[^"?#]*)[^>]*>`)

// TestNoPageLeadsWhereItsReaderMayNotGo opens every page in every role and follows nothing: each link, form and button
// has to be a way that the role has. Nobody is shown a door to be told at it that it is not theirs.
// No page has an id twice.
func TestNoPageLeadsWhereItsReaderMayNotGo(t *testing.T) {
	t.Parallel()
	s := serve(t)
	gates, doors := s.gates(t), http.NewServeMux()
	byPattern := map[string]gate{}
	for _, g := range gates {
		pattern := g.method + " " + g.path
		if strings.HasSuffix(g.path, "/") {
			pattern += "{$}"
		}
		byPattern[pattern] = g
		doors.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
	}
	leadsTo := func(method, path string) (gate, bool) {
		r, err := http.NewRequestWithContext(t.Context(), method, path, nil)
		if err != nil {
			return gate{}, false
		}
		_, pattern := doors.Handler(r)
		g, known := byPattern[pattern]
		return g, known
	}
	s.Exec(t, `DELETE FROM app.passkeys`) // the fixture's accountants would be asked for a second factor
	client, pages, ways := s.client(), 0, 0
	for _, role := range identity.Roles {
		cookie := s.signIn(t, testkit.A, string(role)+"@a.example")
		for _, g := range gates {
			if g.api || g.open || g.method != http.MethodGet || !slices.Contains(role.Permissions(), g.needs) {
				continue
			}
			shown := s.send(t, client, ask{method: "GET", host: host(g.slug), path: g.of(true), cookie: cookie})
			if shown.status != http.StatusOK {
				continue // without what it needs, as the code of a link
			}
			pages++
			onceEach(t, g.path, shown.body)
			for _, m := range way.FindAllStringSubmatch(shown.body, -1) {
				method := http.MethodPost
				if m[1] == "a" || strings.Contains(m[0], `method="get"`) {
					method = http.MethodGet
				}
				to, known := leadsTo(method, m[3])
				if !known || to.open {
					continue
				}
				if ways++; !slices.Contains(role.Permissions(), to.needs) {
					t.Errorf("%s is shown a way to %s %s on %s", role, to.method, to.path, g.path)
				}
			}
		}
	}
	if pages < 100 || ways < 1000 {
		t.Errorf("%d pages with %d ways were looked at: too few to show anything", pages, ways)
	}
	t.Logf("%d pages, %d ways", pages, ways)
}
