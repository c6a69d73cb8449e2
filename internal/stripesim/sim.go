package stripesim

import (
	"net/http"
	"sync"
	"time"
)

// Version is the version of the API that is simulated: the one that stripe-go v85.0.0 speaks.
const Version = "2026-03-25.dahlia"

// Config says what a simulator is like. The zero value is one in test mode that begins on 1 January 2026.
type Config struct {
	// Seed decides ids, secrets and trouble. Whoever knows it knows the webhooks' secrets: a simulator that others can
	// reach takes one that nobody can guess.
	Seed  uint64
	Start time.Time
	// SecretKey opens the test mode, LiveKey the live mode, whose objects lie apart; without LiveKey there is none.
	SecretKey, LiveKey string
	// PublicURL is where browsers reach the pages; without it, the host that a request named.
	PublicURL string
	// Retries are when a failed renewal is tried again, counted from the first attempt; AfterRetries what becomes of the
	// subscription when the last one failed: canceled, unpaid or past_due.
	Retries      []time.Duration
	AfterRetries string
	// UpcomingDays is how long before a renewal invoice.upcoming tells of it.
	UpcomingDays int
	// Client carries webhooks.
	Client *http.Client
	// MoveClock is called by the clock's page; without it the page moves this simulator alone.
	MoveClock func(to time.Time) error
	Chaos     Chaos
}

const day = 24 * 60 * 60

func (c Config) filled() Config {
	if c.Start.IsZero() {
		c.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if c.SecretKey == "" {
		c.SecretKey = "sk_test_simulated"
	}
	if c.Retries == nil {
		c.Retries = []time.Duration{3 * 24 * time.Hour, 5 * 24 * time.Hour, 7 * 24 * time.Hour}
	}
	if c.AfterRetries == "" {
		c.AfterRetries = canceled
	}
	if c.UpcomingDays == 0 {
		c.UpcomingDays = 7
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return c
}

// Sim is a Stripe. It is safe for use by many at once. Make one with New.
type Sim struct {
	config  Config
	handler http.Handler

	mu     sync.Mutex
	clock  *clock
	names  *names
	spaces map[where]*space
	// current is the request that is carried out, for the events that it makes; nil as time passes.
	current    *origin
	base       string // of pages, from the last request
	keys       *answers
	requests   uint64
	faults     []Fault
	deliveries []*delivery
	sent       int64
	delivering sync.Mutex
	journal    *journal // nil where nothing is written down
}

// where says which objects: of which account, in which mode. The platform's own account is "".
type where struct {
	account string
	live    bool
}

// origin is what an event tells of the request that made it.
type origin struct {
	ID             opt `json:"id"`
	IdempotencyKey opt `json:"idempotency_key"`
}

// New makes a simulator with no objects.
func New(config Config) *Sim {
	config = config.filled()
	s := &Sim{
		config: config,
		clock:  newClock(config.Start.Unix()),
		names:  newNames(config.Seed),
		spaces: map[where]*space{},
		keys:   newAnswers(),
		base:   config.PublicURL,
	}
	s.space(where{})
	s.handler = s.routes()
	return s
}

// ServeHTTP answers the API below /v1/ and the pages below /sim/.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Now is the simulator's time.
func (s *Sim) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Unix(s.clock.now, 0).UTC()
}

// Advance plays everything that is due until a moment, in order. Webhooks that it makes wait for Deliver.
func (s *Sim) Advance(to time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.run(to.Unix())
	s.keys.forget(s.clock.now)
	for _, sp := range s.spaces {
		sp.forgetEvents(s.clock.now)
	}
}

// NextDue is when something next happens by itself: an object changes, or a webhook is due.
func (s *Sim) NextDue() (at time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, ok := s.clock.next()
	for _, d := range s.deliveries {
		if !ok || d.due < next {
			next, ok = d.due, true
		}
	}
	return time.Unix(next, 0).UTC(), ok
}

// NextDelivery is when a webhook is next due, which may be past.
func (s *Sim) NextDelivery() (at time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next int64
	for _, d := range s.deliveries {
		if !ok || d.due < next {
			next, ok = d.due, true
		}
	}
	return time.Unix(next, 0).UTC(), ok
}

func (s *Sim) space(at where) *space {
	if s.spaces[at] == nil {
		s.spaces[at] = newSpace(s, at)
	}
	return s.spaces[at]
}
