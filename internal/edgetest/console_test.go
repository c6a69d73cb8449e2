package edgetest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// TestConsoleIsForOperatorsAlone is S02 and S30: every page and form of the console asks for an operator with a second
// factor, and nothing of a company's customers stands on any of them.
func TestConsoleIsForOperatorsAlone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var forms, pages []string
	for _, r := range s.app.Routes(&shell.Pages{}).Apex {
		if !r.Operator {
			continue
		}
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = strings.NewReplacer("{id}", testkit.A.ID.String(), "{override}", "01890000-0000-7000-8000-000000000000", "{task}", "1", "{hint}", "evt_1", "{kind}", "pays_twice", "{about}", "sub_1").Replace(path)
		if method == http.MethodGet {
			pages = append(pages, path)
		} else {
			forms = append(forms, path)
		}
	}
	if len(pages) < 16 || len(forms) < 13 {
		t.Fatalf("only %d pages and %d forms of operators were found", len(pages), len(forms))
	}
	owners := s.signIn(t, testkit.A, owner(testkit.A))
	for _, cookie := range []string{"", owners, strings.Replace(owners, "__Host-session", "__Host-operator", 1)} {
		for _, path := range pages {
			if got := s.send(t, s.client(), ask{method: "GET", host: base, path: path, cookie: cookie}); got.status != http.StatusSeeOther || got.header.Get("Location") != "/operator/login" {
				t.Errorf("%s without an operator: %s", path, got)
			}
		}
		for _, path := range forms {
			if got := s.send(t, s.client(), ask{method: "POST", host: base, path: path, cookie: cookie, media: form, body: "idempotency_key=" + rnd()}); got.status != http.StatusUnauthorized {
				t.Errorf("%s without an operator: %s", path, got)
			}
		}
	}
	h := s.operator(t)
	for _, path := range pages {
		want := http.StatusOK
		switch {
		case strings.HasSuffix(path, "/end"), strings.HasSuffix(path, "/settle"):
			want = http.StatusNotFound // an override, a finding of nobody
		case strings.HasSuffix(path, "/ask"):
			want = http.StatusUnprocessableEntity // of no company
		}
		got := h.apex("GET", path, nil)
		if got.status != want {
			t.Errorf("%s: %s", path, got)
		}
		onceEach(t, path, got.body)
		for _, theirs := range []string{"Dana", "Ruiz", "a.example", "12 Oak", "Q-2026", "SENTINEL@"} {
			if strings.Contains(got.body, theirs) {
				t.Errorf("%s shows %q", path, theirs)
			}
		}
		if got := s.send(t, s.client(), ask{method: "GET", host: host("alpha"), path: path, cookie: h.cookie}); got.status != http.StatusNotFound {
			t.Errorf("%s on a company's host: %s", path, got)
		}
	}
	if got := h.apex("GET", "/operator/organizations/01890000-0000-7000-8000-000000000000", nil); got.status != http.StatusNotFound {
		t.Errorf("a company of nobody: %s", got)
	}
}

// TestConsoleStopsAndExplains is a call from its beginning: the company is found, stopped, asked about, and let go.
func TestConsoleStopsAndExplains(t *testing.T) {
	t.Parallel()
	s := serve(t)
	h := s.operator(t)
	company := "/operator/organizations/" + testkit.A.ID.String()
	if got := h.apex("GET", "/operator/organizations?q="+url.QueryEscape("owner@a.example"), nil); !strings.Contains(got.body, company) || strings.Contains(got.body, testkit.B.ID.String()) {
		t.Errorf("found by e-mail: %s", got)
	}
	if got := h.apex("POST", company+"/stop", url.Values{"reason": {"no"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %s", got)
	}
	if got := h.apex("POST", company+"/stop", url.Values{"reason": {"sends spam"}}); got.status != http.StatusSeeOther {
		t.Fatalf("stopped: %s", got)
	}
	if got := h.apex("GET", company+"/why?thing=send_quote", nil); !strings.Contains(got.body, "An operator stopped the company") || !strings.Contains(got.body, "sends spam") {
		t.Errorf("asked why: %s", got)
	}
	if got := h.at(h.owner, "GET", "/customers", nil); got.status != http.StatusForbidden {
		t.Errorf("the owner of a stopped company: %s", got)
	}
	stop := testkit.Value[string](t, s.Database, `SELECT id::text FROM platform.plan_overrides WHERE org_id = $1 AND kind = 'hold'`, testkit.A.ID)
	if got := h.apex("POST", company+"/overrides/"+stop+"/end", url.Values{"reason": {"a misunderstanding"}}); got.status != http.StatusSeeOther {
		t.Errorf("let go: %s", got)
	}
	if got := h.apex("POST", company+"/grant", url.Values{"kind": {"limit"}, "metric": {"jobs"}, "limit": {"700"}, "reason": {"spring rush"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Choose the day on which it ends.") {
		t.Errorf("granted without an end: %s", got)
	}
	if got := h.apex("POST", "/operator/notice", url.Values{"text": {"On Sunday the platform is read-only."}, "until": {"2999-01-01"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a notice for ever: %s", got)
	}
	if got := h.apex("GET", "/operator/log", nil); !strings.Contains(got.body, "a misunderstanding") || !strings.Contains(got.body, "Alpha Fence") {
		t.Errorf("the log: %s", got)
	}
}
