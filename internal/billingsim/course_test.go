package billingsim

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"fenceplatform.com/fence/internal/api/stripehook"
	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/stripemock"
	"fenceplatform.com/fence/internal/stripesim"
)

const secretKey = "sk_test_simulated"

// begin is the first moment of every course.
var begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// course is what happens by one seed.
type course struct {
	ctx   context.Context
	seed  uint64
	plant plant
	*ground
	random *rand.Rand // of what is nobody's own

	sim      *stripesim.Sim
	now      time.Time
	end      time.Time
	prices   map[string]string // by lookup key
	registry *prometheus.Registry
	trouble  bool // calls of the product's go wrong now and then

	mirror   *billing.Mirror
	gateway  *stripegw.Client
	workers  [2]*billing.Worker
	accounts *billing.Accounts
	service  *billing.Service
	hook     http.Handler

	companies  []*company
	of         map[string]*company // by customer at Stripe
	awake      bool                // workers run
	awakeSince time.Time
	turnsAt    time.Time // workers stop or begin again
	sweepAt    time.Time
	every      time.Duration // how long the workers rest after a round
	roundAt    time.Time
	quiesceAt  time.Time
	elapsed    time.Duration        // that the database's rows of the mirror do not know of yet
	failing    map[string]time.Time // customers that could not be read, and when they are surely tried again
	read       map[string]reading   // the newest reading of each customer that counts
	lost       map[string]time.Time // disputes, and when it was read that they were lost
	undecided  []string             // lost ones that no operator has seen yet
	decided    map[string]bool      // lost ones of which an operator decided that the company goes on
	dirtied    map[string]time.Time // when the newest hint came
	fresh      map[string]bool      // were read since the last look
	late       int                  // readings under way that have lost their lease
	suspect    string               // the customer of the last of them
	noted      int                  // failures that were looked at
	found      error                // what was found within a reading
	teller     *billing.Teller
	toldUpTo   int                  // readings of which owners were told
	trail      hash.Hash64          // of what the product asked, in its order
	recorder   *stripemock.Recorder // nil: nothing that is sent is kept
	figures
}

// figures are what a course comes to.
type figures struct {
	Steps, Acts, Webhooks, Repeated, Readings, Failures, Fenced, Looks, Letters, Quiesces int
}

func (f *figures) add(o figures) {
	f.Steps += o.Steps
	f.Acts += o.Acts
	f.Webhooks += o.Webhooks
	f.Repeated += o.Repeated
	f.Readings += o.Readings
	f.Failures += o.Failures
	f.Fenced += o.Fenced
	f.Looks += o.Looks
	f.Letters += o.Letters
	f.Quiesces += o.Quiesces
}

func (f figures) String() string {
	return fmt.Sprintf("%d steps, %d acts, %d webhooks (%d again), %d readings (%d failed, %d fenced off), %d looks at a company, %d mails to owners, %d times all compared",
		f.Steps, f.Acts, f.Webhooks, f.Repeated, f.Readings, f.Failures, f.Fenced, f.Looks, f.Letters, f.Quiesces)
}

// run plays a seed on the ground. The error is the first invariant that did not hold.
func run(ctx context.Context, g *ground, seed uint64, p plant, span int) (figures, error) {
	c := newCourse(ctx, g, seed, p, span)
	err := c.play()
	if err != nil {
		err = fmt.Errorf("seed %d, %s: %w\nreproduce it: %s", seed, c.now.Format(time.DateTime), err, reproduce(seed, p, span))
	}
	return c.figures, err
}

func newCourse(ctx context.Context, g *ground, seed uint64, p plant, span int) *course {
	return &course{
		ctx: ctx, seed: seed, plant: p, ground: g, random: rand.New(rand.NewPCG(seed, 1)), now: begin, end: begin.AddDate(0, span, 0), prices: map[string]string{}, registry: prometheus.NewRegistry(),
		of: map[string]*company{}, awake: true, awakeSince: begin, failing: map[string]time.Time{}, read: map[string]reading{}, dirtied: map[string]time.Time{}, fresh: map[string]bool{},
		lost: map[string]time.Time{}, decided: map[string]bool{}, trail: fnv.New64(),
	}
}

func reproduce(seed uint64, p plant, span int) string {
	line := fmt.Sprintf("make billing-sim SEEDS=%d-%d", seed, seed)
	if span != months {
		line += fmt.Sprintf(" MONTHS=%d", span)
	}
	if p != "" {
		line += " PLANT=" + string(p)
	}
	return line
}

func (c *course) play() error {
	if err := errors.Join(c.clear(c.ctx), c.open()); err != nil {
		return err
	}
	stood, last := 0, c.now
	for c.now.Before(c.end) {
		if err := c.step(); err != nil {
			return err
		}
		if stood++; c.now.After(last) {
			stood, last = 0, c.now
		}
		if stood > mostAtOnce {
			return fmt.Errorf("time stands still at %s: %s", c.now.Format(time.DateTime), c.standing())
		}
	}
	return c.quiesce()
}

// mostAtOnce is how many steps may share a moment.
const mostAtOnce = 100

// standing is what a course that stands still waits for.
func (c *course) standing() string {
	due, _ := c.sim.NextDue()
	return fmt.Sprint(due, c.turnsAt, c.sweepAt, c.quiesceAt, c.failing)
}

var webhookChaos = stripesim.Chaos{Duplicate: .2, Drop: .05, Delay: .1, Reorder: true}

// callChaos is webhookChaos, and what goes wrong with calls.
var callChaos = stripesim.Chaos{
	Duplicate: .2, Drop: .05, Delay: .1, Reorder: true,
	FailBefore: .006, FailAfter: .006, Conflict: .006, TooMany: .006, Reset: .006,
}

// open puts both sides together, as fence stripe setup and fence serve do.
func (c *course) open() error {
	c.sim = stripesim.New(stripesim.Config{
		Seed: c.seed, Start: begin, SecretKey: secretKey, PublicURL: "http://stripe.invalid", AfterRetries: []string{"canceled", "unpaid", "past_due"}[c.random.IntN(3)],
		Client: &http.Client{Transport: carried{func(w http.ResponseWriter, r *http.Request) { c.deliver(w, r) }}},
	})
	c.gateway = stripegw.Hurried(secretKey, troubled{c})
	c.mirror = billing.NewMirror(c.System)
	c.accounts = billing.NewAccounts(c.mirror, c.gateway)
	for n := range c.workers {
		c.workers[n] = billing.NewWorker(c.mirror, provider{c, n}, quiet)
	}
	c.teller = &billing.Teller{DB: c.App, Mail: &notify.Service{DB: c.App, Queue: c.queue, Site: c.site, From: "mail@fence.invalid"}}
	c.service = &billing.Service{DB: c.App, Queue: c.queue, Site: c.site, Accounts: c.accounts, Worker: c.workers[0], Gateway: c.gateway}
	_, secret, err := c.gateway.Setup(c.ctx, "http://apex.invalid"+stripegw.WebhookPath, true)
	if err != nil {
		return err
	}
	c.hook = stripehook.New(stripegw.Inbox{Secrets: []string{secret}}, c.mirror, c.sim.Now, c.registry, quiet)
	for _, key := range []string{"starter_v1", "growth_v1", "extra_user_v1"} {
		a := c.call("GET", "/v1/prices", "lookup_keys[]", key)
		if len(a.Data) != 1 {
			return fmt.Errorf("%d prices of %s", len(a.Data), key)
		}
		c.prices[key] = a.Data[0].ID
	}
	c.sim.SetChaos(webhookChaos)
	c.trouble = true
	if err := c.mailByEvent(); err != nil {
		return err
	}
	for n, o := range c.orgs {
		c.companies = append(c.companies, newCompany(c, n, o))
	}
	c.turnsAt, c.sweepAt, c.quiesceAt = c.days(5, 60), c.days(20, 80), c.days(120, 300)
	c.every = []time.Duration{0, 6 * time.Hour, day, 3 * day}[c.random.IntN(4)]
	return nil
}

var quiet = slog.New(slog.DiscardHandler)

// days is a moment in so many days, at most.
func (c *course) days(least, most int) time.Time {
	return c.now.Add(time.Duration(least)*day + time.Duration(c.random.Int64N(int64(time.Duration(most-least)*day)))).Truncate(time.Second)
}

const day = 24 * time.Hour

// next is when something happens: an act, something at Stripe, a state that ends by time, the workers' hours.
func (c *course) next() time.Time {
	at := c.end
	sooner := func(t time.Time) {
		if !t.IsZero() && t.Before(at) {
			at = t
		}
	}
	if due, ok := c.sim.NextDue(); ok {
		sooner(due)
	}
	sooner(c.turnsAt)
	if c.awake {
		sooner(c.sweepAt)
	}
	sooner(c.quiesceAt)
	for _, co := range c.companies {
		sooner(co.actsAt)
		sooner(co.looksAt())
		if c.awake {
			sooner(co.tasksAt)
			sooner(co.seatsAt)
			sooner(co.nightAt)
		}
	}
	if c.awake && len(c.failing) > 0 {
		for _, t := range c.failing {
			sooner(later(t, c.roundAt))
		}
	}
	if at.Before(c.now) {
		return c.now
	}
	return at
}

// step goes to the next moment at which something happens, and lets it.
func (c *course) step() error {
	c.Steps++
	c.pass(c.next().Sub(c.now))
	for _, co := range c.companies {
		if !co.actsAt.After(c.now) {
			if err := c.act(co); err != nil {
				return err
			}
		}
	}
	c.sim.Deliver(c.ctx)
	if !c.turnsAt.After(c.now) {
		c.turn()
	}
	if c.awake {
		for _, co := range c.companies {
			if err := c.tasks(co); err != nil {
				return err
			}
		}
		if !c.sweepAt.After(c.now) {
			if err := c.sweep(); err != nil {
				return err
			}
			c.sweepAt = c.days(20, 80)
		}
		if c.promised() || !c.roundAt.After(c.now) {
			c.roundAt = c.now.Add(c.every)
			if err := c.round(); err != nil {
				return err
			}
		}
		if err := c.letters(); err != nil {
			return err
		}
	}
	if !c.quiesceAt.After(c.now) {
		c.quiesceAt = c.days(120, 300)
		return c.quiesce()
	}
	return c.look()
}

// promised tells that somebody has paid, who is not to wait for a worker that rests.
func (c *course) promised() bool {
	return slices.ContainsFunc(c.companies, func(co *company) bool { return !co.told.IsZero() })
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// pass lets time go by at Stripe and here.
func (c *course) pass(by time.Duration) {
	by = max(by, 0)
	c.now = c.now.Add(by)
	c.elapsed += by
	c.sim.Advance(c.now) // also for what is due at this moment
}

// turn stops the workers for up to six days, or has them run again.
func (c *course) turn() {
	c.awake = !c.awake
	if c.awake {
		c.awakeSince, c.turnsAt = c.now, c.days(5, 120)
	} else {
		c.turnsAt = c.days(0, 6)
	}
}

// TestCourseIsDecidedByItsSeed: a line that reproduces a failure is worth something only then. The courses are played beside
// each other, so that neither has the machine for itself.
func TestCourseIsDecidedByItsSeed(t *testing.T) {
	t.Parallel()
	var trails [2]uint64
	var played sync.WaitGroup
	for n := range trails {
		g := newGround(t)
		played.Go(func() {
			c := newCourse(t.Context(), g, 13, "", 10)
			if err := c.play(); err != nil {
				t.Error(err)
			}
			t.Log(c.figures)
			trails[n] = c.trail.Sum64()
		})
	}
	played.Wait()
	if trails[0] != trails[1] {
		t.Error("a seed had the product ask for one thing, and then for another")
	}
}
