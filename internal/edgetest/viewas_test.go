package edgetest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/testkit"
)

// TestViewAsChangesNothing walks every page and form as an owner who looks through each other role: pages open and
// refuse as for the role, under a strip that says so; no form does anything; the end is at once.
func TestViewAsChangesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie := s.client(), s.signIn(t, testkit.A, owner(testkit.A))
	post := func(path string, values url.Values) answer {
		values.Set("idempotency_key", rnd())
		return s.send(t, client, ask{method: "POST", host: host("alpha"), path: path, cookie: cookie, media: form, body: values.Encode()})
	}
	refusedForms, pages := 0, 0
	for _, role := range identity.Roles[1:] {
		if got := post("/settings/roles/view-as", url.Values{"role": {string(role)}}); got.status != http.StatusSeeOther {
			t.Fatalf("view as %s: %s", role, got)
		}
		s.Untouched(t, testkit.A, func() {
			for _, g := range s.gates(t) {
				if g.api || g.open || strings.Contains(g.path, "logout") || strings.HasSuffix(g.path, "view-as/end") {
					continue
				}
				in := ask{method: g.method, host: host("alpha"), path: g.of(true), cookie: cookie}
				if g.changes() {
					in.media, in.body = form, url.Values{"idempotency_key": {rnd()}, "version": {"1"}, "name": {"x"}}.Encode()
				}
				got := s.send(t, client, in)
				may := slices.Contains(role.Permissions(), g.needs)
				switch {
				case g.changes():
					refusedForms++
					if got.status != http.StatusForbidden {
						t.Errorf("as %s the owner sent %s: %s", role, g.path, got)
					}
				case !may && got.status != http.StatusForbidden:
					t.Errorf("as %s the owner opens %s: %s", role, g.path, got)
				case may && got.status == http.StatusForbidden:
					t.Errorf("as %s the owner is refused %s: %s", role, g.path, got)
				case got.status != http.StatusSeeOther && strings.HasPrefix(got.header.Get("Content-Type"), "text/html") && !strings.Contains(got.body, "You see this as "+role.Label()):
					t.Errorf("as %s the page %s does not say so", role, g.path)
				default:
					pages++
				}
			}
		})
		if got := post("/view-as/end", url.Values{}); got.status != http.StatusSeeOther {
			t.Fatalf("end viewing: %s", got)
		}
		if got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/settings/roles", cookie: cookie}); got.status != http.StatusOK || strings.Contains(got.body, "You see this as") {
			t.Fatalf("after the end: %s", got)
		}
	}
	for _, email := range []string{"admin@a.example", "office@a.example"} {
		got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/settings/roles/view-as", cookie: s.signIn(t, testkit.A, email), media: form, body: "role=crew&idempotency_key=" + rnd()})
		if got.status != http.StatusForbidden {
			t.Errorf("%s views as crew: %s", email, got)
		}
	}
	t.Logf("%d pages opened or refused as for the role, %d forms refused", pages, refusedForms)
}
