package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/payment/connectgw"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/stripesim"
)

// Files of simulated payments in the data folder.
const (
	simulatorKeyFile = "payments.key"
	webhookKeyFile   = "payments.webhook.key"
	connectKeyFile   = "payments.connect.key"
	simulatorJournal = "payments.journal"
)

const (
	// simulatorTick is how soon webhooks follow what somebody did on a page.
	simulatorTick = 100 * time.Millisecond
	// clockLooks is how often the database is asked whether its clock was moved.
	clockLooks = time.Second
	// furthestMove is how far the clock goes at once: all that is due meanwhile is played.
	furthestMove = 366 * 24 * time.Hour
	moveWithin   = 15 * time.Second
)

// simulator is a Stripe in this process, on the platform's clock.
type simulator struct {
	sim     *stripesim.Sim
	gateway *stripegw.Client
	key     string // of its API
	secret  string // of our endpoint's webhooks
	// connectSecret is that of the endpoint for companies' accounts.
	connectSecret string
	clock         *clock
	log           *slog.Logger

	runner  *stripesim.Runner
	serves  chan struct{} // closed once it does; until then time stands still
	webhook http.Handler  // what takes webhooks: this process, once it serves
	looked  time.Time     // when the database was last asked for the clock; of the runner alone

	moving sync.Mutex
	worker *billing.Worker
	tasks  *tasks.Runner
}

// newSimulator opens what the data folder keeps of it, and sets up what the product needs, as in an account of Stripe.
func newSimulator(ctx context.Context, a *App) (s *simulator, err error) {
	text, err := kept(filepath.Join(a.settings.DataDir, simulatorKeyFile))
	if err != nil {
		return nil, fmt.Errorf("simulated payments: %w", err)
	}
	s = &simulator{serves: make(chan struct{}), clock: &a.clock, log: a.log, key: "sk_test_" + hex.EncodeToString(part(text, "key"))}
	seed := binary.BigEndian.Uint64(part(text, "seed"))
	s.sim, err = stripesim.Open(stripesim.Config{
		Seed: seed, SecretKey: s.key, Start: a.clock.now(), PublicURL: a.Site.Of(tenancy.PayHost, ""), MoveClock: s.moveFromPage,
		AfterRetries: "past_due", // until it is paid: the time of grace is ours
		Client:       &http.Client{Transport: stripesim.Within(http.HandlerFunc(s.takeWebhook)), Timeout: answerWithin},
	}, filepath.Join(a.settings.DataDir, simulatorJournal))
	if err != nil {
		return nil, fmt.Errorf("simulated payments: %w", err)
	}
	s.gateway = stripegw.Within(s.key, s.sim.Transport())
	s.runner = stripesim.NewRunner(s.sim, s.now, simulatorTick)
	if s.secret, err = s.setUp(ctx, a.Site.Apex(stripegw.WebhookPath), filepath.Join(a.settings.DataDir, webhookKeyFile)); err != nil {
		return nil, errors.Join(fmt.Errorf("set up simulated payments: %w", err), s.sim.Close())
	}
	if s.connectSecret, err = s.setUpConnect(ctx, a.Site.Apex(connectgw.WebhookPath), filepath.Join(a.settings.DataDir, connectKeyFile)); err != nil {
		return nil, errors.Join(fmt.Errorf("set up simulated payments: %w", err), s.sim.Close())
	}
	return s, nil
}

// setUpConnect makes the endpoint for companies' accounts, whose secret is kept like the other's.
func (s *simulator) setUpConnect(ctx context.Context, address, path string) (secret string, err error) {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	of, secret, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	made, err := connectgw.New(s.gateway).SetUpEndpoint(ctx, address, of == address && secret != "")
	if err != nil || made == "" {
		return secret, err
	}
	return made, os.WriteFile(path, []byte(address+" "+made+"\n"), 0o600)
}

// part is one secret of many that come from one.
func part(text, purpose string) []byte {
	mac := hmac.New(sha256.New, []byte(strings.TrimSpace(text)))
	mac.Write([]byte(purpose))
	return mac.Sum(nil)[:16]
}

// setUp makes products, prices, portal and endpoint where they are missing. The endpoint's secret is shown once, so it is
// kept; one that was lost, or of another address, is replaced together with its endpoint.
func (s *simulator) setUp(ctx context.Context, address, path string) (secret string, err error) {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	of, secret, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	if of != address || secret == "" {
		if err := s.gateway.ForgetEndpoints(ctx); err != nil {
			return "", err
		}
	}
	found, made, err := s.gateway.Setup(ctx, address, true)
	if err != nil {
		return "", err
	}
	for _, f := range found {
		if f.State == stripegw.Different {
			return "", fmt.Errorf("%s: %s", f.Thing, f.Detail)
		}
	}
	if made == "" {
		return secret, nil
	}
	return made, os.WriteFile(path, []byte(address+" "+made+"\n"), 0o600)
}

// start lets time pass in it, and webhooks come to the handler.
func (s *simulator) start(webhook http.Handler, w *billing.Worker, t *tasks.Runner) {
	s.webhook, s.worker, s.tasks = webhook, w, t
	close(s.serves)
	s.runner.Start()
}

func (s *simulator) takeWebhook(w http.ResponseWriter, r *http.Request) { s.webhook.ServeHTTP(w, r) }

// now is the platform's time. The database is asked now and then: somebody else may have moved it.
func (s *simulator) now() time.Time {
	if time.Since(s.looked) >= clockLooks {
		s.looked = time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), clockLooks)
		defer cancel()
		err := s.clock.look(ctx)
		if err == nil && s.clock.ahead.Load() > 0 {
			err = s.tasks.Wake(ctx, time.Duration(s.clock.ahead.Load()))
		}
		if err != nil {
			s.log.Warn("simulated payments", "error", err)
		}
	}
	return s.clock.now()
}

// move lets the platform's time pass at once, as it would pass by itself: what is due happens one after the other, each
// with its webhooks and their consequences.
func (s *simulator) move(ctx context.Context, to time.Time) error {
	select {
	case <-s.serves:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	from := s.clock.now()
	switch {
	case !to.After(from):
		return fault.InvalidField("/to", "Choose a moment that is yet to come: this clock goes forward only.")
	case to.Sub(from) > furthestMove:
		return fault.InvalidField("/to", "Choose a moment within a year.")
	}
	for at := from; at.Before(to); {
		next := to
		if due, ok := s.sim.NextDue(); ok && due.After(at) && due.Before(to) {
			next = due
		}
		if err := s.clock.move(ctx, next); err != nil {
			return err
		}
		s.sim.Advance(s.clock.now())
		s.sim.Deliver(ctx)
		if err := s.worker.Follow(ctx); err != nil {
			return err
		}
		at = next
	}
	if err := s.tasks.Wake(ctx, time.Duration(s.clock.ahead.Load())); err != nil {
		return err
	}
	return s.tasks.DoNights(ctx, from, to)
}

func (s *simulator) moveFromPage(to time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), moveWithin)
	defer cancel()
	return s.move(ctx, to)
}

// stop ends the passing of time; a webhook that is under way is cut off, and what it told is asked for after the next start.
func (s *simulator) stop() { s.runner.Stop() }

func (s *simulator) close() error { return s.sim.Close() }

// pages answers the host of payments: what Stripe shows to people. Its API is for this process alone, and its clock moves
// everybody's, so only this machine reaches it.
func (s *simulator) pages() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ip := net.ParseIP(httpx.Info(r).IP)
		if !strings.HasPrefix(r.URL.Path, "/sim/") || r.URL.Path == "/sim/clock" && (ip == nil || !ip.IsLoopback()) {
			http.NotFound(w, r)
			return
		}
		s.sim.ServeHTTP(w, r)
	})
}
