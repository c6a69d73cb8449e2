package edgetest

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

// wanted are addresses that crawlers look for and nobody should find (S35).
func wanted() (all []string) {
	all = strings.Fields(`/.git /.git/ /.git/config /.git/HEAD /.git/index /.git/logs/HEAD /.gitignore /.gitlab-ci.yml /.github/workflows /.svn/entries /.hg/ /.bzr/ /CVS/Root
		/.env /.env.local /.env.production /.env.bak /env /.aws/credentials /.ssh/id_rsa /.htaccess /.htpasswd /.npmrc /.dockerenv /.DS_Store /.well-known/ /.well-known/security.key /.vscode/settings.json /.idea/workspace.xml /.cache /.config
		/debug /debug/ /debug/pprof /debug/pprof/ /debug/pprof/heap /debug/pprof/profile /debug/pprof/goroutine /debug/pprof/trace /debug/pprof/cmdline /debug/vars /debug/requests /debug/events /pprof /vars /metrics /metrics/ /livez /readyz /healthz /health /status /info /trace /actuator /actuator/env /actuator/heapdump
		/server-status /server-info /nginx_status /phpinfo.php /info.php /index.php /wp-login.php /wp-admin/ /xmlrpc.php /phpmyadmin/ /adminer.php /cgi-bin/ /cgi-bin/test.cgi /admin /admin/ /administrator /manager/html /console /h2-console /jolokia /solr/ /_cat/indices /_debug /_profiler /__debug__/ /telescope /horizon
		/backup /backup.zip /backup.tar.gz /backup.sql /dump.sql /fence.sql /db.sql /database.sqlite /fence.db /site.tar.gz /www.zip /fence /fence.bak /fence~ /app.js.map /index.html~ /index.html.bak /index.html.old /index.html.swp /.index.html.swp /config.json /config.yaml /config.yml /settings.py /web.config /Dockerfile /docker-compose.yml /Makefile /go.mod /go.sum /main.go /package.json /package-lock.json /README.md /CHANGELOG.md /LICENSE
		/seal.key /keys /key.pem /server.key /privkey.pem /id_rsa /credentials /secrets /postgres/data/PG_VERSION /postgres/data/postgresql.conf /outbox/ /outbox /data/ /var/lib/fence /etc/passwd /proc/self/environ /dev/mail /dev/ /dev/null /tmp/ /logs /log /error.log /access.log
		/assets /assets/ /assets/. /assets/manifest.json /assets/.keep /assets/data/ /assets/data/zip.tsv.gz /assets/public/ /assets/app.css /assets/app.js.map /assets//app.css /assets/%2e%2e/manifest.json /assets/..%2fmanifest.json /assets/%2e%2e%2fdata%2fzip.tsv.gz
		/static/ /public/ /uploads/ /files/ /images/ /css/ /js/ /dist/ /src/ /vendor/ /node_modules/ /client/ /e2e/ /internal/ /docs/ /docs/architecture.md /kit/ /gallery /gallery/ /_gallery
		/graphql /graphiql /swagger /swagger.json /swagger-ui.html /swagger/index.html /openapi /openapi.json /openapi.yaml /redoc /api /api/ /api/docs /api/v1 /v1/ /v1/docs /v1/debug /v1/metrics /v1/admin /v1/internal /v1/users /v1/orgs /v1/organizations /v2 /v2/ /v0/ /rpc /soap /ws /socket.io/ /webhooks/stripe /oauth /oauth/token /sso /saml /scim/v2/Users
		/autodiscover/autodiscover.xml /crossdomain.xml /clientaccesspolicy.xml /security.txt /humans.txt /ads.txt /sitemap.xml /.well-known/openid-configuration /.well-known/jwks.json /.well-known/change-password`)
	for _, name := range []string{"customers", "quotes", "index", "fence", "login"} {
		for _, tail := range []string{".bak", ".old", ".orig", ".save", ".swp", ".tmp", ".zip", ".tar.gz", ".sql", ".json", ".xml", ".html", ".php", "~", ".1", ".copy"} {
			all = append(all, "/"+name+tail)
		}
	}
	return all
}

// TestNothingElseIsServed crawls the apex and a company, as nobody and as its owner (S35).
func TestNothingElseIsServed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie := s.client(), s.signIn(t, testkit.A, owner(testkit.A))
	addresses := wanted()
	for _, path := range addresses {
		for _, in := range []ask{{host: base}, {host: host("alpha")}, {host: host("alpha"), cookie: cookie}} {
			for _, method := range []string{"GET", "POST"} {
				in.method, in.path = method, path
				got := s.send(t, client, in)
				for hops := 0; got.status == http.StatusTemporaryRedirect && hops < 3; hops++ { // to the same address, spelled plainly
					in.path = got.header.Get("Location")
					got = s.send(t, client, in)
				}
				if got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed && got.status != http.StatusBadRequest {
					t.Errorf("%s %s%s: %s", method, in.host, path, got)
				}
				if strings.Contains(got.body, "Index of") || strings.Contains(got.body, "[running]") || strings.Contains(got.body, "<pre>") {
					t.Errorf("%s %s%s lists or dumps: %s", method, in.host, path, got)
				}
			}
		}
	}
	t.Logf("%d addresses", len(addresses))
}

// TestProbesShowNothingElse: the operator's listener has three addresses, and no profiler.
func TestProbesShowNothingElse(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, path := range append(wanted(), "/", "/login", "/v1/customers", "/debug/pprof/symbol", "/quit", "/config") {
		res, err := http.Get("http://" + s.admin + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if probe := slices.Contains([]string{"/livez", "/readyz", "/metrics"}, path); res.StatusCode != http.StatusNotFound && !probe {
			t.Errorf("%s: %d %.200s", path, res.StatusCode, b)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", path, res.Header)
		}
	}
}

// TestNoMethodEchoesOrTunnels sends each method that is not ours to every address (S35).
func TestNoMethodEchoesOrTunnels(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client := s.client()
	for _, r := range s.routes(t) {
		for _, method := range []string{"TRACE", "TRACK", "DEBUG", "PROPFIND", "MKCOL", "MOVE", "COPY", "LOCK", "SEARCH", "BREW", "get"} {
			got := s.send(t, client, ask{method: method, host: host(r.slug), path: r.of(true), header: http.Header{"X-Echo": {canary}}})
			if got.status != http.StatusMethodNotAllowed || strings.Contains(fmt.Sprint(got), canary) || got.header.Get("Allow") == "" {
				t.Errorf("%s %s: %s", method, r.path, got)
			}
		}
	}
	for _, text := range []string{"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", "CONNECT /login HTTP/1.1\r\nHost: " + base + "\r\n\r\n", "TRACE / HTTP/1.1\r\nHost: " + base + "\r\nCookie: a=" + canary + "\r\n\r\n"} {
		got, err := s.raw(t, text)
		if err != nil || got.status < 400 || strings.Contains(fmt.Sprint(got), canary) {
			t.Errorf("%.20q: %s, %v", text, got, err)
		}
	}
}
