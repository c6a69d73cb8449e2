package telemetry

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Every step and outcome is there from the start, and whatever comes of a log-in is one of them.
func TestLogInsOfOperatorsAreCounted(t *testing.T) {
	t.Parallel()
	m := New()
	lines := func() (all []string) {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		for line := range strings.Lines(w.Body.String()) {
			if strings.HasPrefix(line, "operator_logins_total{") {
				all = append(all, strings.TrimSpace(line))
			}
		}
		return all
	}
	if got := lines(); len(got) != 12 {
		t.Errorf("at the start there are %v", got)
	}
	slowed := fault.New(fault.RateLimited, "slowed", "Wait.")
	slowed.RetryAfter = time.Minute
	for _, err := range []error{nil, fault.New(fault.Unauthenticated, "wrong-sign-in", "No."), fault.New(fault.Invalid, "link-used", "No."), slowed, errors.New("broken")} {
		m.OperatorLoggedIn("support", err)
	}
	got := strings.Join(lines(), "\n")
	for _, want := range []string{`outcome="passed",step="support"} 1`, `outcome="wrong",step="support"} 2`, `outcome="slowed",step="support"} 1`, `outcome="failed",step="support"} 1`, `outcome="passed",step="password"} 0`} {
		if !strings.Contains(got, want) {
			t.Errorf("want %s in\n%s", want, got)
		}
	}
	if len(lines()) != 12 {
		t.Errorf("afterwards there are\n%s", got)
	}
}
