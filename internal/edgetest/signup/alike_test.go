package signup

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/testkit"
)

// question is something that a stranger asks to learn whether somebody is known.
type question struct {
	what, slug, path string
	form             func(email string, n int) url.Values
}

var questions = []question{
	{"sign-up", "", "/signup", func(email string, n int) url.Values {
		return url.Values{"company": {fmt.Sprintf("Alike %05d Fence", n)}, "email": {email}, "password": {"seven cedar pickets"}, "zip": {"78701"}}
	}},
	{"sign-up with a wrong password", "", "/signup", func(email string, n int) url.Values {
		return url.Values{"company": {fmt.Sprintf("Alike %05d Fence", n)}, "email": {email}, "password": {"short"}, "zip": {"78701"}}
	}},
	{"reset", testkit.A.Slug, "/forgot", func(email string, _ int) url.Values { return url.Values{"email": {email}} }},
	{"log-in", testkit.A.Slug, "/login", func(email string, _ int) url.Values {
		return url.Values{"email": {email}, "password": {"not the password"}}
	}},
	{"find my company", "", "/find", func(email string, _ int) url.Values { return url.Values{"email": {email}} }},
	{"confirm", testkit.A.Slug, "/confirm", func(email string, _ int) url.Values { return url.Values{"code": {"a code for " + email}} }},
	{"new password", testkit.A.Slug, "/reset", func(email string, _ int) url.Values {
		return url.Values{"code": {"a code for " + email}, "password": {"nine cedar pickets"}}
	}},
	{"join", testkit.A.Slug, "/join", func(email string, _ int) url.Values {
		return url.Values{"code": {"a code for " + email}, "name": {"Kim"}, "password": {"nine cedar pickets"}}
	}},
	{"link again, without a log-in", testkit.A.Slug, "/confirm/again", func(string, int) url.Values { return url.Values{} }},
}

// varies is what is another in every answer: keys of forms, codes, and what the asker typed.
var varies = regexp.MustCompile(`(name="(?:idempotency_key|stamp)" value=")[^"]*|code=[\w-]+|alike-\d{5}|Alike \d{5} Fence|(?:known|nobody)\d*@[a-z0-9.]+|[Dd]ate: .*`)

func (w *world) asks(t *testing.T, q question, email string, n int) string {
	t.Helper()
	got, err := w.post(q.slug, q.path, q.form(email, n), "X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", n/250, n%250))
	if err != nil {
		t.Fatalf("%s: %v", q.what, err)
	}
	var head []string
	for name, values := range got.header {
		if name != "Date" && name != "X-Request-Id" && name != "Content-Length" {
			head = append(head, name+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(head)
	return varies.ReplaceAllString(fmt.Sprintf("%d\n%s\n%s", got.status, strings.Join(head, "\n"), got.body), "$1…")
}

// strangers serves a world in which one address is known everywhere, without what is done in the background: what is
// counted is what an answer waits for.
func strangers(t *testing.T) (*world, *wiretap) {
	t.Helper()
	w := setup(t)
	tap := newWiretap(t)
	w.settings.TrustedProxies, w.settings.DatabaseURL, w.settings.Connections = []string{"127.0.0.1/32"}, tap.through(t, w.settings.DatabaseURL), 1
	a, err := app.New(t.Context(), w.settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(context.WithoutCancel(t.Context())) })
	server := httptest.NewServer(a.Handler(nil))
	t.Cleanup(server.Close)
	w.settings.Listen = server.Listener.Addr().String()
	hash, err := secret.NewPasswords(1).Hash(t.Context(), "seven cedar pickets")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []testkit.Org{testkit.A, testkit.B} {
		w.Exec(t, `UPDATE app.users SET email = 'known@alike.example', password_hash = $2 WHERE org_id = $1 AND role = 'owner'`, o.ID, hash)
	}
	return w, tap
}

// O6. Status, head and body of an answer are the same for an address that is known and for one of nobody, and the answer
// waits for as many trips to the database: what differs is done in the background.
func TestAnswersTellNobodyWhoIsThere(t *testing.T) {
	t.Parallel()
	w, tap := strangers(t)
	n := 0
	// The fewest of some: statements are prepared once, and where a host leads is remembered for half a minute.
	ask := func(q question, email string) (got string, fewest int64) {
		for try := range 4 {
			n++
			before := tap.trips.Load()
			got = w.asks(t, q, email, n)
			if trips := tap.trips.Load() - before; try == 0 || trips < fewest {
				fewest = trips
			}
		}
		return got, fewest
	}
	for _, q := range questions {
		known, more := ask(q, "known@alike.example")
		unknown, fewer := ask(q, "nobody2@alike.example")
		if known != unknown {
			t.Errorf("%s: known\n%.2000s\nunknown\n%.2000s", q.what, known, unknown)
		}
		if more != fewer || more == 0 && q.slug != "" {
			t.Errorf("%s: %d trips for an address that is known, %d for one of nobody", q.what, more, fewer)
		}
	}
}

// O6, the long form: of 2,000 answers each, asked in turns, the medians are no more than 5 ms apart, and all are the same.
// By hand only: it is about time.
func TestAnswersTakeTheSameTime(t *testing.T) {
	if !long() {
		t.Log("the long form only: FENCE_SIGNUP=long")
		return
	}
	w, _ := strangers(t)
	n := 0
	for _, q := range questions {
		t.Run(q.what, func(t *testing.T) {
			var took [2][]time.Duration
			first := ""
			for round := range 2000 {
				for turn := range 2 {
					who := (round + turn) % 2 // none of the two is always asked first
					email := []string{"known@alike.example", fmt.Sprintf("nobody%d@alike.example", n)}[who]
					n++
					if q.path == "/login" { // soon refused, else, before the password is looked at
						w.Exec(t, `DELETE FROM app.sign_in_failures`)
					}
					began := time.Now()
					got := w.asks(t, q, email, n)
					took[who] = append(took[who], time.Since(began))
					if first == "" {
						first = got
					}
					if got != first {
						t.Fatalf("of %s: answer %d is\n%.2000s\nand the first was\n%.2000s", email, n, got, first)
					}
				}
			}
			slices.Sort(took[0])
			slices.Sort(took[1])
			known, unknown := took[0][1000], took[1][1000]
			if apart := (known - unknown).Abs(); apart > 5*time.Millisecond {
				t.Errorf("the medians are %v and %v", known, unknown)
			}
			t.Logf("%.3s, known %v, unknown %v", first, known.Round(time.Microsecond), unknown.Round(time.Microsecond))
		})
	}
}
