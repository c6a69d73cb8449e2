package app_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// killsVariable makes the drill longer: FENCE_KILLS=20 go test -run TestKillDrill ./internal/app
const killsVariable = "FENCE_KILLS"

// TestKillDrill kills the server again and again while companies sign up, send quotes and have them accepted.
// What was acknowledged is stored, each mail is in the outbox once, and every start needs nobody's hand.
func TestKillDrill(t *testing.T) {
	t.Parallel()
	kills := 3
	if text := os.Getenv(killsVariable); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", killsVariable, err)
		}
		kills = n
	}
	i := newInstallation(t)
	p := i.serve(t)
	crew := newCrew(i)
	crew.start(4)
	random := rand.New(rand.NewPCG(2026, 1))
	for range kills {
		crew.awaitProgress(t)
		time.Sleep(time.Duration(random.IntN(700)) * time.Millisecond) // the moment is the experiment
		p.kill(t)
		p = i.serve(t)
	}
	crew.awaitProgress(t)
	crew.finish()
	for _, oddity := range crew.oddities {
		t.Error(oddity)
	}
	books := openBooks(t, i)
	books.awaitTasks(t)
	books.prove(t, crew)
	c := books.counts(t)
	t.Logf("%d kills, %d requests cut off, %d repeated answers; acknowledged: %d sign-ups, %d quotes sent, %d accepted; stored: %s",
		kills, crew.cut, crew.repeats, len(crew.signedUp), len(crew.sent), len(crew.accepted), c)
	if code := p.stop(t); code != 0 {
		t.Errorf("the last stop: exit code %d", code)
	}
}

// crew are people who work all the time. A request without an answer is sent again with its key until it has
// one: only what was acknowledged counts.
type crew struct {
	*installation
	client *http.Client
	ending chan struct{}
	wg     sync.WaitGroup

	mu       sync.Mutex
	next     int
	cut      int // requests that a kill left without an answer
	repeats  int // requests whose first sending had been done
	signedUp []string
	sent     []string // ids of quotes
	accepted []string // ids of quotes
	oddities []string
}

func newCrew(i *installation) *crew {
	return &crew{installation: i, client: i.client(), ending: make(chan struct{})}
}

func (c *crew) start(people int) {
	for range people {
		c.wg.Go(func() {
			for !c.over() {
				c.mu.Lock()
				c.next++
				n := c.next
				c.mu.Unlock()
				c.oneSale(n)
			}
		})
	}
}

func (c *crew) over() bool {
	select {
	case <-c.ending:
		return true
	default:
		return false
	}
}

// finish lets everybody end the sale under way.
func (c *crew) finish() {
	close(c.ending)
	c.wg.Wait()
}

// awaitProgress waits until one more quote was accepted, so that no two kills fall into the same start.
func (c *crew) awaitProgress(t *testing.T) {
	t.Helper()
	count := func() int { c.mu.Lock(); defer c.mu.Unlock(); return len(c.accepted) + len(c.oddities) }
	start := count()
	for began := time.Now(); count() == start; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("nobody got a quote accepted within a minute")
		}
	}
}

func (c *crew) note(list *[]string, what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*list = append(*list, what)
}

// insist sends a request until it is answered, and reports an answer that it did not want.
func (c *crew) insist(what string, try func() (answer, error), want ...int) (answer, bool) {
	for {
		got, err := try()
		if err == nil && got.status == http.StatusTooManyRequests { // faster than the plan lets programs be
			time.Sleep(time.Second)
			continue
		}
		if err != nil || got.status == http.StatusServiceUnavailable || got.status == http.StatusConflict && problem(got) == "request-in-flight" {
			c.mu.Lock()
			c.cut++
			c.mu.Unlock()
			time.Sleep(20 * time.Millisecond) // the server is on its way back
			continue
		}
		for _, w := range want {
			if got.status == w {
				return got, true
			}
		}
		c.note(&c.oddities, fmt.Sprintf("%s: %s", what, got))
		return got, false
	}
}

const drillYard = `{"nodes":[{"id":"A","x":0,"y":40},{"id":"B","x":0,"y":0},{"id":"C","x":60,"y":0},{"id":"D","x":60,"y":40}],
	"segments":[{"id":"s1","from":"A","to":"B"},{"id":"s2","from":"B","to":"C"},{"id":"s3","from":"C","to":"D"}],
	"gates":[{"id":"g1","segment":"s1","offset_ft":8,"opening_in":48,"kind":"walk"}],"style":{"kind":"wood"}}`

// sale is one company's way from its sign-up to a signed quote.
type sale struct {
	*crew
	key, slug, token string
	steps            int
}

func (c *crew) oneSale(n int) {
	s := &sale{crew: c, key: fmt.Sprintf("company%04d", n)}
	if !s.signUp() || !s.logIn() {
		return
	}
	quote, draft, ok := s.draft()
	if !ok {
		return
	}
	if link, ok := s.send(quote, draft); ok {
		s.accept(quote, link)
	}
}

func (s *sale) signUp() bool {
	_, ok := s.insist("sign up", func() (got answer, err error) {
		s.slug, got, err = s.installation.signUp(s.client, s.key, "Company "+s.key)
		return got, err
	}, http.StatusSeeOther)
	if ok {
		s.note(&s.signedUp, s.slug)
	}
	return ok
}

func (s *sale) logIn() bool {
	got, ok := s.insist("log in", func() (answer, error) {
		return send(s.client, "POST", s.at(s.slug, "/v1/login"), "application/json", fmt.Sprintf(`{"email":"owner@%s.example","password":"seven cedar pickets"}`, s.key))
	}, http.StatusOK)
	s.token = member(got, "access_token")
	return ok && s.token != ""
}

// post sends a step of the sale, the same each time it has to be sent.
func (s *sale) post(what, path, body, ifMatch string, want ...int) (answer, bool) {
	s.steps++
	key := fmt.Sprintf("%s step %d", s.key, s.steps)
	bearer := ""
	if s.token != "" {
		bearer = "Bearer " + s.token
	}
	return s.insist(what, func() (answer, error) {
		return send(s.client, "POST", s.at(s.slug, path), "application/json", body, "Authorization", bearer, "Idempotency-Key", key, "If-Match", ifMatch)
	}, want...)
}

// draft makes customer, property, sketch and quote.
func (s *sale) draft() (quote string, etag string, ok bool) {
	made, ok := s.post("customer", "/v1/customers", `{"name":"Ana Li","property":{"street":"1 Elm St","zip":"78701"}}`, "", http.StatusCreated)
	if !ok {
		return "", "", false
	}
	drawn, ok := s.post("sketch", "/v1/sketches", fmt.Sprintf(`{"property_id":"%s","layout":%s}`, member(made, "property", "id"), drillYard), "", http.StatusCreated)
	if !ok {
		return "", "", false
	}
	q, ok := s.post("quote", "/v1/quotes", fmt.Sprintf(`{"sketch_id":"%s"}`, member(drawn, "id")), "", http.StatusCreated)
	return member(q, "id"), q.header.Get("ETag"), ok
}

// send freezes and mails the quote and returns the token of a link. The answer of a repeat has no secret in
// it: then another link is copied.
func (s *sale) send(quote, etag string) (token string, ok bool) {
	whole, ok := s.insist("read the quote", func() (answer, error) {
		return send(s.client, "GET", s.at(s.slug, "/v1/quotes/"+quote), "", "", "Authorization", "Bearer "+s.token)
	}, http.StatusOK)
	if !ok {
		return "", false
	}
	body := fmt.Sprintf(`{"recipients":[{"name":"Ana Li","email":"ana@%s.example"}],"answers":%s}`, s.key, answersTo(whole))
	got, ok := s.post("send", "/v1/quotes/"+quote+"/send", body, cmp.Or(etag, whole.header.Get("ETag")), http.StatusOK, http.StatusConflict)
	if !ok {
		return "", false
	}
	s.note(&s.crew.sent, quote)
	if got.status == http.StatusOK {
		return tokenOf(member(got, "links", "0", "url")), true
	}
	if problem(got) != "already-done" {
		s.note(&s.oddities, "send: "+got.String())
		return "", false
	}
	s.mu.Lock()
	s.repeats++
	s.mu.Unlock()
	link, ok := s.post("copy a link", "/v1/quotes/"+quote+"/links", `{"recipient_name":"Ana Li"}`, "", http.StatusCreated, http.StatusConflict)
	if ok && link.status == http.StatusConflict { // done, and its answer was cut off too: one more
		link, ok = s.post("copy another link", "/v1/quotes/"+quote+"/links", `{"recipient_name":"Ana"}`, "", http.StatusCreated)
	}
	return tokenOf(member(link, "url")), ok
}

func (s *sale) accept(quote, token string) {
	path := "/v1/public/quotes/" + token
	shown, ok := s.insist("open the link", func() (answer, error) { return send(s.client, "GET", s.at(s.slug, path), "", "") }, http.StatusOK)
	if !ok {
		return
	}
	s.token = "" // a homeowner has none
	got, ok := s.post("accept", path+"/accept", signatureUnder(shown), "", http.StatusOK, http.StatusConflict)
	if !ok {
		return
	}
	if got.status == http.StatusConflict && problem(got) != "quote-accepted" && problem(got) != "already-done" {
		s.note(&s.oddities, "accept: "+got.String())
		return
	}
	s.note(&s.crew.accepted, quote)
}
