package signup

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/testkit"
)

var challenged = regexp.MustCompile(`data-proof="([^"]+)"`)

// proven sends a form as a browser does: what is asked for is computed, and what is too much is sent later.
func (w *world) proven(form url.Values, header ...string) (got answer, asked int, err error) {
	for {
		if got, err = w.post("", "/signup", form, header...); err != nil || got.status != http.StatusTooManyRequests {
			return got, asked, err
		}
		asked++
		m := challenged.FindStringSubmatch(got.body)
		if m == nil {
			after, err := strconv.Atoi(got.header.Get("Retry-After"))
			if err != nil || asked > 50 {
				return got, asked, fmt.Errorf("sent away %d times: %w", asked, err)
			}
			time.Sleep(min(time.Duration(after)*time.Second, 2*time.Second)) // as it was asked to
			continue
		}
		form.Set("challenge", m[1])
		for n := 0; ; n++ {
			if proof := strconv.Itoa(n); onboarding.Proven(m[1], proof) {
				form.Set("proof", proof)
				break
			}
		}
	}
}

// O1. Very many sign up at once, half of them for a company of the same name: nobody gets an error, everybody has an
// address of their own, nothing is half made. The counts are on, and who is asked for a proof gives one.
func TestVeryManySignUpAtOnce(t *testing.T) {
	t.Parallel()
	people := 60
	if long() {
		people = 1000
	}
	w := setup(t)
	w.settings.AddressRate, w.settings.TrustedProxies = 50, []string{"127.0.0.1/32"}
	w.client.Timeout = 3 * time.Minute
	w.inside(t)
	w.Exec(t, `INSERT INTO platform.sign_up_counts (bucket, tried, since) VALUES ('all', 280, app.now())`)
	var wg sync.WaitGroup
	var proofs atomic.Int64
	slugs := make([]string, people)
	for n := range people {
		wg.Go(func() {
			name := "Acme Fence"
			if n%2 == 1 {
				name = fmt.Sprintf("Company %d Fence", n)
			}
			form := url.Values{"company": {name}, "email": {fmt.Sprintf("owner@many%d.example", n)}, "password": {"seven cedar pickets"},
				"zip": {"78701"}, "idempotency_key": {fmt.Sprintf("sign-up of many: %d", n)}}
			got, asked, err := w.proven(form, "X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", n%200, n/200))
			proofs.Add(int64(asked))
			if err != nil || got.status != http.StatusSeeOther || got.location == nil {
				t.Errorf("person %d: %d %v %.200s", n, got.status, err, got.body)
				return
			}
			slugs[n], _, _ = strings.Cut(got.location.Hostname(), ".")
		})
	}
	wg.Wait()
	w.allDone(t)
	w.whole(t, people)
	seen := map[string]bool{}
	for _, slug := range slugs {
		seen[slug] = true
	}
	if len(seen) != people {
		t.Errorf("%d addresses for %d companies", len(seen), people)
	}
	if proofs.Load() == 0 {
		t.Error("nobody was asked for a proof")
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM platform.hosts WHERE host LIKE 'acme%'`); n != people/2 {
		t.Errorf("%d addresses begin with acme, want %d", n, people/2)
	}
	t.Logf("%d people, %d proofs", people, proofs.Load())
}
