package signup

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/testkit"
)

// postOffice is a mail server that says nothing until it is opened.
type postOffice struct {
	net.Listener
	open atomic.Bool

	mu  sync.Mutex
	got []string // recipients
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // what is still open ends with the process
	p := &postOffice{Listener: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if !p.open.Load() {
				go func() { // the client waits for a greeting
					time.Sleep(time.Second)
					_ = c.Close()
				}()
				continue
			}
			go p.talk(c)
		}
	}()
	return p
}

func (p *postOffice) talk(c net.Conn) {
	defer c.Close()
	fmt.Fprint(c, "220 post.example\r\n")
	body := false
	for in := bufio.NewScanner(c); in.Scan(); {
		line := in.Text()
		switch {
		case body && line == ".":
			body = false
			fmt.Fprint(c, "250 taken\r\n")
		case body:
		case line == "DATA":
			body = true
			fmt.Fprint(c, "354 go on\r\n")
		case line == "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return
		default:
			if to, ok := strings.CutPrefix(line, "RCPT TO:<"); ok {
				p.mu.Lock()
				p.got = append(p.got, to)
				p.mu.Unlock()
			}
			fmt.Fprint(c, "250 ok\r\n")
		}
	}
}

// O3, O4, B46. Payment provider and mail server first say nothing, then refuse, for two hours, and what notes sign-ups
// and product events is away too. People sign up, come in, work and log in again meanwhile, each time they want to and within two seconds
// in the long form. When all are back, each company is one customer and has its mail, and nobody did anything about it.
func TestOutagesOfOthersChangeNothingForThePerson(t *testing.T) {
	t.Parallel()
	w, post := setup(t), newPostOffice(t)
	w.settings.SMTPURL = "smtp+insecure://" + post.Addr().String()
	silent, asked := make(chan struct{}), make(chan struct{}, 1)
	w.gate.Store(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
		default: // once is enough
		}
		select {
		case <-silent:
		case <-r.Context().Done():
		}
		http.Error(rw, "away", http.StatusServiceUnavailable)
	}))
	w.inside(t)
	w.Exec(t, `REVOKE INSERT ON platform.sign_ups FROM fence_system`)
	w.Exec(t, `REVOKE EXECUTE ON FUNCTION platform.note_product_event(text, text, text, timestamptz) FROM fence_app`)
	people := 6
	if long() {
		people = 60
	}
	for n := range people {
		w.worksMeanwhile(t, n)
	}
	<-asked // the provider was asked, and nobody waited for its answer
	if done := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM platform.billing_customers`); done > 0 {
		t.Fatalf("%d customers while the provider says nothing", done)
	}
	close(silent)
	var took []time.Duration
	for attempt := range 7 { // as often as within two hours
		w.tryAgain(t, attempt, people)
		w.Advance(t, 2*time.Hour/7)
		for n := range people {
			slug, began := w.slugOf(t, n), time.Now()
			if in, err := w.post(slug, "/login", logIn(n)); err != nil || in.status != http.StatusSeeOther {
				t.Errorf("person %d logs in while all are away: %d %v", n, in.status, err)
			}
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	slowest := took[len(took)-1]
	if long() && slowest > 2*time.Second {
		t.Errorf("a log-in takes %v while all are away", slowest)
	}
	t.Logf("%d people, %d log-ins while all are away: median %v, slowest %v", people, len(took), took[len(took)/2], slowest)
	w.gate.Store(http.HandlerFunc(nil))
	post.open.Store(true)
	w.Exec(t, `GRANT INSERT ON platform.sign_ups TO fence_system`)
	w.Exec(t, `GRANT EXECUTE ON FUNCTION platform.note_product_event(text, text, text, timestamptz) TO fence_app`)
	w.allDone(t)
	w.whole(t, people)
	post.mu.Lock()
	defer post.mu.Unlock()
	if len(post.got) != people {
		t.Errorf("%d mails left for %d people: %v", len(post.got), people, post.got)
	}
}

func logIn(n int) url.Values {
	return url.Values{"email": {fmt.Sprintf("owner@outage%d.example", n)}, "password": {"seven cedar pickets"}}
}

func (w *world) slugOf(t *testing.T, n int) string {
	t.Helper()
	return testkit.Value[string](t, w.Database, `SELECT o.slug FROM app.organizations o JOIN app.users u USING (org_id) WHERE u.email_lc = $1`, logIn(n).Get("email"))
}

// worksMeanwhile signs somebody up, who comes in and opens the first page.
func (w *world) worksMeanwhile(t *testing.T, n int) {
	t.Helper()
	form := logIn(n)
	form.Set("company", "Outage Fence")
	form.Set("zip", "78701")
	form.Set("idempotency_key", fmt.Sprintf("outage sign-up %d", n))
	up, err := w.post("", "/signup", form)
	if err != nil || up.status != http.StatusSeeOther {
		t.Fatalf("sign up: %d %v %.300s", up.status, err, up.body)
	}
	slug, _, _ := strings.Cut(up.location.Hostname(), ".")
	in, err := w.post(slug, "/start", url.Values{"code": {up.location.Query().Get("code")}})
	if err != nil || in.status != http.StatusSeeOther || len(in.cookies) == 0 {
		t.Fatalf("start: %d %v %.300s", in.status, err, in.body)
	}
	var jar []string
	for _, c := range in.cookies {
		jar = append(jar, c.Name+"="+c.Value)
	}
	home, err := w.send("GET", slug, "/", "", "Cookie", strings.Join(jar, "; "))
	if err != nil || home.status != http.StatusOK || !strings.Contains(home.body, "First steps") {
		t.Fatalf("first page: %d %v %.300s", home.status, err, home.body)
	}
}

// tryAgain has every task that failed tried now.
func (w *world) tryAgain(t *testing.T, attempt, people int) {
	t.Helper()
	const failing = `SELECT count(*)::int FROM tasks.river_job WHERE state = 'retryable' AND attempt > $1`
	for began := time.Now(); testkit.Value[int](t, w.Database, failing, attempt) < 4*people; time.Sleep(10 * time.Millisecond) {
		w.Exec(t, `UPDATE tasks.river_job SET state = 'available', scheduled_at = now() WHERE state = 'retryable' AND attempt <= $1`, attempt)
		if time.Since(began) > time.Duration(people)*10*time.Second {
			t.Fatalf("attempt %d: %d tasks failed, want all of %d", attempt, testkit.Value[int](t, w.Database, failing, attempt), 4*people)
		}
	}
}

// allDone has what failed tried again until nothing is open.
func (w *world) allDone(t *testing.T) {
	t.Helper()
	for began := time.Now(); testkit.Value[int](t, w.Database, openTasks) > 0; time.Sleep(10 * time.Millisecond) {
		w.Exec(t, `UPDATE tasks.river_job SET state = 'available', scheduled_at = now() WHERE state = 'retryable'`)
		if time.Since(began) > time.Minute {
			t.Fatalf("open after a minute: %v", testkit.Values[string](t, w.Database, `SELECT kind || ' ' || state FROM tasks.river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`))
		}
	}
}
