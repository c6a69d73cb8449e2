package app_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
)

// drillSize is how much is tried while how much is killed. FENCE_USAGE=long asks for the full numbers.
type drillSize struct {
	attempts, limit, connections int
	kills                        int // of PostgreSQL, and as many of the server
}

func limitDrill() drillSize {
	if os.Getenv("FENCE_USAGE") == "long" {
		return drillSize{attempts: 2000, limit: 1000, connections: 40, kills: 5}
	}
	return drillSize{attempts: 200, limit: 100, connections: 20, kills: 1}
}

// TestLimitIsExactWhileEverythingIsKilled sends twice as many quotes as the company may make, over many connections,
// while PostgreSQL and the server are killed in turn. Whoever has no answer asks again with the same key. Exactly the
// limit is stored, events and counter say the same, each threshold is told once, and nobody was told of a quote that is
// not there.
func TestLimitIsExactWhileEverythingIsKilled(t *testing.T) {
	t.Parallel()
	size := limitDrill()
	i := newInstallation(t)
	r := newRush(t, i, i.serve(t), size)
	began := time.Now()
	r.start()
	random := rand.New(rand.NewPCG(2026, 11))
	for k := range 2 * size.kills {
		// The last one falls where the limit is reached, the others before it.
		r.await(t, size.limit*(k+1)/(2*size.kills)-random.IntN(size.limit/20)-1)
		if k%2 == 0 {
			r.killPostgres(t)
		} else {
			r.server.kill(t)
			r.server = i.serve(t)
		}
	}
	r.wg.Wait()
	took := time.Since(began)
	for _, oddity := range r.oddities {
		t.Error(oddity)
	}
	r.prove(t)
	t.Logf("%d attempts at a limit of %d over %d connections, PostgreSQL and the server killed %d times each: %d made, %d refused, %d requests without an answer sent again, %s",
		size.attempts, size.limit, size.connections, size.kills, len(r.made), r.refused.Load(), r.cut, took.Round(100*time.Millisecond))
	if code := r.server.stop(t); code != 0 {
		t.Errorf("the last stop: exit code %d", code)
	}
}

// rush is many people of one company who make quotes at once.
type rush struct {
	*sale
	size   drillSize
	server *process
	sketch string

	turns    chan int
	answered atomic.Int64
	refused  atomic.Int64
	made     map[string]int // quotes by their id, with the attempt that was told of them; under the crew's mu
}

// newRush founds a company that an operator let make so many quotes a month, with a drawing to make them of.
func newRush(t *testing.T, i *installation, p *process, size drillSize) *rush {
	t.Helper()
	c := newCrew(i)
	c.client.Transport.(*http.Transport).MaxIdleConnsPerHost = size.connections
	r := &rush{sale: &sale{crew: c, key: "rush"}, size: size, server: p, turns: make(chan int, size.attempts), made: map[string]int{}}
	if !r.signUp() || !r.logIn() {
		t.Fatalf("no company: %v", c.oddities)
	}
	limit := fmt.Sprintf("--limit=%s=%d", plan.Quotes, size.limit)
	if out, errs, code := i.says(t, "override", "add", "--org="+r.slug, limit, "--reason=A drill", "--by=op@fence.example"); code != 0 {
		t.Fatalf("override: %d %s%s", code, out, errs)
	}
	customer, ok := r.post("customer", "/v1/customers", `{"name":"Ana Li","property":{"street":"1 Elm St","zip":"78701"}}`, "", http.StatusCreated)
	drawn, drew := r.post("sketch", "/v1/sketches", fmt.Sprintf(`{"property_id":"%s","layout":%s}`, member(customer, "property", "id"), drillYard), "", http.StatusCreated)
	if !ok || !drew {
		t.Fatalf("nothing to make quotes of: %v", c.oddities)
	}
	r.sketch = member(drawn, "id")
	for n := range size.attempts {
		r.turns <- n
	}
	close(r.turns)
	return r
}

func (r *rush) start() {
	for range r.size.connections {
		r.wg.Go(func() {
			for n := range r.turns {
				r.attempt(n)
			}
		})
	}
}

// attempt makes a quote, or is told that the plan has no more. What is refused tells the limit and all of it used.
func (r *rush) attempt(n int) {
	key := fmt.Sprintf("attempt %d of the rush", n)
	got, ok := r.insist("make a quote", func() (answer, error) {
		return send(r.client, "POST", r.at(r.slug, "/v1/quotes"), "application/json", fmt.Sprintf(`{"sketch_id":"%s"}`, r.sketch),
			"Authorization", "Bearer "+r.token, "Idempotency-Key", key)
	}, http.StatusCreated, http.StatusPaymentRequired)
	defer r.answered.Add(1)
	if !ok {
		return
	}
	if got.status == http.StatusPaymentRequired {
		r.refused.Add(1)
		full := fmt.Sprint(r.size.limit)
		if problem(got) != "plan-limit-reached" || member(got, "used") != full || member(got, "limit") != full {
			r.note(&r.oddities, "refused: "+got.String())
		}
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	quote := member(got, "id")
	if other, twice := r.made[quote]; twice {
		r.oddities = append(r.oddities, fmt.Sprintf("attempts %d and %d were told of the same quote %s", other, n, quote))
	}
	r.made[quote] = n
}

// await waits until so many attempts have their answer.
func (r *rush) await(t *testing.T, answered int) {
	t.Helper()
	for began := time.Now(); r.answered.Load() < int64(answered); time.Sleep(time.Millisecond) {
		if time.Since(began) > 3*time.Minute {
			t.Fatalf("%d of %d attempts were answered within three minutes:\n%s", r.answered.Load(), answered, r.server.log)
		}
	}
}

// killPostgres kills the server's PostgreSQL with everything that it has under way, and waits for the next one.
func (r *rush) killPostgres(t *testing.T) {
	t.Helper()
	old := r.postmaster()
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatalf("kill PostgreSQL %d: %v", old, err)
	}
	for began := time.Now(); cmp.Or(r.postmaster(), old) == old || r.ready() != http.StatusOK; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatalf("PostgreSQL is not back after a minute:\n%s", r.server.log)
		}
	}
}

// prove holds what people were told against what is stored.
func (r *rush) prove(t *testing.T) {
	t.Helper()
	books := openBooks(t, r.installation)
	books.awaitTasks(t)
	told := make([]string, 0, len(r.made))
	for quote := range r.made {
		told = append(told, quote)
	}
	const of = ` WHERE org_id = (SELECT org_id FROM app.organizations WHERE slug = $1)`
	for what, c := range map[string]struct {
		sql  string
		want int
	}{
		"quotes":                     {`SELECT count(*) FROM app.quotes` + of, r.size.limit},
		"events":                     {`SELECT count(*) FROM app.usage_events` + of + ` AND metric = 'quotes' AND kind = 'use' AND quantity = 1`, r.size.limit},
		"events of another kind":     {`SELECT count(*) FROM app.usage_events` + of + ` AND metric = 'quotes' AND (kind <> 'use' OR quantity <> 1)`, 0},
		"used by the counter":        {`SELECT coalesce(sum(used), 0) FROM app.usage_counters` + of + ` AND metric = 'quotes'`, r.size.limit},
		"events without a quote":     {`SELECT count(*) FROM app.usage_events e` + of + ` AND metric = 'quotes' AND NOT EXISTS (SELECT FROM app.quotes q WHERE q.org_id = e.org_id AND q.id = e.record_id)`, 0},
		"warnings at 80 %":           {`SELECT count(*) FROM app.usage_warnings` + of + ` AND metric = 'quotes' AND percent = 80 AND used = limited_to * 8 / 10`, 1},
		"warnings at 100 %":          {`SELECT count(*) FROM app.usage_warnings` + of + ` AND metric = 'quotes' AND percent = 100 AND used = limited_to`, 1},
		"mails about them":           {`SELECT count(*) FROM app.mails` + of + ` AND kind = 'usage_warning'`, 2},
		"numbers":                    {`SELECT count(DISTINCT number) FROM app.quotes` + of, r.size.limit},
		"entries of the log":         {`SELECT count(*) FROM app.audit_entries` + of + ` AND content LIKE '%quote.created%'`, r.size.limit},
		"answers kept for the asker": {`SELECT count(*) FROM app.idempotency_keys` + of + ` AND operation = 'quotes.create'`, r.size.limit},
	} {
		if n := books.number(t, c.sql, r.slug); n != c.want {
			t.Errorf("%d %s, want %d", n, what, c.want)
		}
	}
	if n := books.number(t, `SELECT count(*) FROM app.quotes`+of+` AND id = ANY($2::uuid[])`, r.slug, told); n != len(told) || n != r.size.limit {
		t.Errorf("people were told of %d quotes and %d of those are stored, want %d", len(told), n, r.size.limit)
	}
	if n := int(r.refused.Load()); n != r.size.attempts-r.size.limit {
		t.Errorf("%d were refused, want %d", n, r.size.attempts-r.size.limit)
	}
	books.proveOutbox(t)
	books.proveLogs(t)
}
