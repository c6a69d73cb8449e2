package edgetest

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"fenceplatform.com/fence/internal/testkit"
)

// helper is an operator of the platform as a browser has them.
type helper struct {
	*site
	t      *testing.T
	client *http.Client
	cookie string // at the apex
	guest  string // on alpha's host
	owner  string
}

// operator makes an account, sets it up in a browser and logs in.
func (s *site) operator(t *testing.T) *helper {
	t.Helper()
	_, code, err := s.app.Services.Operators.Add(t.Context(), "Olivia Reyes", "olivia@platform.example")
	if err != nil {
		t.Fatal(err)
	}
	h := &helper{site: s, t: t, client: s.client(), owner: s.signIn(t, testkit.A, owner(testkit.A))}
	h.take(h.apex("POST", "/operator/setup", url.Values{"code": {code}, "password": {password}}))
	page := h.apex("GET", "/operator/second", nil)
	key := regexp.MustCompile(`id="totp-secret">([A-Z2-7 ]+)<`).FindStringSubmatch(page.body)
	if key == nil {
		t.Fatalf("no second factor is set up: %s", page)
	}
	digits, err := totp.GenerateCode(strings.ReplaceAll(key[1], " ", ""), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	// The password alone opens nothing.
	if got := h.apex("GET", "/operator", nil); got.status != http.StatusSeeOther || got.header.Get("Location") != "/operator/login" {
		t.Errorf("an operator without a second factor: %s", got)
	}
	h.take(h.apex("POST", "/operator/second", url.Values{"code": {digits}}))
	return h
}

// take keeps the operator's cookie of an answer.
func (h *helper) take(got answer) {
	h.t.Helper()
	for _, c := range (&http.Response{Header: got.header}).Cookies() {
		if c.Name == "__Host-operator" && c.Value != "" {
			h.cookie = c.Name + "=" + c.Value
			return
		}
	}
	h.t.Fatalf("no operator's session: %s", got)
}

func (h *helper) apex(method, path string, values url.Values) answer {
	h.t.Helper()
	in := ask{method: method, host: base, path: path, cookie: h.cookie}
	if method == "POST" {
		in.media, in.body = form, withKey(values)
	}
	return h.send(h.t, h.client, in)
}

// at is a request on alpha's host by a cookie.
func (h *helper) at(cookie, method, path string, values url.Values) answer {
	h.t.Helper()
	in := ask{method: method, host: host("alpha"), path: path, cookie: cookie}
	if method == "POST" {
		in.media, in.body = form, withKey(values)
	}
	return h.send(h.t, h.client, in)
}

func withKey(values url.Values) string {
	if values == nil {
		values = url.Values{}
	}
	values.Set("idempotency_key", rnd())
	return values.Encode()
}

const question = "Find out why a quote was not mailed"

// letIn asks, has the owner grant, and goes in.
func (h *helper) letIn(may string) (access string) {
	h.t.Helper()
	if got := h.apex("POST", "/operator/requests", url.Values{"address": {"alpha"}, "purpose": {question}, "may": {may}, "minutes": {"60"}}); got.status != http.StatusSeeOther {
		h.t.Fatalf("ask: %s", got)
	}
	access = testkit.Value[string](h.t, h.Database, `SELECT id::text FROM app.support_access WHERE org_id = $1 AND state = 'asked'`, testkit.A.ID)
	if got := h.at(h.owner, "POST", "/settings/support/"+access+"/grant", url.Values{"minutes-" + access: {"30"}}); got.status != http.StatusSeeOther {
		h.t.Fatalf("grant: %s", got)
	}
	got := h.apex("POST", "/operator/requests/"+access+"/open", nil)
	to, err := url.Parse(got.header.Get("Location"))
	if err != nil || got.status != http.StatusSeeOther || to.Host != host("alpha") || to.Path != "/support/start" {
		h.t.Fatalf("open: %s", got)
	}
	code := to.Query().Get("code")
	h.guest = sessionOf(h.t, h.at("", "POST", "/support/start", url.Values{"code": {code}}))
	if got := h.at("", "POST", "/support/start", url.Values{"code": {code}}); got.status != http.StatusUnprocessableEntity {
		h.t.Errorf("the code a second time: %s", got)
	}
	return access
}

func (h *helper) views() int {
	return testkit.Value[int](h.t, h.Database, `SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1 AND action = 'support.viewed' AND on_behalf_of = $2`, testkit.A.ID, testkit.A.Owner())
}

// TestSupportSeesOnlyWhatItWasLetIn is S30: every page and form of a company as support that was let in to read. What
// it may see it sees under a banner, and in the log with both people; it changes nothing; the end is at once.
func TestSupportSeesOnlyWhatItWasLetIn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	h := s.operator(t)
	s.Untouched(t, testkit.B, func() {
		access := h.letIn("read")
		if got := h.at(s.signIn(t, testkit.A, "crew@a.example"), "GET", "/jobs", nil); !strings.Contains(got.body, "Fence support (Olivia Reyes) can see this account until") || strings.Contains(got.body, "End now") {
			t.Errorf("the crew is not told: %s", got)
		}
		if got := h.at(h.owner, "GET", "/customers", nil); !strings.Contains(got.body, question) || !strings.Contains(got.body, "End now") {
			t.Errorf("the owner is not told: %s", got)
		}
		before := h.counts()
		pages, refused := 0, 0
		for _, g := range s.gates(t) {
			if g.api || g.path == "/support/end" || g.path == "/support/start" {
				continue
			}
			noted := h.views()
			got := h.at(h.guest, g.method, g.of(true), url.Values{"version": {"1"}, "name": {"x"}})
			switch {
			case g.changes():
				refused++
				if got.status != http.StatusForbidden {
					t.Errorf("support sent %s: %s", g.path, got)
				}
			case got.status == http.StatusForbidden:
				if strings.HasSuffix(string(g.needs), ".read") && !slices.Contains([]string{"settings.read", "people.read", "usage.read", "audit.read"}, string(g.needs)) {
					t.Errorf("support is refused %s: %s", g.path, got)
				}
			default:
				pages++
				if h.views() != noted+1 {
					t.Errorf("%s is not in the log", g.path)
				}
				if !g.open && strings.HasPrefix(got.header.Get("Content-Type"), "text/html") && got.status < 300 && !strings.Contains(got.body, "as support until") {
					t.Errorf("%s does not say who sees it", g.path)
				}
			}
		}
		if after := h.counts(); before != after {
			t.Errorf("support that reads changed something: %s, then %s", before, after)
		}
		if pages < 15 || refused < 40 {
			t.Errorf("%d pages and %d forms: are they all asked for?", pages, refused)
		}
		if got := s.send(t, h.client, get("/v1/customers", strings.TrimPrefix(h.guest, "__Host-session=")).on("alpha")); got.status != http.StatusUnauthorized {
			t.Errorf("support has an API: %s", got)
		}
		if got := h.at(h.owner, "POST", "/settings/support/"+access+"/end", nil); got.status != http.StatusSeeOther {
			t.Fatalf("end: %s", got)
		}
		if got := h.at(h.guest, "GET", "/customers", nil); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/login") {
			t.Errorf("after the end: %s", got)
		}
		t.Logf("%d pages seen and noted, %d forms refused", pages, refused)
	})
}

// counts are all of A's rows but what is written about support itself.
func (h *helper) counts() string {
	var sums []string
	for _, table := range h.TenantTables(h.t) {
		if strings.Contains(table, "audit_") || strings.Contains(table, "support_") || strings.Contains(table, "sessions") {
			continue
		}
		sums = append(sums, testkit.Value[string](h.t, h.Database, "SELECT coalesce(md5(string_agg(r::text, '' ORDER BY r::text)), '') FROM "+table+" r WHERE org_id = $1", testkit.A.ID))
	}
	return strings.Join(sums, " ")
}

// TestSupportThatMayChangeThings is S30: the office's deeds, and never those that no access has.
func TestSupportThatMayChangeThings(t *testing.T) {
	t.Parallel()
	s := serve(t)
	h := s.operator(t)
	access := h.letIn("write")
	got := h.at(h.guest, "POST", "/customers", url.Values{"name": {"Made by support"}})
	if got.status != http.StatusSeeOther {
		t.Fatalf("a customer: %s", got)
	}
	by := testkit.Value[string](t, s.Database, `SELECT actor_id::text || ' ' || on_behalf_of::text FROM app.audit_entries WHERE org_id = $1 AND action = 'customer.created' ORDER BY seq DESC LIMIT 1`, testkit.A.ID)
	operator := testkit.Value[string](t, s.Database, `SELECT operator_id::text FROM app.support_access WHERE id = $1`, access)
	if by != operator+" "+testkit.A.Owner().String() {
		t.Errorf("the customer was made by %s, want operator and owner", by)
	}
	for path, values := range map[string]url.Values{
		"/settings/people/invite": {"email": {"eve@x.example"}, "role": {"admin"}}, "/settings/api-keys": {"name": {"x"}}, "/settings/company": {"name": {"x"}, "version": {"1"}},
		"/settings/log-in": {"second_factor": {"yes"}}, "/settings/audit/export": {"format": {"csv"}}, "/settings/support/" + access + "/grant": {"minutes-" + access: {"240"}},
		"/account/password": {"password": {"x"}}, "/settings/roles/view-as": {"role": {"crew"}}, "/login": {"email": {owner(testkit.A)}, "password": {password}},
	} {
		if got := h.at(h.guest, "POST", path, values); got.status != http.StatusForbidden {
			t.Errorf("support sent %s: %s", path, got)
		}
	}
	// The operator's own end.
	if got := h.at(h.guest, "POST", "/support/end", nil); got.status != http.StatusSeeOther || got.header.Get("Location") != "http://"+base+"/operator" {
		t.Errorf("end: %s", got)
	}
	if got := h.at(h.guest, "GET", "/customers", nil); got.status != http.StatusSeeOther {
		t.Errorf("after the end: %s", got)
	}
}

// TestNoPageForSupportWithoutItsEntry is S30: a view that cannot be noted is not answered.
func TestNoPageForSupportWithoutItsEntry(t *testing.T) {
	t.Parallel()
	s := serve(t)
	h := s.operator(t)
	h.letIn("read")
	s.Exec(t, `ALTER TABLE app.audit_entries ADD CONSTRAINT takes_nothing CHECK (action <> 'support.viewed') NOT VALID`)
	got := h.at(h.guest, "GET", "/customers/"+testkit.A.Customer().String(), nil)
	if got.status != http.StatusServiceUnavailable || strings.Contains(got.body, "Dana Ruiz") {
		t.Errorf("a page without its entry: %s", got)
	}
}

// TestOperatorsHaveNoWayWithoutLeave is S30: pages of the apex, other people's access, what is not granted.
func TestOperatorsHaveNoWayWithoutLeave(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, path := range []string{"/operator", "/operator/ask?address=alpha"} {
		if got := s.send(t, s.client(), ask{method: "GET", host: base, path: path}); got.status != http.StatusSeeOther || got.header.Get("Location") != "/operator/login" {
			t.Errorf("%s to somebody: %s", path, got)
		}
	}
	if got := s.send(t, s.client(), ask{method: "GET", host: host("alpha"), path: "/operator"}); got.status != http.StatusNotFound {
		t.Errorf("/operator on a company's host: %s", got)
	}
	h := s.operator(t)
	if got := h.at(h.cookie, "GET", "/customers", nil); got.status != http.StatusSeeOther {
		t.Errorf("an operator's cookie on a company's host: %s", got)
	}
	for path, want := range map[string]int{"/operator": http.StatusOK, "/operator/ask?address=alpha": http.StatusOK, "/operator/ask?address=nobody": http.StatusUnprocessableEntity} {
		got := h.apex("GET", path, nil)
		if got.status != want || strings.Contains(got.body, "Dana Ruiz") || strings.Contains(got.body, "a.example") {
			t.Errorf("%s: %s", path, got)
		}
	}
	for values, want := range map[string]int{
		"address=alpha&purpose=&may=read&minutes=60": http.StatusUnprocessableEntity, "address=alpha&purpose=" + url.QueryEscape(question) + "&may=read&minutes=241": http.StatusUnprocessableEntity,
	} {
		in, _ := url.ParseQuery(values) // as written here
		if got := h.apex("POST", "/operator/requests", in); got.status != want {
			t.Errorf("%s: %s", values, got)
		}
	}
	others := testkit.Value[string](t, s.Database, `SELECT id::text FROM app.support_access WHERE org_id = $1`, testkit.B.ID) // of another operator, in B
	for _, access := range []string{others, "01890000-0000-7000-8000-000000000000", "x"} {
		for _, deed := range []string{"/open", "/end"} {
			if got := h.apex("POST", "/operator/requests/"+access+deed, nil); got.status != http.StatusNotFound {
				t.Errorf("%s%s: %s", access, deed, got)
			}
		}
	}
	// Disabled, nothing of it is left.
	h.letIn("read")
	if _, err := s.app.Services.Operators.Disable(context.WithoutCancel(t.Context()), "olivia@platform.example"); err != nil {
		t.Fatal(err)
	}
	if got := h.at(h.guest, "GET", "/customers", nil); got.status != http.StatusSeeOther {
		t.Errorf("a disabled operator inside: %s", got)
	}
	if got := h.apex("GET", "/operator", nil); got.status != http.StatusSeeOther {
		t.Errorf("a disabled operator at the apex: %s", got)
	}
	if said := s.log.String(); strings.Contains(said, "Olivia") || strings.Contains(said, "olivia") || !strings.Contains(said, "operator logged in") || !strings.Contains(said, "support granted") {
		t.Error("the log names a person, or does not tell what operators did")
	}
}
