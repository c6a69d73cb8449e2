package edgetest

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/testkit"
)

const featuresFile = "testdata/features.golden"

// TestEveryAddressIsPlacedByFeature: the table of feature × address is under review, "none" being a placement, and the
// running product keeps it: on Starter each address that takes a feature of a larger plan says which, and which plan
// has it. FENCE_UPDATE=1 go test -run PlacedByFeature ./internal/edgetest writes the table.
func TestEveryAddressIsPlacedByFeature(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Exec(t, `UPDATE app.organizations SET plan = 'starter' WHERE org_id = $1`, testkit.A.ID)
	gates, features := s.gates(t), caller.Features()
	var b strings.Builder
	known := map[string]gate{}
	for _, g := range gates {
		pattern := g.method + " " + g.path
		known[pattern] = g
		feature := string(features[pattern])
		if feature == "" {
			feature = "none"
		}
		fmt.Fprintf(&b, "%-72s %s\n", pattern, feature)
	}
	got := b.String()
	if os.Getenv("FENCE_UPDATE") != "" {
		if err := os.WriteFile(featuresFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(featuresFile)
	if err != nil || got != string(want) {
		t.Errorf("addresses are not placed as %s says (%v). Intended? FENCE_UPDATE=1 go test -run PlacedByFeature ./internal/edgetest\n%s", featuresFile, err, difference(string(want), got))
	}
	client := s.client()
	cookie, token := s.signIn(t, testkit.A, "owner@a.example"), s.token(t, testkit.A, "owner@a.example")
	for pattern, feature := range features {
		g, there := known[pattern]
		if !there {
			t.Errorf("%s takes %s and is no address", pattern, feature)
			continue
		}
		if feature.Coming() && !g.api {
			t.Errorf("the page %s takes %s, and plans are sold as if no page had it", pattern, feature)
		}
		in := ask{method: g.method, host: host(g.slug), path: g.of(false), cookie: cookie}
		if g.api {
			in.cookie, in.bearer = "", token
		} else if g.method != http.MethodGet {
			in.media, in.body = form, "idempotency_key="+rnd()
		}
		answer, least := s.send(t, client, in), plan.LeastWith(feature)
		if least.Key == plan.Starter {
			if strings.Contains(answer.body, "feature-not-in-plan") {
				t.Errorf("%s is refused on Starter, which has %s", pattern, feature)
			}
			continue
		}
		says := []string{"Your plan does not have this. " + least.Name + " does."}
		if g.api {
			says = []string{"/problems/feature-not-in-plan", `"feature":"` + string(feature) + `"`, `"min_plan":"` + string(least.Key) + `"`}
		}
		for _, part := range says {
			if answer.status != http.StatusForbidden || !strings.Contains(strings.ReplaceAll(answer.body, `": "`, `":"`), part) {
				t.Errorf("%s on Starter: %s, want 403 with %s", pattern, answer, part)
			}
		}
	}
	t.Logf("%d addresses, %d take a feature", len(gates), len(features))
}
