package quoting_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/history"
)

// codeOf is how a deed ended: "ok", or the code of its refusal. What is no refusal fails the test.
func codeOf(t *testing.T, what string, err error) string {
	if err == nil {
		return "ok"
	}
	f := fault.As(err)
	if f.Kind != fault.Conflict && f.Kind != fault.LimitReached {
		t.Errorf("%s: %v", what, err)
	}
	return f.Code
}

// A company with room for so many quotes: they are made, and thrown away at once, which gives their room back.
type (
	quotaDeed struct {
		what  string // make, discard, look
		quote int    // to discard
	}
	quotaEnd struct {
		code  string
		quote int // that was made
		used  int // that was seen
	}
	quotaNow struct {
		used  int
		alive [4]uint64 // quotes that were made and not thrown away, a bit each
	}
)

func quota(limit int) history.Model[quotaNow, quotaDeed, quotaEnd] {
	return history.Model[quotaNow, quotaDeed, quotaEnd]{Step: func(now quotaNow, in quotaDeed, out quotaEnd) (quotaNow, bool) {
		switch in.what {
		case "make":
			if out.code == "plan-limit-reached" {
				return now, now.used >= limit
			}
			now.alive[out.quote/64] |= 1 << (out.quote % 64)
			now.used++
			return now, out.code == "ok" && now.used <= limit
		case "discard":
			there := now.alive[in.quote/64]&(1<<(in.quote%64)) != 0
			if out.code == "quote-void" {
				return now, !there
			}
			now.alive[in.quote/64] &^= 1 << (in.quote % 64)
			now.used--
			return now, out.code == "ok" && there
		}
		return now, out.used == now.used
	}}
}

// quotaShop is a company at its limit, with people who work there at once.
type quotaShop struct {
	*world
	a      tenancy.Actor
	sketch id.ID
	limit  int
	before int // used before the history begins

	mu   sync.Mutex
	made []quoting.Changed // by their number in the history
	h    history.History[quotaDeed, quotaEnd]
}

func (w *world) quotaShop(t *testing.T, limit int) *quotaShop {
	t.Helper()
	s := &quotaShop{world: w, a: w.actor(t, testkit.A), limit: limit}
	s.sketch = w.sketch(t, s.a, testkit.A)
	s.before = s.used(t)
	s.a.Org.Standing.Overrides = append(s.a.Org.Standing.Overrides, tenancy.Override{Kind: tenancy.OverrideLimit, Subject: string(plan.Quotes), Limit: int64(s.before + limit)})
	return s
}

func (s *quotaShop) used(t *testing.T) int {
	var used map[plan.Metric]int64
	if _, err := s.App.Read(t.Context(), s.a.Tenant(), func(r *pg.Reading) { usage.QueueStandings(r, s.a.Tenant(), &used) }); err != nil {
		t.Error(err)
	}
	return int(used[plan.Quotes]) - s.before
}

// keep numbers a quote that was made.
func (s *quotaShop) keep(c quoting.Changed) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made = append(s.made, c)
	return len(s.made) - 1
}

func (s *quotaShop) some(dice *rand.Rand) (n int, c quoting.Changed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.made) == 0 {
		return -1, c
	}
	n = dice.IntN(len(s.made))
	return n, s.made[n]
}

func (s *quotaShop) create(t *testing.T, client int) {
	s.h.Do(client, quotaDeed{what: "make"}, func() quotaEnd {
		c, err := s.quotes.CreateFromSketch(t.Context(), s.a, quoting.CreateFromSketchInput{SketchID: s.sketch})
		if err != nil {
			return quotaEnd{code: codeOf(t, "make", err)}
		}
		return quotaEnd{code: "ok", quote: s.keep(c)}
	})
}

func (s *quotaShop) discard(t *testing.T, client, n int, c quoting.Changed) {
	s.h.Do(client, quotaDeed{what: "discard", quote: n}, func() quotaEnd {
		_, err := s.quotes.Discard(t.Context(), s.a, c.ID, quoting.DiscardInput{Version: c.Version})
		return quotaEnd{code: codeOf(t, "discard", err)}
	})
}

func (s *quotaShop) look(t *testing.T, client int) {
	s.h.Do(client, quotaDeed{what: "look"}, func() quotaEnd { return quotaEnd{code: "ok", used: s.used(t)} })
}

// Quotes are made and thrown away by six at once where three have room: each answer is one that somebody could have got
// who was alone.
func TestQuotaIsAsIfOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := setup(t)
	deeds := 0
	w.Untouched(t, testkit.B, func() {
		for n := range history.Count() {
			s := w.quotaShop(t, 3)
			history.Together(6, 8, func(client, deed int) {
				dice := rand.New(rand.NewPCG(uint64(n), uint64(client*100+deed)))
				which, c := s.some(dice)
				switch roll := dice.IntN(10); {
				case roll < 5 || which < 0:
					s.create(t, client)
				case roll < 9:
					s.discard(t, client, which, c)
				default:
					s.look(t, client)
				}
			})
			s.look(t, 0)
			quota(s.limit).Judge(t, &s.h)
			deeds += s.h.Len()
		}
	})
	t.Logf("%d histories, %d deeds", history.Count(), deeds)
}

// The same judgment on a quota that is looked at before it is used, as others do: it finds out.
func TestQuotaThatIsCheckedFirstIsFoundOut(t *testing.T) {
	t.Parallel()
	s := setup(t).quotaShop(t, 1)
	free := s.a
	free.Org.Standing.Overrides = nil // its check is the one here
	var looked sync.WaitGroup
	looked.Add(2)
	history.Together(2, 1, func(client, _ int) {
		s.h.Do(client, quotaDeed{what: "make"}, func() quotaEnd {
			full := s.used(t) >= s.limit
			looked.Done()
			looked.Wait()
			if full {
				return quotaEnd{code: "plan-limit-reached"}
			}
			c, err := s.quotes.CreateFromSketch(t.Context(), free, quoting.CreateFromSketchInput{SketchID: s.sketch})
			if err != nil {
				t.Error(err)
			}
			return quotaEnd{code: "ok", quote: s.keep(c)}
		})
	})
	if quota(s.limit).Holds(t, &s.h) {
		t.Errorf("two quotes where one has room are explained:\n%s", &s.h)
	}
}
