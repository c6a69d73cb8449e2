package shared_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/ratelimit/shared"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/redisserver"
)

// beats is longer than a breaker stays open.
const beats = 2 * time.Second

// Two processes whose clocks are a minute apart share one budget: time is Redis's.
func TestClocksAMinuteApartShareOneBudget(t *testing.T) {
	t.Parallel()
	r := redisserver.Start(t)
	one, two := limiter(t, r, &clock{}), limiter(t, r, (&clock{}).away(time.Minute))
	a := hourly("a", 60)
	a.Policy.Window = time.Hour // one comes back each minute: by their clocks, always one more
	var done atomic.Int64
	var all sync.WaitGroup
	for _, l := range []*shared.Limiter{one, two, one, two} {
		all.Go(func() {
			for range 50 {
				if got := l.Take(t.Context(), demand("x", 1, a)); got.OK && !got.Alone {
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	if done.Load() != 60 {
		t.Errorf("%d deeds were done, want the quota of 60", done.Load())
	}
	for _, l := range []*shared.Limiter{one, two} {
		if got := l.Take(t.Context(), demand("x", 0, a)); got.States[0].Left != 0 || got.States[0].Wait > time.Minute || got.States[0].Wait < 50*time.Second {
			t.Errorf("one of them sees %+v", got)
		}
	}
}

// While Redis is dead each of three processes gives a third; when it is back they share again.
func TestRedisKilledInMidRun(t *testing.T) {
	t.Parallel()
	r := redisserver.Start(t)
	at := &clock{}
	var failed atomic.Int64
	log := &testkit.Diary{}
	var all []*shared.Limiter
	for range 3 {
		all = append(all, limiter(t, r, at, func(o *shared.Options) {
			o.Failed, o.Log = func() { failed.Add(1) }, slog.New(slog.NewTextHandler(log, nil))
		}))
	}
	for _, l := range all {
		if l.Beat(t.Context()); l.Processes() != 3 {
			t.Fatalf("%d processes are known, want 3", l.Processes())
		}
	}
	a := hourly("a", 12)
	for n, l := range all {
		if got := l.Take(t.Context(), demand("x", 1, a)); !got.OK || got.Alone || got.States[0].Left != int64(11-n) {
			t.Fatalf("before: %+v", got)
		}
	}
	stop, asked := make(chan struct{}), sync.WaitGroup{}
	for _, l := range all { // others are at work when it dies
		asked.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					l.Take(t.Context(), demand("others", 1, hourly("b", 1_000_000)))
				}
			}
		})
	}
	r.Kill(t)
	for n, l := range all {
		given := 0
		for range 20 {
			got := l.Take(t.Context(), demand("x", 1, a))
			if !got.Alone || got.States[0].Policy.Quota != 4 {
				t.Fatalf("without Redis: %+v", got)
			}
			if got.OK {
				given++
			}
		}
		if given != 4 {
			t.Errorf("process %d gave %d of 12 without Redis, want a third", n, given)
		}
	}
	close(stop)
	asked.Wait()
	if failed.Load() == 0 || !strings.Contains(log.String(), "Redis does not answer") {
		t.Errorf("%d failures noted, log:\n%s", failed.Load(), log)
	}
	before := failed.Load()
	for range 100 {
		all[0].Take(t.Context(), demand("x", 1, a))
	}
	if failed.Load() != before {
		t.Error("requests go on asking a dead Redis")
	}
	r.Run(t) // it has forgotten everything: everybody has all of it again
	for n, l := range all {
		l.Beat(t.Context())
		at.move(beats)
		if got := l.Take(t.Context(), demand("x", 1, a)); got.Alone || got.States[0].Left != int64(11-n) {
			t.Errorf("process %d when Redis is back: %+v", n, got)
		}
	}
	if !strings.Contains(log.String(), "Redis answers again") {
		t.Errorf("log:\n%s", log)
	}
}

// A Redis that hangs keeps nobody waiting: three requests run into the patience, all others are decided at once.
func TestRedisPausedInMidRun(t *testing.T) {
	t.Parallel()
	r := redisserver.Start(t)
	at := &clock{}
	var failed atomic.Int64
	l := limiter(t, r, at, func(o *shared.Options) { o.Failed = func() { failed.Add(1) } })
	hasty := limiter(t, r, at, func(o *shared.Options) { o.Failed, o.Patience = func() { failed.Add(1) }, shared.Patience })
	a := hourly("a", 1_000)
	if got := l.Take(t.Context(), demand("x", 1, a)); got.Alone {
		t.Fatalf("before: %+v", got)
	}
	r.Pause(t)
	for range 200 { // it never answers: that this ends is the proof that nobody waits for it
		if got := hasty.Take(t.Context(), demand("x", 1, a)); !got.Alone || !got.OK {
			t.Fatalf("while it hangs: %+v", got)
		}
	}
	if n := failed.Load(); n < 1 || n > 3 {
		t.Errorf("%d requests waited for Redis, want three at most", n)
	}
	at.move(beats)
	if got := hasty.Take(t.Context(), demand("x", 1, a)); !got.Alone || failed.Load() > 4 {
		t.Errorf("the one that tries again: %+v, %d failures", got, failed.Load())
	}
	r.Resume(t)
	for range 3 { // a connection that was given up is made again first
		l.Beat(t.Context())
		at.move(beats)
		if got := l.Take(t.Context(), demand("x", 1, a)); !got.Alone {
			if got.States[0].Left > 998 {
				t.Errorf("it has forgotten what was spent before: %+v", got)
			}
			return
		}
	}
	t.Error("Redis is not asked again")
}

// A process that starts without Redis works by a guess, and finds Redis when it comes.
func TestRedisNotThereAtTheStart(t *testing.T) {
	t.Parallel()
	r := redisserver.Start(t)
	r.Kill(t)
	at := &clock{}
	l := limiter(t, r, at)
	a := hourly("a", 9)
	if got := l.Take(t.Context(), demand("x", 1, a)); !got.Alone || !got.OK || got.States[0].Policy.Quota != 3 {
		t.Errorf("without Redis: %+v, want a third", got)
	}
	for range 5 {
		l.Take(t.Context(), demand("x", 0, a))
	}
	r.Run(t)
	l.Beat(t.Context())
	at.move(beats)
	if got := l.Take(t.Context(), demand("x", 1, a)); got.Alone || got.States[0].Left != 8 {
		t.Errorf("when it has come: %+v", got)
	}
	l.Stop()
	l.Stop()
}

// Who hangs up says nothing of Redis.
func TestHangingUpIsNoFailure(t *testing.T) {
	t.Parallel()
	r := redisserver.Start(t)
	failed := 0
	l := limiter(t, r, &clock{}, func(o *shared.Options) { o.Failed = func() { failed++ } })
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	for range 10 {
		if got := l.Take(gone, demand("x", 1, hourly("a", 100))); !got.OK {
			t.Errorf("%+v", got)
		}
	}
	if got := l.Take(t.Context(), demand("x", 1, hourly("a", 100))); got.Alone || failed != 0 {
		t.Errorf("then: %+v, %d failures", got, failed)
	}
}

func TestAddressesOfRedis(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "localhost:6379", "http://redis:6379", "redis://redis:6379/x", "unix://", "redis://:hunter2@red is"} {
		_, err := shared.New(shared.Options{Address: address})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", address, err)
		}
	}
	for _, address := range []string{"redis://redis", "rediss://fence:hunter2@redis.example:6380", "redis://a:1?addr=b:2&addr=c:3", "unix:///run/redis.sock"} {
		if _, err := shared.New(shared.Options{Address: address}); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func BenchmarkRedis(b *testing.B) {
	l := limiter(b, redisserver.Start(b), &clock{})
	buckets := hourly("a", 1e6)
	d := demand("x", 1, buckets, hourly("b", 1e6), hourly("c", 1e6))
	b.Run("one after another", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			l.Take(b.Context(), d)
		}
	})
	b.Run("32 at once", func(b *testing.B) {
		b.SetParallelism(16)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				l.Take(b.Context(), d)
			}
		})
	})
}
