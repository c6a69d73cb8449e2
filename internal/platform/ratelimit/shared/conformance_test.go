package shared_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/goleak"

	"fenceplatform.com/fence/internal/platform/ratelimit"
	"fenceplatform.com/fence/internal/platform/ratelimit/shared"
	"fenceplatform.com/fence/internal/testkit/redisserver"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// clock is one that a test moves.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time              { return began.Add(time.Duration(c.ahead.Load())) }
func (c *clock) move(d time.Duration)        { c.ahead.Add(int64(d)) }
func (c *clock) away(d time.Duration) *clock { c.move(d); return c }

var began = time.Date(2026, 1, 5, 15, 0, 0, 0, time.UTC)

// subject is an implementation under test; pass has time go by for it.
type subject struct {
	ratelimit.Limiter
	pass func(time.Duration)
}

// subjects are both implementations. Redis has its own clock, so what is written there is moved instead.
var subjects = map[string]func(t *testing.T) subject{
	"in process": func(*testing.T) subject {
		c := &clock{}
		return subject{ratelimit.NewLocal(1_000, c.now), c.move}
	},
	"Redis": func(t *testing.T) subject {
		r := redisserver.Start(t)
		return subject{limiter(t, r, &clock{}), passing(t, r)}
	},
}

// patience of tests is not that of production: here an answer that comes late would be one by share.
const patience = 20 * time.Second

func limiter(t testing.TB, r *redisserver.Server, c *clock, change ...func(*shared.Options)) *shared.Limiter {
	t.Helper()
	o := shared.Options{Address: r.URL, Patience: patience, Now: c.now, Log: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&o)
	}
	l, err := shared.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l.Start(t.Context())
	t.Cleanup(l.Stop)
	l.Beat(t.Context())
	return l
}

func passing(t *testing.T, r *redisserver.Server) func(time.Duration) {
	o := rueidis.MustParseURL(r.URL)
	o.DisableCache = true
	c, err := rueidis.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	earlier := rueidis.NewLuaScript(`for _, key in ipairs(redis.call('KEYS', 'fence:rate:{*')) do
		redis.call('SET', key, string.format('%.0f', redis.call('GET', key) - ARGV[1]), 'KEEPTTL') end`)
	return func(d time.Duration) {
		if err := earlier.Exec(t.Context(), c, nil, []string{fmt.Sprint(d.Microseconds())}).Error(); err != nil && !rueidis.IsRedisNil(err) {
			t.Fatal(err)
		}
	}
}

// each runs a test against both.
func each(t *testing.T, test func(t *testing.T, s subject)) {
	t.Parallel()
	for name, make := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, make(t))
		})
	}
}

// hourly is so slow that nothing comes back while a test runs.
func hourly(name string, quota int64) ratelimit.Bucket {
	return ratelimit.Bucket{Policy: ratelimit.Policy{Name: name, Quota: quota, Window: time.Duration(quota) * time.Hour}, Key: name}
}

func demand(of string, cost int64, buckets ...ratelimit.Bucket) ratelimit.Demand {
	return ratelimit.Demand{Of: of, Cost: cost, Buckets: buckets}
}

func (s subject) want(t *testing.T, why string, d ratelimit.Demand, ok bool, left ...int64) ratelimit.Decision {
	t.Helper()
	got := s.Take(t.Context(), d)
	if got.OK != ok || got.Alone || len(got.States) != len(left) {
		t.Fatalf("%s: %+v, want %v with %d left", why, got, ok, left)
	}
	for i, n := range left {
		if got.States[i].Left != n {
			t.Fatalf("%s: %+v, want %d left", why, got.States, left)
		}
	}
	return got
}

func TestQuotaThenItsRate(t *testing.T) {
	each(t, func(t *testing.T, s subject) {
		a := hourly("a", 3)
		for n := range int64(3) {
			s.want(t, "of the quota", demand("x", 1, a), true, 2-n)
		}
		got := s.want(t, "one too many", demand("x", 1, a), false, 0)
		if w := got.States[0].Wait; w > time.Hour || w < time.Hour-time.Minute {
			t.Errorf("waits %s, want an hour", w)
		}
		s.want(t, "somebody else", demand("y", 3, a), true, 0)
		s.want(t, "another bucket", demand("x", 1, hourly("b", 3)), true, 2)
		s.pass(got.States[0].Wait - time.Minute)
		s.want(t, "a minute too early", demand("x", 1, a), false, 0)
		s.pass(time.Minute)
		s.want(t, "after the wait", demand("x", 1, a), true, 0)
		s.pass(1000 * time.Hour)
		s.want(t, "more than the quota, after a rest", demand("x", 4, a), false, 3)
		s.want(t, "all of it", demand("x", 3, a), true, 0)
	})
}

func TestAllBucketsOrNone(t *testing.T) {
	each(t, func(t *testing.T, s subject) {
		few, many, other := hourly("few", 2), hourly("many", 10), hourly("other", 5)
		s.want(t, "both", demand("x", 2, few, many), true, 0, 8)
		for range 3 {
			got := s.want(t, "the first is spent", demand("x", 1, few, many, other), false, 0, 8, 5)
			if got.States[0].Wait == 0 || got.States[1].Wait != 0 || got.States[2].Wait != 0 {
				t.Errorf("waits %+v, want the first alone", got.States)
			}
			s.want(t, "the last is spent", demand("x", 1, many, other, few), false, 8, 5, 0)
		}
		s.want(t, "without it", demand("x", 5, many, other), true, 3, 0)
	})
}

func TestPeekSpendsNothing(t *testing.T) {
	each(t, func(t *testing.T, s subject) {
		a, b := hourly("a", 3), hourly("b", 5)
		for range 10 {
			s.want(t, "nothing was spent yet", demand("x", 0, a, b), true, 3, 5)
		}
		s.want(t, "all of one", demand("x", 3, a), true, 0)
		for range 10 {
			got := s.want(t, "one is spent", demand("x", 0, a, b), true, 0, 5)
			if got.States[0].Wait == 0 || got.States[1].Wait != 0 {
				t.Errorf("waits %+v", got.States)
			}
		}
	})
}

func TestWhatCanNeverBeSpent(t *testing.T) {
	each(t, func(t *testing.T, s subject) {
		s.want(t, "a quota of nothing", demand("x", 1, hourly("none", 0)), false, 0)
		got := s.want(t, "more than there ever is", demand("x", 4, hourly("a", 3)), false, 3)
		if got.States[0].Wait != 3*time.Hour {
			t.Errorf("waits %s, want the window", got.States[0].Wait)
		}
		s.want(t, "it spent nothing", demand("x", 0, hourly("a", 3)), true, 3)
		s.want(t, "nothing at all is asked for", demand("x", 1), true)
	})
}

// Time that goes back makes no debt out of what was spent.
func TestTimeThatGoesBack(t *testing.T) {
	each(t, func(t *testing.T, s subject) {
		a := hourly("a", 2)
		s.want(t, "all", demand("x", 2, a), true, 0)
		s.pass(-100 * time.Hour)
		s.want(t, "after the clock was set back", demand("x", 1, a), true, 1)
	})
}

func TestManyAtOnceSpendTheQuotaOnce(t *testing.T) {
	each(t, func(t *testing.T, s subject) {
		var done, second atomic.Int64
		var all sync.WaitGroup
		a, b := hourly("a", 100), hourly("b", 70)
		for n := range 50 {
			all.Go(func() {
				for range 20 {
					d := demand("x", 1, a)
					if n%2 == 0 {
						d = demand("x", 1, a, b)
					}
					if got := s.Take(t.Context(), d); got.OK && !got.Alone {
						done.Add(1)
						second.Add(int64(len(d.Buckets) - 1))
					}
				}
			})
		}
		all.Wait()
		left := s.want(t, "at last", demand("x", 0, a), true, 0)
		if b := s.Take(t.Context(), demand("x", 0, b)).States[0].Left; done.Load() != 100 || b != 70-second.Load() {
			t.Errorf("%d deeds were done, %d of them with the second bucket, which has %d left; %+v", done.Load(), second.Load(), b, left)
		}
	})
}

// Any sequence of demands ends as in a model: the rule in process, on a clock of its own.
func TestDemandsEndAsInTheModel(t *testing.T) {
	each(t, func(t *testing.T, s subject) {
		random := rand.New(rand.NewPCG(3, 4))
		for run := range 20 {
			at := &clock{}
			model := ratelimit.NewLocal(100, at.now)
			buckets := []ratelimit.Bucket{hourly("a", 1+random.Int64N(5)), hourly("b", 1+random.Int64N(9)), hourly("c", 1+random.Int64N(4))}
			of := fmt.Sprint("run ", run)
			for step := range 30 {
				// Whole hours and a half: what the test itself takes decides nothing.
				by := time.Duration(random.Int64N(3)) * time.Hour
				if step == 0 {
					by = 30 * time.Minute
				}
				at.move(by)
				s.pass(by)
				random.Shuffle(len(buckets), func(i, j int) { buckets[i], buckets[j] = buckets[j], buckets[i] })
				d := demand(of, random.Int64N(4), buckets[:1+random.IntN(3)]...)
				want, got := model.Take(t.Context(), d), s.Take(t.Context(), d)
				if want.OK != got.OK {
					t.Fatalf("run %d, step %d, %+v: %+v, want %+v", run, step, d, got, want)
				}
				for i := range want.States {
					w, g := want.States[i], got.States[i]
					if off := (w.Wait - g.Wait).Abs(); w.Left != g.Left && w.Left != g.Left-1 || off > 10*time.Minute {
						t.Fatalf("run %d, step %d, %+v: %+v, want %+v", run, step, d, got, want)
					}
				}
			}
		}
	})
}
