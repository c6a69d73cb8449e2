package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/testkit"
)

// protected are names that no request sets (S03), with a value that would matter.
var protected = map[string]any{
	"org_id": testkit.B.ID.String(), "id": testkit.B.Customer().String(), "user_id": testkit.B.Owner().String(), "role": "owner", "plan": "enterprise", "plan_version": 9,
	"limits": map[string]any{"users": 999}, "features": []string{"oidc"}, "status": "accepted", "state": "accepted", "stripe_customer_id": "cus_x", "stripe_subscription_id": "sub_x",
	"created_at": "2001-01-01T00:00:00Z", "created_by": testkit.B.Owner().String(), "updated_at": "2001-01-01T00:00:00Z", "is_staff": true, "price_override": 1,
	"approved_by": testkit.B.Owner().String(), "email_verified_at": "2001-01-01T00:00:00Z", "secret_hash": "x", "version": 99,
}

// deep are the names that are also put into each object inside of a document.
var deep = []string{"org_id", "id", "status", "price_override"}

// owned are the members of those names that are the request's own, by operation.
var owned = map[string][]string{
	"invite-person": {"role"}, // admin to accountant; owner is refused by its value
}

// TestProtectedMembersAreRefused sends every request that has a document with every protected name, at the top and
// in each object inside of it: refused as unknown, and nothing changed.
func TestProtectedMembersAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sent := 0
	w.eachSample(t, func(t *testing.T, o *operation, s sample) {
		if s.body == nil || o.upload || strings.HasPrefix(o.Path, "/v1/public/") || o.OperationID == "login" {
			return // a file has no members; nobody's documents have three
		}
		r := w.prepared(t, s)
		base := w.finished(t, o, w.of(t, o, s, r))
		w.Untouched(t, testkit.A, func() {
			for name, value := range protected {
				if slices.Contains(owned[o.OperationID], name) {
					continue
				}
				for depth, body := range with(t, base.body, name, value) {
					if depth > 0 && !slices.Contains(deep, name) {
						break
					}
					in := base
					in.body = body
					got := w.send(t, in)
					sent++
					if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, name) {
						t.Errorf("%s in %s: got %d %s", name, body, got.status, got.body)
					}
				}
			}
		})
	})
	t.Logf("%d requests refused", sent)
}

// with are the documents that have one more member, each in another object of it.
func with(t *testing.T, body, name string, value any) []string {
	t.Helper()
	var all []string
	var places func(v any) int
	// place counts the objects; at says into which the member is put.
	at, n := 0, 0
	places = func(v any) int {
		switch v := v.(type) {
		case map[string]any:
			children := make([]string, 0, len(v))
			for key := range v {
				children = append(children, key)
			}
			slices.Sort(children)
			if _, there := v[name]; !there {
				if n == at {
					v[name] = value
				}
				n++
			}
			for _, key := range children {
				if key != "answers" { // its names are those of checks, whatever they are
					places(v[key])
				}
			}
		case []any:
			for _, item := range v {
				places(item)
			}
		}
		return n
	}
	for {
		var document any
		if err := json.Unmarshal([]byte(body), &document); err != nil {
			t.Fatal(err)
		}
		n = 0
		if places(document); at >= n {
			return all
		}
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
		at++
	}
}
