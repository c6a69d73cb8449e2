package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

type humaParam = huma.Param

// eachSample runs a test for every operation with its sample.
func (w *world) eachSample(t *testing.T, run func(t *testing.T, o *operation, s sample)) {
	for _, o := range w.api.operations {
		if s, found := samples[o.OperationID]; found {
			t.Run(o.OperationID, func(t *testing.T) { run(t, o, s) })
		}
	}
}

func (s sample) status() int {
	if s.want == 0 {
		return http.StatusOK
	}
	return s.want
}

func TestEveryOperationAnswersItsOwnOrganizationAlone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.B, func() {
		w.eachSample(t, func(t *testing.T, o *operation, s sample) {
			if o.OperationID == "logout" {
				return // ends the session that the others use; TestLogInAndOut
			}
			got := w.send(t, w.finished(t, o, w.of(t, o, s, w.prepared(t, s))))
			if got.status != s.status() {
				t.Errorf("got %d, want %d: %s", got.status, s.status(), got.body)
			}
			if strings.Contains(got.body, testkit.Sentinel) {
				t.Errorf("the answer tells of another organization: %s", got.body)
			}
			if (got.header.Get("Location") != "") != (o.Responses["201"] != nil && o.Responses["201"].Headers["Location"] != nil) {
				t.Errorf("Location %q with status %d", got.header.Get("Location"), got.status)
			}
		})
	})
}

// TestForeignRecordsAreNobodys sends A's requests with ids of B, and with ids of nobody: the answers are the same
// byte for byte, and nothing of B changes.
func TestForeignRecordsAreNobodys(t *testing.T) {
	t.Parallel()
	w := setup(t)
	watched := 0
	w.Untouched(t, testkit.B, func() {
		w.eachSample(t, func(t *testing.T, o *operation, s sample) {
			foreign, random := w.of(t, o, s, fixtures(testkit.B)), w.of(t, o, s, nobodys())
			if foreign.path == random.path && foreign.body == random.body {
				return // names no record: TestEveryOperationAnswersItsOwnOrganizationAlone watches its answer
			}
			watched++
			for _, in := range []request{foreign, random} {
				if o.takesVersion() {
					in.header["If-Match"] = `"1"`
				}
			}
			theirs, nobodys := w.send(t, foreign), w.send(t, random)
			if theirs.status != nobodys.status || theirs.body != nobodys.body || !sameHeaders(theirs.header, nobodys.header) {
				t.Errorf("another organization's record is told from nobody's:\n%d %v %s\n%d %v %s", theirs.status, theirs.header, theirs.body, nobodys.status, nobodys.header, nobodys.body)
			}
			if theirs.status != http.StatusNotFound && !slices.Contains(answeredOtherwise, o.OperationID) {
				t.Errorf("got %d, want 404: %s", theirs.status, theirs.body)
			}
			if strings.Contains(theirs.body, testkit.Sentinel) {
				t.Errorf("the answer tells of another organization: %s", theirs.body)
			}
		})
	})
	t.Logf("%d operations name records", watched)
}

// answeredOtherwise name a record that may be absent (an empty list), or something that is a proof and no record.
var answeredOtherwise = []string{"list-audit-entries", "refresh-token"}

// sameHeaders compares everything but the time.
func sameHeaders(a, b http.Header) bool {
	a, b = a.Clone(), b.Clone()
	a.Del("Date")
	b.Del("Date")
	return maps.EqualFunc(a, b, slices.Equal[[]string])
}

func TestTokensAreAskedFor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.eachSample(t, func(t *testing.T, o *operation, s sample) {
		if o.access.open != "" {
			return
		}
		in := w.of(t, o, s, fixtures(testkit.A))
		in.token = ""
		got := w.send(t, in)
		wantProblem(t, got, 401, "unauthenticated")
		if got.header.Get("WWW-Authenticate") == "" {
			t.Error("no WWW-Authenticate")
		}
	})
}

func TestRolesWithoutTheRightAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.eachSample(t, func(t *testing.T, o *operation, s sample) {
		if o.access.open != "" {
			return
		}
		for _, role := range identity.Roles {
			if slices.Contains(role.Permissions(), o.access.needs) {
				continue
			}
			in := w.of(t, o, s, fixtures(testkit.A))
			in.token = w.token(t, testkit.A, role)
			got := w.send(t, in)
			wantProblem(t, got, 403, "forbidden")
			if _, _, facts := problemOf(t, got); facts["permission"] != string(o.access.needs) {
				t.Errorf("%s: problem %s does not name %s", role, got.body, o.access.needs)
			}
		}
	})
}

// TestWhoIsAskingIsTheHostsAlone: another organization named by header or token, and a host of nobody, are one
// answer byte for byte.
func TestWhoIsAskingIsTheHostsAlone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, b := w.token(t, testkit.A, identity.Owner), w.token(t, testkit.B, identity.Owner)
	w.eachSample(t, func(t *testing.T, o *operation, s sample) {
		in := w.of(t, o, s, fixtures(testkit.A))
		var want response
		for i, change := range []func(*request){
			func(r *request) { r.header["Host"] = "nobody.fence.localhost:8080" },
			func(r *request) { r.header["Host"] = "alpha.example.com" },
			func(r *request) { r.token, r.header["X-Org-Id"] = a, testkit.B.ID.String() },
			func(r *request) { r.token, r.header["X-Org-Id"] = a, id.New().String() },
			func(r *request) { r.token, r.header["X-Org-Id"] = a, "nonsense" },
			func(r *request) { r.token = b },
			func(r *request) { r.token, r.org = a, testkit.B },
			func(r *request) { r.token = "fk_" + encoded(testkit.B) + ".nonsense" },
		} {
			r := in
			r.header = maps.Clone(in.header)
			change(&r)
			got := w.send(t, r)
			if i == 0 {
				want = got
				wantProblem(t, got, 404, "not-found")
			}
			if got.status != want.status || got.body != want.body || !sameHeaders(got.header, want.header) {
				t.Errorf("case %d: got %d %v %s\nwant %d %v %s", i, got.status, got.header, got.body, want.status, want.header, want.body)
			}
		}
	})
}

func TestXOrgIdMayConfirm(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if got := w.as(t, "GET", "/v1/organization", "", "X-Org-Id", testkit.A.ID.String()); got.status != 200 {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestVersionsAreAskedForAndCompared(t *testing.T) {
	t.Parallel()
	w := setup(t)
	watched := 0
	w.eachSample(t, func(t *testing.T, o *operation, s sample) {
		if !o.takesVersion() {
			return
		}
		watched++
		in := w.of(t, o, s, w.prepared(t, s))
		wantProblem(t, w.send(t, in), 428, "version-required")
		current := in
		current.header = maps.Clone(in.header)
		w.match(t, o, &current)
		for _, wrong := range []string{`3`, `W/"3"`, `*`, `"0"`, `"-1"`, `"+1"`, `"1", "2"`, `"99999999999"`, `""`} {
			in.header["If-Match"] = wrong
			wantProblem(t, w.send(t, in), 422, "invalid-input", "/If-Match")
		}
		in.header["If-Match"] = `"999"`
		got := w.send(t, in)
		wantProblem(t, got, 412, "version-stale")
		if _, _, facts := problemOf(t, got); facts[currentVersion] == nil || etag(int(facts[currentVersion].(float64))) != current.header["If-Match"] {
			t.Errorf("problem %s does not tell the current version %s", got.body, current.header["If-Match"])
		}
		if now := w.send(t, current); now.status != s.status() {
			t.Errorf("with the version it has: %d %s", now.status, now.body)
		}
	})
	t.Logf("%d operations take a version", watched)
}

func TestARepeatedPostIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	watched := 0
	w.eachSample(t, func(t *testing.T, o *operation, s sample) {
		if o.Method != http.MethodPost || s.repeats {
			return
		}
		watched++
		in := w.finished(t, o, w.of(t, o, s, w.prepared(t, s)))
		first := w.send(t, in)
		if first.status != s.status() {
			t.Fatalf("got %d %s", first.status, first.body)
		}
		rows := w.counts(t, testkit.A)
		for range 4 {
			again := w.send(t, in)
			switch {
			case s.secret:
				wantProblem(t, again, 409, "already-done")
			case again.status != first.status || again.body != first.body:
				if o.OperationID != "price-sketch" && o.OperationID != "price-drawing" { // they tell when
					t.Errorf("repeated: %d %s\nfirst: %d %s", again.status, again.body, first.status, first.body)
				}
			}
		}
		if again := w.counts(t, testkit.A); rows != again {
			t.Errorf("repeats left rows:\n%s\nthen\n%s", rows, again)
		}
	})
	t.Logf("%d operations repeated four times", watched)
}

func TestAKeyWithAnotherBodyIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := request{method: "POST", path: "/v1/customers", token: w.token(t, testkit.A, identity.Owner), body: `{"name":"Ana"}`, header: map[string]string{"Idempotency-Key": "one"}}
	if got := w.send(t, in); got.status != 201 {
		t.Fatal(got.status, got.body)
	}
	in.body = `{"name":"Eve"}`
	wantProblem(t, w.send(t, in), 422, "idempotency-key-reused")
	in.path, in.body = "/v1/invitations", `{"email":"x@a.example","role":"crew"}`
	wantProblem(t, w.send(t, in), 422, "idempotency-key-reused")
}

// counts is how many rows the organization has in each table, as one text.
func (w *world) counts(t testing.TB, o testkit.Org) string {
	t.Helper()
	var parts []string
	for _, table := range w.TenantTables(t) {
		parts = append(parts, fmt.Sprintf("'%[1]s ' || (SELECT count(*) FROM %[1]s WHERE org_id = $1)", table))
	}
	return testkit.Value[string](t, w.Database, "SELECT concat_ws(E'\\n', "+strings.Join(parts, ", ")+")", o.ID)
}
