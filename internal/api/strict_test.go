package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/testkit"
)

// TestWhatIsNotUnderstoodIsRefused sends each kind of bad request once.
func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := w.token(t, testkit.A, identity.Owner)
	post := func(body string) request {
		return request{method: "POST", path: "/v1/customers", token: token, body: body}
	}
	get := func(path string) request { return request{method: "GET", path: path, token: token} }
	for name, c := range map[string]struct {
		in       request
		status   int
		code     string
		pointers []string
	}{
		"another casing":           {post(`{"Name":"Dana"}`), 422, "invalid-input", []string{"/Name", "/name"}},
		"unknown member":           {post(`{"name":"Dana","nick":"D"}`), 422, "invalid-input", []string{"/nick"}},
		"unknown member inside":    {post(`{"name":"Dana","property":{"street":"1 X","zip":"78701","zap":1}}`), 422, "invalid-input", []string{"/property/zap"}},
		"member with dot and bar":  {post(`{"name":"Dana","a.b/c[0]":1}`), 422, "invalid-input", []string{"/a.b~1c[0]"}},
		"name given twice":         {post(`{"name":"Dana","name":"Eve"}`), 400, "malformed-request", []string{"/name"}},
		"name given twice inside":  {post(`{"name":"Dana","property":{"zip":"1","zip":"2"}}`), 400, "malformed-request", []string{"/property/zip"}},
		"missing member":           {post(`{"company":"Ruiz"}`), 422, "invalid-input", []string{"/name"}},
		"number for a text":        {post(`{"name":7}`), 422, "invalid-input", []string{"/name"}},
		"text for a flag":          {post(`{"name":"Dana","property":{"street":"1 X","zip":"78701","has_dog":"yes"}}`), 422, "invalid-input", []string{"/property/has_dog"}},
		"list for an object":       {post(`[]`), 422, "invalid-input", []string{""}},
		"null for an object":       {post(`null`), 422, "invalid-input", nil},
		"text of the business":     {post(`{"name":"Dana","phone":"12"}`), 422, "invalid-input", []string{"/phone"}},
		"unknown parameter":        {get("/v1/customers?nick=D"), 422, "invalid-input", []string{"/nick"}},
		"parameter of another op":  {get("/v1/people?limit=5"), 422, "invalid-input", []string{"/limit"}},
		"parameter of a POST":      {request{method: "POST", path: "/v1/customers?x=1", token: token, body: `{"name":"D"}`}, 422, "invalid-input", []string{"/x"}},
		"repeated parameter":       {get("/v1/customers?limit=5&limit=6"), 422, "invalid-input", []string{"/limit"}},
		"another casing parameter": {get("/v1/customers?Limit=5"), 422, "invalid-input", []string{"/Limit"}},
		"control in a parameter":   {get("/v1/customers?q=a%00b"), 422, "invalid-input", []string{"/q"}},
		"control in its name":      {get("/v1/customers?q%00=a"), 422, "invalid-input", []string{"/q\uFFFD"}},
		"broken UTF-8 parameter":   {get("/v1/customers?q=%ff%fe"), 422, "invalid-input", []string{"/q"}},
		"broken escape":            {get("/v1/customers?q=%zz"), 400, "malformed-request", nil},
		"semicolon":                {get("/v1/customers?limit=5;q=a"), 400, "malformed-request", nil},
		"limit of zero":            {get("/v1/customers?limit=0"), 422, "invalid-input", []string{"/limit"}},
		"limit past the most":      {get("/v1/customers?limit=101"), 422, "invalid-input", []string{"/limit"}},
		"limit in words":           {get("/v1/customers?limit=ten"), 422, "invalid-input", []string{"/limit"}},
		"status of nobody":         {get("/v1/customers?status=lost"), 422, "invalid-input", []string{"/status"}},
		"search of one letter":     {get("/v1/customers?q=a"), 422, "invalid-input", []string{"/q"}},
		"cursor of nobody":         {get("/v1/customers?cursor=abc"), 422, "invalid-input", []string{"/cursor"}},
		"id that cannot be one":    {get("/v1/customers/12"), 404, "not-found", nil},
		"id in another spelling":   {get("/v1/customers/{" + testkit.A.Customer().String() + "}"), 404, "not-found", nil},
		"no content type":          {request{method: "POST", path: "/v1/customers", token: token, body: `{"name":"D"}`, media: "text/plain"}, 415, "unsupported-media-type", nil},
		"content type of forms":    {request{method: "POST", path: "/v1/customers", token: token, body: `name=D`, media: "application/x-www-form-urlencoded"}, 415, "unsupported-media-type", nil},
		"merge patch for a POST":   {request{method: "POST", path: "/v1/customers", token: token, body: `{"name":"D"}`, media: "application/merge-patch+json"}, 415, "unsupported-media-type", nil},
		"another charset":          {request{method: "POST", path: "/v1/customers", token: token, body: `{"name":"D"}`, media: "application/json; charset=latin1"}, 415, "unsupported-media-type", nil},
		"compressed": {request{method: "POST", path: "/v1/customers", token: token, body: `{"name":"D"}`,
			header: map[string]string{"Content-Encoding": "gzip"}}, 415, "unsupported-media-type", nil},
		"body too large":          {post(`{"name":"` + strings.Repeat("x", maxBody) + `"}`), 413, "body-too-large", nil},
		"no body":                 {post(``), 400, "malformed-request", nil},
		"body where none belongs": {request{method: "POST", path: "/v1/logout", token: token, body: `{}`}, 400, "malformed-request", nil},
		"second value":            {post(`{"name":"Dana"} {"name":"Eve"}`), 400, "malformed-request", nil},
		"cut off":                 {post(`{"name":"Dana"`), 400, "malformed-request", nil},
		"not JSON":                {post(`name: Dana`), 400, "malformed-request", nil},
		"NaN":                     {post(`{"name":NaN}`), 400, "malformed-request", nil},
		"comma at the end":        {post(`{"name":"Dana",}`), 400, "malformed-request", nil},
		"broken UTF-8":            {post("{\"name\":\"Da\xffna\"}"), 400, "malformed-request", nil},
		"half a surrogate":        {post(`{"name":"\ud800"}`), 400, "malformed-request", nil},
		"NUL in a text":           {post(`{"name":"Da\u0000na"}`), 422, "invalid-input", []string{"/name"}},
		"NUL in a member's name":  {post(`{"name":"Dana","a\u0000":1}`), 422, "invalid-input", []string{"/a\uFFFD"}},
		"escape character":        {post(`{"name":"Da\u001bna"}`), 422, "invalid-input", []string{"/name"}},
		"1e400":                   {request{method: "POST", path: "/v1/takeoff", token: token, body: `{"nodes":[{"id":"A","x":1e400,"y":0}]}`}, 422, "invalid-input", []string{"/nodes/0/x"}},
		"1e308":                   {request{method: "POST", path: "/v1/takeoff", token: token, body: strings.Replace(yard, `"x":60`, `"x":1e308`, 1)}, 422, "invalid-input", nil},
		"amount past any":         {request{method: "POST", path: "/v1/materials", token: token, body: `{"name":"P","unit":"each","cost_cents":1e18,"pack":1}`}, 422, "invalid-input", []string{"/cost_cents"}},
		"half a cent":             {request{method: "POST", path: "/v1/materials", token: token, body: `{"name":"P","unit":"each","cost_cents":1.5,"pack":1}`}, 422, "invalid-input", []string{"/cost_cents"}},
		"too many members":        {post(`{"name":"Dana"` + strangers(1_000) + `}`), 422, "invalid-input", []string{""}},
		"no version":              {request{method: "PATCH", path: "/v1/customers/" + testkit.A.Customer().String(), token: token, body: `{}`}, 428, "version-required", nil},
		"version of words": {request{method: "PATCH", path: "/v1/customers/" + testkit.A.Customer().String(), token: token, body: `{}`,
			header: map[string]string{"If-Match": "latest"}}, 422, "invalid-input", []string{"/If-Match"}},
		"long key": {request{method: "POST", path: "/v1/customers", token: token, body: `{"name":"D"}`,
			header: map[string]string{"Idempotency-Key": strings.Repeat("k", 256)}}, 422, "invalid-input", []string{"/Idempotency-Key"}},
		"path of nobody":          {get("/v1/fences"), 404, "not-found", nil},
		"slash at the end":        {get("/v1/customers/"), 404, "not-found", nil},
		"version one by itself":   {get("/v1"), 404, "not-found", nil},
		"method of nobody":        {request{method: "DELETE", path: "/v1/customers", token: token}, 405, "method-not-allowed", nil},
		"method that is no word":  {request{method: "BREW", path: "/v1/customers", token: token}, 405, "method-not-allowed", nil},
		"preflight":               {request{method: "OPTIONS", path: "/v1/customers", token: token}, 405, "method-not-allowed", nil},
		"token that is none":      {request{method: "GET", path: "/v1/customers", token: "nonsense"}, 401, "unauthenticated", nil},
		"no token":                {request{method: "GET", path: "/v1/customers"}, 401, "unauthenticated", nil},
		"a page of another site":  {request{method: "POST", path: "/v1/login", body: `{"email":"a","password":"b"}`, header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403, "cross-origin", nil},
		"a cookie instead of one": {request{method: "GET", path: "/v1/customers", header: map[string]string{"Cookie": "__Host-session=" + token}}, 401, "unauthenticated", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantProblem(t, w.send(t, c.in), c.status, c.code, c.pointers...)
		})
	}
}

// strangers are so many members that nobody knows.
func strangers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"m%d":1`, i)
	}
	return b.String()
}

const yard = `{"nodes":[{"id":"A","x":0,"y":40},{"id":"B","x":0,"y":0},{"id":"C","x":60,"y":0},{"id":"D","x":60,"y":40}],
	"segments":[{"id":"s1","from":"A","to":"B"},{"id":"s2","from":"B","to":"C"},{"id":"s3","from":"C","to":"D"}],
	"gates":[{"id":"g1","segment":"s1","offset_ft":8,"opening_in":48,"kind":"walk"}],
	"style":{"kind":"wood","height_ft":6,"post_spacing_ft":8,"rails":3}}`

func TestNoProblemRepeatsTheBody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := w.token(t, testkit.A, identity.Owner)
	const secret = "4111-1111-1111-1111"
	for _, body := range []string{
		`{"name":"` + secret + `\u0000"}`, `{"name":["` + secret + `"]}`, `{"phone":"` + secret + `"}`, `{"name":"` + secret + `"`,
		`{"name":"D","property":{"zip":"` + secret + `"}}`, `{"name":"D","email":"` + secret + `"}`,
	} {
		if got := w.send(t, request{method: "POST", path: "/v1/customers", token: token, body: body}); strings.Contains(got.body, secret) || got.status < 400 {
			t.Errorf("%s was answered %d %s", body, got.status, got.body)
		}
	}
	for _, path := range []string{"/v1/customers?cursor=" + secret, "/v1/customers?limit=" + secret, "/v1/customers/" + secret,
		"/v1/pricing-zones/match?zip=" + secret, "/v1/audit-entries?record_type=x&record_id=" + secret} {
		if got := w.send(t, request{method: "GET", path: path, token: token}); strings.Contains(got.body, secret) || got.status < 400 {
			t.Errorf("%s was answered %d %s", path, got.status, got.body)
		}
	}
}

func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.as(t, "POST", "/v1/customers", `{"nick":"D","name":1,"property":{"zip":2,"zap":3}}`)
	wantProblem(t, got, 422, "invalid-input", "/nick", "/name", "/property/zip", "/property/zap", "/property/street")
	if many := w.as(t, "POST", "/v1/customers", `{"a`+strings.Repeat(`":1,"a`, 3)+`":1}`); many.status != 400 {
		t.Errorf("repeated names: %d", many.status)
	}
	var names strings.Builder
	for i := range 100 {
		names.WriteString(`"x` + strings.Repeat("y", i) + `":1,`)
	}
	_, errors, _ := problemOf(t, w.as(t, "POST", "/v1/customers", `{`+names.String()+`"name":"D"}`))
	if len(errors) != maxProblems {
		t.Errorf("%d problems are listed, want %d", len(errors), maxProblems)
	}
}

func TestAnEndlessBodyIsRefusedBeforeItEnds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r, err := http.NewRequestWithContext(t.Context(), "POST", w.server.URL+"/v1/customers", endless{})
	if err != nil {
		t.Fatal(err)
	}
	r.Host, r.ContentLength = "alpha.fence.localhost:8080", 1<<30
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+w.token(t, testkit.A, identity.Owner))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != 413 {
		t.Errorf("a body of 1 GiB: %d, want 413", answer.StatusCode)
	}
}

// endless is a body that never ends.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestOtherMethodsAreNamed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.as(t, "DELETE", "/v1/customers/"+testkit.A.Customer().String(), "")
	if allow := got.header.Get("Allow"); allow != "GET, PATCH" {
		t.Errorf("Allow is %q, want GET, PATCH", allow)
	}
	_, _, facts := problemOf(t, got)
	if facts["allowed"] == nil {
		t.Errorf("problem %s does not say what is allowed", got.body)
	}
}

func TestAnswersAreOnePieceOfPlainJSON(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.as(t, "GET", "/v1/customers", "", "Accept", "text/html")
	for name, want := range map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store", "Link": ""} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
		}
	}
	if got.header.Get("Content-Length") == "" || strings.Contains(got.body, "$schema") || got.status != 200 {
		t.Errorf("answer %d %v %s", got.status, got.header, got.body)
	}
}
