package prove

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"fenceplatform.com/fence/internal/prove/differ"
	"fenceplatform.com/fence/internal/prove/requests"
	"fenceplatform.com/fence/internal/prove/worlds"
	"fenceplatform.com/fence/internal/testkit"
)

// neighbor is B at work in a world, differently in each.
type neighbor struct {
	w     *worlds.World
	token string
	manner,
	asked atomic.Int64
}

// newNeighbor signs B's owner in.
func newNeighbor(t *testing.T, w *worlds.World, manner int64) *neighbor {
	t.Helper()
	var email string
	err := w.Super(t).QueryRow(t.Context(), "SELECT email FROM app.users WHERE org_id = $1 AND password_hash LIKE '$argon%' AND role = 'owner' ORDER BY id LIMIT 1", testkit.B.ID).Scan(&email)
	if err != nil {
		t.Fatal(err)
	}
	n := &neighbor{w: w}
	n.manner.Store(manner)
	a := n.w.Ask(n.request("POST", "/v1/login", fmt.Sprintf(`{"email":%q,"password":%q}`, email, requests.Password)).HTTP())
	_, rest, _ := strings.Cut(a.Body, `"access_token":"`)
	n.token, _, _ = strings.Cut(rest, `"`)
	if n.token == "" {
		t.Fatalf("B cannot log in: %d %s", a.Status, a.Body)
	}
	return n
}

func (n *neighbor) request(method, path, body string) requests.Request {
	r := requests.Request{Method: method, Path: path, Host: requests.Beta, Body: body}
	if body != "" {
		r.Media = "application/json"
	}
	return r.As(requests.Login{Bearer: n.token}).With("Idempotency-Key", fmt.Sprint("neighbor ", n.asked.Add(1)))
}

// next is one more thing that B does.
func (n *neighbor) next() requests.Request {
	k := n.asked.Load() + n.manner.Load()
	switch k % 5 {
	case 0:
		return n.request("POST", "/v1/customers", fmt.Sprintf(`{"name":"%s %d","property":{"street":"%d B St","zip":"10001"}}`, testkit.Sentinel, k*n.manner.Load(), k))
	case 1:
		return n.request("GET", "/v1/customers?limit=20", "")
	case 2:
		return n.request("POST", "/v1/materials", fmt.Sprintf(`{"name":"%s post %d","unit":"each","cost_cents":%d,"pack":1}`, testkit.Sentinel, k, 100+k))
	case 3:
		return n.request("GET", "/v1/organization", "")
	}
	return n.request("GET", "/v1/customers/"+requests.Nobody, "")
}

// countsOthers are answers about use: each of A's other calls is counted in them, so that they are another each time.
var countsOthers = map[string]bool{"GET /v1/usage": true, "GET /v1/usage/explain": true, "GET /settings/usage": true, "GET /settings/usage/why": true, "GET /settings/plan": true}

// AtOnce has A ask everything that only reads, many at once, while B is at work in both worlds, differently. Each
// answer must be the one that A got alone, but for the masks of differ.AtOnce.
func (p *Pair) AtOnce(rounds int) (asked int64) {
	p.t.Helper()
	var all []requests.Request
	var alone []requests.Answer
	for _, o := range p.Operations {
		if o.Method != "GET" || countsOthers[o.Key] {
			continue
		}
		r, err := p.Session.Valid(o.Key)
		if err != nil {
			p.t.Error(err)
			continue
		}
		all = append(all, r)
	}
	for _, r := range all {
		a, _ := p.Ask(r)
		alone = append(alone, a)
	}
	var done atomic.Int64
	for n, w := range []*worlds.World{p.One, p.Two} {
		stop := startNeighbor(newNeighbor(p.t, w, int64(3+4*n)), 1+n)
		var group sync.WaitGroup
		for worker := range 4 {
			group.Go(func() {
				for i := range rounds * len(all) / 4 {
					k := (i*7 + worker*13) % len(all)
					got := w.Ask(all[k].HTTP())
					done.Add(1)
					if what := differ.Compare(alone[k], got, differ.AtOnce...); what != "" {
						p.t.Errorf("at once, world %d, %s: %s", n+1, all[k], what)
					}
				}
			})
		}
		group.Wait()
		stop()
	}
	return done.Load()
}

// startNeighbor has B work until it is stopped.
func startNeighbor(n *neighbor, hands int) (stop func()) {
	end := make(chan struct{})
	var group sync.WaitGroup
	for range hands {
		group.Go(func() {
			for {
				select {
				case <-end:
					return
				default:
					n.w.Ask(n.next().HTTP())
				}
			}
		})
	}
	return func() { close(end); group.Wait() }
}
