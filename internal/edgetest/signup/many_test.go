package signup

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
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
func (w *world) proven(form url.Values, header ...string) (got answer, proofs, waits int, err error) {
	for {
		if got, err = w.post("", "/signup", form, header...); err != nil || got.status != http.StatusTooManyRequests {
			return got, proofs, waits, err
		}
		if after, err := strconv.Atoi(got.header.Get("Retry-After")); err == nil {
			if waits++; waits > 50 {
				return got, proofs, waits, fmt.Errorf("sent away %d times", waits)
			}
			time.Sleep(time.Duration(after) * time.Second) // as it was asked to
			continue
		}
		m := challenged.FindStringSubmatch(got.body)
		if m == nil || proofs > 50 {
			return got, proofs, waits, fmt.Errorf("sent away after %d proofs", proofs)
		}
		proofs++
		form.Set("challenge", m[1])
		form.Set("proof", prove(m[1]))
	}
}

// oneBrowser computes: those of a thousand people would leave nothing of this machine to the server, and are not here.
var oneBrowser sync.Mutex

func prove(challenge string) string {
	oneBrowser.Lock()
	defer oneBrowser.Unlock()
	for n := 0; ; n++ {
		if proof := strconv.Itoa(n); onboarding.Proven(challenge, proof) {
			return proof
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
	var proofs, waits atomic.Int64
	slugs, took, began := make([]string, people), make([]time.Duration, people), time.Now()
	for n := range people {
		wg.Go(func() {
			name := "Acme Fence"
			if n%2 == 1 {
				name = fmt.Sprintf("Company %d Fence", n)
			}
			form := url.Values{"company": {name}, "email": {fmt.Sprintf("owner@many%d.example", n)}, "password": {"seven cedar pickets"},
				"zip": {"78701"}, "idempotency_key": {fmt.Sprintf("sign-up of many: %d", n)}}
			got, asked, waited, err := w.proven(form, "X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", n%200, n/200))
			proofs.Add(int64(asked))
			waits.Add(int64(waited))
			took[n] = time.Since(began)
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
	slices.Sort(took)
	t.Logf("%d people, %d proofs, %d times asked to come again; in after %v at the median, %v at the latest",
		people, proofs.Load(), waits.Load(), took[people/2].Round(time.Millisecond), took[people-1].Round(time.Millisecond))
}

// Who is sent away types the password again, and nothing else.
func TestAFormThatIsSentAwayKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.settings.AddressRate, w.settings.TrustedProxies = 50, []string{"127.0.0.1/32"}
	w.inside(t)
	w.Exec(t, `INSERT INTO platform.sign_up_counts (bucket, tried, since) VALUES ('net:198.51.100.0/24', 100, app.now())`)
	form := url.Values{"company": {"Patient Fence"}, "email": {"kim@patient.example"}, "password": {"seven cedar pickets"}, "zip": {"78701"}}
	got, err := w.post("", "/signup", form, "X-Forwarded-For", "198.51.100.7")
	if err != nil || got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
		t.Fatalf("%d %v %v", got.status, got.header, err)
	}
	for _, kept := range []string{"Patient Fence", "kim@patient.example", "78701", "Very many sign-ups come from your network"} {
		if !strings.Contains(got.body, kept) {
			t.Errorf("the page does not say %q: %.2000s", kept, got.body)
		}
	}
	if strings.Contains(got.body, "seven cedar pickets") {
		t.Error("the page repeats the password")
	}
}
