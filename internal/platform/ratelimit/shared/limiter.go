package shared

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/ratelimit"
	"fenceplatform.com/fence/internal/platform/redis"
)

const (
	// Patience is how long a request waits for Redis. It answers in a tenth of a millisecond.
	Patience = 25 * time.Millisecond
	// beatEvery is how often a process says that it lives, and learns how many do.
	beatEvery = 5 * time.Second
	// deadAfter is how long one is believed to live without a word.
	deadAfter = 20 * time.Second
	// guess is how many processes there are taken to be until Redis has said it once.
	guess = 3
	// knownBuckets bounds what is remembered while Redis is away.
	knownBuckets = 100_000
)

// Options of a Limiter.
type Options struct {
	Address  string
	Patience time.Duration    // Patience when zero
	Now      func() time.Time // time.Now when nil
	Failed   func()           // told of every answer that Redis did not give; may be nil
	Log      *slog.Logger
}

// Limiter counts with all processes that share the Redis, and by itself while it does not answer. It is safe for use by
// many at once.
type Limiter struct {
	o       Options
	redis   rueidis.ClientOption
	name    string
	alone   *ratelimit.Local
	client  atomic.Pointer[rueidis.Client]
	breaker breaker
	others  atomic.Int64 // processes that live, this one among them

	beat sync.Mutex // one at a time: of two that connect, one connection would be nobody's
	once sync.Once
	stop chan struct{}
	done chan struct{}
}

var errNotConnected = errors.New("redis: not connected")

// New makes a limiter for the Redis at the address. It does not have to be there.
func New(o Options) (*Limiter, error) {
	l := &Limiter{o: o, name: id.New().String(), stop: make(chan struct{}), done: make(chan struct{})}
	if l.o.Patience == 0 {
		l.o.Patience = Patience
	}
	if l.o.Now == nil {
		l.o.Now = time.Now
	}
	if l.o.Failed == nil {
		l.o.Failed = func() {}
	}
	var err error
	l.redis, err = redis.Parse(o.Address)
	l.alone = ratelimit.NewLocal(knownBuckets, l.o.Now)
	l.others.Store(guess)
	return l, err
}

// Take asks Redis, or decides by this process's share of the limit when it does not answer in time.
func (l *Limiter) Take(ctx context.Context, d ratelimit.Demand) ratelimit.Decision {
	if l.breaker.admit(l.o.Now()) {
		if got, err := l.ask(ctx, d); err == nil {
			l.note(nil)
			return got
		} else if ctx.Err() == nil { // whoever hung up says nothing of Redis
			l.note(err)
		}
	}
	got := l.alone.Take(ctx, d.Shares(l.others.Load()))
	got.Alone = true
	return got
}

func (l *Limiter) ask(ctx context.Context, d ratelimit.Demand) (ratelimit.Decision, error) {
	c := l.client.Load()
	if c == nil {
		return ratelimit.Decision{}, errNotConnected
	}
	ctx, cancel := context.WithTimeout(ctx, l.o.Patience)
	defer cancel()
	return take(ctx, *c, d)
}

func (l *Limiter) note(err error) {
	if err != nil {
		l.o.Failed()
	}
	switch opened, closed := l.breaker.note(l.o.Now(), err == nil); {
	case opened:
		l.o.Log.Warn("Redis does not answer: each process gives its share of the rate limits", "processes", l.others.Load(), "error", err)
	case closed:
		l.o.Log.Info("Redis answers again")
	}
}

// Start connects, and says every few seconds that the process lives, until Stop.
func (l *Limiter) Start(ctx context.Context) {
	go func() {
		defer close(l.done)
		for {
			l.Beat(ctx)
			pause := beatEvery
			if l.client.Load() == nil {
				pause = tryEvery
			}
			select {
			case <-l.stop:
				return
			case <-time.After(pause):
			}
		}
	}()
}

// Beat connects when nothing is connected yet, says that the process lives and learns how many do. Requests never wait for
// it, and it is no request: what it meets is not noted.
func (l *Limiter) Beat(ctx context.Context) {
	l.beat.Lock()
	defer l.beat.Unlock()
	c := l.client.Load()
	if c == nil {
		made, err := redis.Open(l.redis)
		if err != nil {
			return
		}
		c = &made
		l.client.Store(c)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if n, err := alive(ctx, *c, l.name); err == nil && n > 0 {
		l.others.Store(n)
	}
}

// Processes is how many there are, as far as it is known.
func (l *Limiter) Processes() int64 { return l.others.Load() }

// Stop ends what Start began. Safe twice; only after Start.
func (l *Limiter) Stop() {
	l.once.Do(func() { close(l.stop) })
	<-l.done
	if c := l.client.Swap(nil); c != nil {
		ctx, cancel := context.WithTimeout(context.Background(), l.o.Patience)
		defer cancel()
		gone := (*c).B().Zrem().Key(processesKey).Member(l.name).Build()
		_ = (*c).Do(ctx, gone).Error() // it is forgotten in a while anyway
		(*c).Close()
	}
}
