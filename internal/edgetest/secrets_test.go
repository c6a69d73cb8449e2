package edgetest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/testkit"
)

// hashColumns are every column of the database that keeps a hash of a secret.
func (s *site) hashColumns(t *testing.T) []string {
	t.Helper()
	return testkit.Values[string](t, s.Database, `SELECT c.oid::regclass || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'app'::regnamespace AND c.relkind = 'r' AND a.attname IN ('password_hash', 'token_hash', 'secret_hash', 'code_hash') ORDER BY 1`)
}

// TestNoAnswerHasSecrets is S04: every page and every answer of the API, as every role, is searched for what is
// kept of passwords, tokens, keys and codes, in each spelling; for names of such columns; for the other company.
// Who may not read people reads no colleague's address.
func TestNoAnswerHasSecrets(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Exec(t, `DELETE FROM app.passkeys`) // the fixture's accountants would be asked for a second factor
	gates, client := s.gates(t), s.client()
	type person struct{ cookie, token string }
	people := map[identity.Role]person{}
	for _, role := range identity.Roles {
		email := string(role) + "@a.example"
		people[role] = person{s.signIn(t, testkit.A, email), s.token(t, testkit.A, email)}
	}
	columns := s.hashColumns(t)
	if len(columns) < 6 {
		t.Fatalf("only %v keep hashes: are they called otherwise now?", columns)
	}
	secrets := map[string]string{"the other company": testkit.Sentinel}
	for _, column := range columns {
		table, name, _ := strings.Cut(strings.TrimPrefix(column, "app."), ".")
		for _, raw := range testkit.Values[[]byte](t, s.Database, `SELECT CASE WHEN pg_typeof(h)::text = 'bytea' THEN h::text::bytea ELSE convert_to(h::text, 'UTF8') END FROM (SELECT `+name+` AS h FROM app.`+table+`) AS k WHERE h IS NOT NULL`) {
			if len(raw) < 16 {
				continue // no password was ever set
			}
			secrets[column+" as it is"] = string(raw)
			secrets[column+" in base64"] = base64.StdEncoding.EncodeToString(raw)
			secrets[column+" for addresses"] = base64.RawURLEncoding.EncodeToString(raw)
		}
	}
	names := regexp.MustCompile(`\b(password_hash|token_hash|secret_hash|code_hash|inner_pad|outer_pad)\b`)
	looked := 0
	for _, g := range gates {
		if g.method != http.MethodGet {
			continue
		}
		for role, who := range people {
			in := ask{method: g.method, host: host(g.slug), path: g.of(true), cookie: who.cookie}
			if g.api {
				in.cookie, in.bearer = "", who.token
			}
			got := s.send(t, client, in)
			looked++
			for what, secret := range secrets {
				if strings.Contains(got.body, secret) {
					t.Errorf("%s as %s tells %s", g.path, role, what)
				}
			}
			for _, own := range []string{who.token, strings.TrimPrefix(who.cookie, "__Host-session=")} {
				if strings.Contains(got.body, own) {
					t.Errorf("%s as %s repeats their own token", g.path, role)
				}
			}
			if found := names.FindString(got.body); found != "" {
				t.Errorf("%s as %s names %s", g.path, role, found)
			}
			for _, other := range identity.Roles {
				if address := string(other) + "@a.example"; role != identity.Owner && role != identity.Admin && other != role && strings.Contains(got.body, address) {
					t.Errorf("%s as %s has a colleague's address, %s", g.path, role, address)
				}
			}
		}
	}
	t.Logf("%d answers searched for %d secrets", looked, len(secrets))
}

// TestAKeyIsShownOnceAndNeverLogged follows a key through the product (S29): made on its page, used, sent where it
// does not belong. The log, written with everything, has no part of it that opens anything.
func TestAKeyIsShownOnceAndNeverLogged(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie := s.client(), s.signIn(t, testkit.A, owner(testkit.A))
	body := url.Values{"name": {"Importer"}, "expires_in_days": {"30"}, "scope-customers": {"customers.read"}, "idempotency_key": {rnd()}}.Encode()
	made := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/settings/api-keys", cookie: cookie, media: form, body: body})
	key := regexp.MustCompile(`fk_[A-Z0-9]{8}\.[\w-]{22}\.[\w-]{43}`).FindString(made.body)
	if made.status != http.StatusOK || key == "" {
		t.Fatalf("no key on the page: %s", made)
	}
	secret := key[strings.LastIndex(key, ".")+1:]
	if again := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/settings/api-keys", cookie: cookie, media: form, body: body}); again.status != http.StatusConflict || strings.Contains(again.body, secret) {
		t.Errorf("the same form again: %s", again)
	}
	for _, in := range []ask{
		{path: "/v1/customers", bearer: key}, {path: "/v1/customers?key=" + key}, {path: "/v1/" + key}, {path: "/" + key}, {path: "/v1/customers", cookie: "__Host-session=" + key},
		{path: "/v1/customers", bearer: key + "x"}, {path: "/settings/api-keys", cookie: cookie}, {path: "/settings/audit", cookie: cookie}, {path: "/v1/customers", header: http.Header{"Referer": {"http://x.example/" + key}}},
	} {
		in.method, in.host = "GET", host("alpha")
		got := s.send(t, client, in)
		if strings.Contains(got.body, secret) || strings.Contains(strings.Join(got.header["Location"], ""), secret) && !strings.Contains(in.path, key) {
			t.Errorf("%s shows the key again: %s", in.path, got)
		}
		if in.bearer == key && got.status != http.StatusOK {
			t.Errorf("the key itself: %s", got)
		}
	}
	if log := s.log.String(); !strings.Contains(log, "/v1/customers") || strings.Contains(log, secret) {
		t.Errorf("the log of %d bytes has the key: %v, want it to have the requests and not the key", len(log), strings.Contains(log, secret))
	}
	for _, table := range s.TenantTables(t) {
		if n := testkit.Value[int](t, s.Database, `SELECT count(*)::int FROM `+table+` r WHERE r::text LIKE '%' || $1 || '%'`, secret); n != 0 {
			t.Errorf("%s keeps the key", table)
		}
	}
}
