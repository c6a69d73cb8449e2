package prove

import (
	"context"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/prove/differ"
	"fenceplatform.com/fence/internal/prove/lab"
	"fenceplatform.com/fence/internal/prove/requests"
	"fenceplatform.com/fence/internal/prove/worlds"
	"fenceplatform.com/fence/internal/testkit"
)

// Chaos is what happened to a pool of three connections.
type Chaos struct {
	Asked, Cancelled, Panicked, Cut atomic.Int64
}

// trip is a context that panics in the hands of the request's own goroutine, after so many questions: in the middle of
// whatever the product is doing then, a batch or a transaction.
type trip struct {
	context.Context
	left      atomic.Int64
	goroutine string
	fell      *atomic.Int64
}

const tripped = "the prover trips a request"

func (c *trip) step() {
	if c.left.Add(-1) == 0 && goroutine() == c.goroutine {
		c.fell.Add(1)
		panic(tripped)
	}
}

func (c *trip) Err() error            { c.step(); return c.Context.Err() }
func (c *trip) Done() <-chan struct{} { c.step(); return c.Context.Done() }

// goroutine names the running one.
func goroutine() string {
	var b [40]byte
	name, _, _ := strings.Cut(strings.TrimPrefix(string(b[:runtime.Stack(b[:], false)]), "goroutine "), " ")
	return name
}

// Disturb has A and B share three connections while requests are cancelled, time out and panic in mid-batch, and the
// line is cut. Nothing of B may reach A, and when it is quiet again everybody gets what they got before.
func Disturb(t *testing.T, seed uint64, requestsOfA int) *Chaos {
	t.Helper()
	c := &Chaos{}
	w := worlds.Open(t, lab.Ground(t).Copy(t), worlds.Options{Connections: 3})
	dealer := worlds.NewDealer(t, seed)
	alpha := requests.NewSession(nil, seed, func(r requests.Request) (requests.Answer, []requests.Mailed) { return w.Do(t, dealer.At(1), r), nil }, nil, nil).Login("owner")
	b := newNeighbor(t, w, 5)
	paths := []string{"/v1/organization", "/v1/materials", "/v1/tiers", "/v1/people", "/v1/quotes/" + testkit.A.Quote().String(), "/customers/" + testkit.A.Customer().String(), "/quotes", "/materials", "/settings"}
	quiet := map[string]requests.Answer{}
	ask := func(path string) requests.Request {
		return requests.Request{Method: "GET", Path: path, Host: requests.Alpha}.As(alpha)
	}
	for _, path := range paths {
		quiet[path] = w.Ask(ask(path).HTTP())
	}
	stop := startNeighbor(b, 2)
	cutter := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for {
			select {
			case <-cutter:
				return
			case <-time.After(40 * time.Millisecond):
				w.Wire.Cut()
				c.Cut.Add(1)
			}
		}
	})
	var workers sync.WaitGroup
	for hand := range 4 {
		workers.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(hand)))
			for i := range requestsOfA / 4 {
				c.disturbed(t, w, rng, ask(paths[(i+hand)%len(paths)]))
			}
		})
	}
	workers.Wait()
	close(cutter)
	group.Wait()
	stop()
	w.Reconnect(t)
	for _, path := range paths {
		if what := differ.Compare(quiet[path], settled(w, ask(path)), differ.AtOnce...); what != "" {
			t.Errorf("after the chaos %s: %s", path, what)
		}
	}
	noContextLeft(t, w)
	return c
}

// disturbed asks once, in trouble.
func (c *Chaos) disturbed(t *testing.T, w *worlds.World, rng *rand.Rand, r requests.Request) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	switch rng.IntN(3) {
	case 0:
		c.Cancelled.Add(1)
		time.AfterFunc(time.Duration(rng.IntN(4000))*time.Microsecond, cancel)
	case 1:
		t := &trip{Context: ctx, goroutine: goroutine(), fell: &c.Panicked}
		t.left.Store(int64(1 + rng.IntN(40)))
		ctx = t
	}
	a := survived(w, r.HTTP().WithContext(ctx))
	c.Asked.Add(1)
	if strings.Contains(a.Body, testkit.Sentinel) {
		t.Errorf("%s: A is told of B: %d %.300s", r, a.Status, a.Body)
	}
}

// survived asks as a server does: who trips on the way out, past the product's own recovery, has no answer.
func survived(w *worlds.World, h *http.Request) (a requests.Answer) {
	defer func() {
		if p := recover(); p != nil && p != tripped {
			panic(p)
		}
	}()
	return w.Ask(h)
}

// settled asks until a connection is found that was not cut.
func settled(w *worlds.World, r requests.Request) (a requests.Answer) {
	for range 8 {
		if a = w.Ask(r.HTTP()); a.Status != 503 && a.Status != 500 {
			return a
		}
	}
	return a
}

// noContextLeft asks every connection of the pool in whose name it is.
func noContextLeft(t *testing.T, w *worlds.World) {
	t.Helper()
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			var org id.ID
			if err := w.App.DB().Lookup(context.WithoutCancel(t.Context()), []any{&org}, "SELECT app.org_id() FROM pg_sleep(0.02)"); err == nil {
				t.Errorf("a connection came back to the pool in the name of %s", org)
			}
		})
	}
	group.Wait()
}
