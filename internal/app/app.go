package app

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/platform/telemetry"
	"fenceplatform.com/fence/internal/ui/assets"
	"fenceplatform.com/fence/internal/worker"
)

// App is a serving process.
type App struct {
	settings config.Settings
	log      *slog.Logger

	cluster *cluster.Cluster // nil beside an outside database
	detach  func()           // of a command beside a server
	at      Addresses
	db      *pg.DB
	system  *pg.System
	runner  *tasks.Runner
	metrics *telemetry.Metrics

	clock    clock
	payments *payments // nil: none are taken
	limits   limits

	Site     tenancy.Site
	Services Services
	SealKey  ed25519.PrivateKey

	proxies     httpx.Proxies
	public, ops net.Listener
	draining    atomic.Bool
}

// New opens everything that serving needs and refuses when something is not as expected. Listeners come
// first: a taken port is the likeliest trouble, and nothing is started for it.
func New(ctx context.Context, s config.Settings, log *slog.Logger) (_ *App, err error) {
	a := &App{settings: s, log: log, metrics: telemetry.New()}
	defer func() {
		if err != nil {
			a.Close(context.WithoutCancel(ctx))
		}
	}()
	if a.public, err = listen("FENCE_LISTEN", s.Listen); err != nil {
		return nil, err
	}
	if a.ops, err = listen("FENCE_ADMIN_LISTEN", s.AdminListen); err != nil {
		return nil, err
	}
	if s.Embedded() {
		if a.cluster, a.at, err = privateDatabase(ctx, s, log); err != nil {
			return nil, err
		}
		if err := a.settleClock(ctx); err != nil {
			return nil, err
		}
	} else {
		a.at = Addresses{App: s.DatabaseURL, System: s.SystemURL}
	}
	if err := a.open(ctx); err != nil {
		return nil, err
	}
	a.runner, err = worker.New(a.db, a.system, a.Services.work(), log, runtime.NumCPU()*2)
	return a, err
}

// Beside opens the same operations for a command that runs beside a server, without listeners and tasks.
func Beside(ctx context.Context, s config.Settings, log *slog.Logger) (*App, error) {
	a := &App{settings: s, log: log, metrics: telemetry.New()}
	at, stop, err := Attach(ctx, s, log)
	if err != nil {
		return nil, err
	}
	a.at, a.detach = at, stop
	if err := a.open(ctx); err != nil {
		a.Close(ctx)
		return nil, err
	}
	return a, nil
}

// open connects to the database, which has to be as expected, and puts the operations together.
func (a *App) open(ctx context.Context) (err error) {
	if err := assets.Load(); err != nil {
		return err
	}
	if a.Site, err = tenancy.NewSite(a.settings.PublicURL); err != nil {
		return err
	}
	if a.proxies, err = httpx.ParseProxies(a.settings.TrustedProxies); err != nil {
		return fmt.Errorf("FENCE_TRUSTED_PROXIES: %w", err)
	}
	if err := a.verify(ctx); err != nil {
		return err
	}
	keys, err := ContextKeys(a.settings)
	if err != nil {
		return err
	}
	if a.db, err = pg.Open(ctx, a.at.App, pg.Options{
		MaxConns: a.settings.Connections, StatementTimeout: statementWithin, ContextKeys: keys, Pooled: a.settings.DatabasePooled,
	}); err != nil {
		return err
	}
	if err := a.db.CheckContext(ctx); err != nil {
		return fmt.Errorf("not serving: the database does not believe this process (%s): %w", keys, err)
	}
	if err := tenancy.ProveCanary(ctx, a.db); err != nil {
		return fmt.Errorf("not serving: %w", err)
	}
	if a.system, err = pg.OpenSystem(ctx, a.at.System, pg.Options{MaxConns: 6}); err != nil {
		return err
	}
	if err := os.MkdirAll(a.settings.DataDir, 0o755); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if a.SealKey, err = sealKey(a.settings); err != nil {
		return err
	}
	a.clock.sys = a.system
	if err := a.clock.look(ctx); err != nil {
		return err
	}
	if a.limits, err = newLimits(a); err != nil {
		return fmt.Errorf("FENCE_REDIS_URL: %w", err)
	}
	if a.payments, err = newPayments(ctx, a); err != nil {
		return err
	}
	a.Services, err = newServices(a)
	return err
}

// Run serves until ctx ends, then stops in order.
func (a *App) Run(ctx context.Context) error {
	if a.cluster != nil {
		if err := a.runner.TakeOver(ctx); err != nil {
			return fmt.Errorf("take over tasks: %w", err)
		}
	}
	if err := a.runner.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start tasks: %w", err)
	}
	a.Services.Identity.KeyUse().Start(context.WithoutCancel(ctx), a.log)
	a.Services.Calls.Start(context.WithoutCancel(ctx), a.log)
	if a.limits.redis != nil {
		a.limits.redis.Start(context.WithoutCancel(ctx))
		defer a.limits.redis.Stop()
	}
	handler := a.handler(nil)
	defer a.payments.stop()
	if err := a.payments.start(context.WithoutCancel(ctx), a, handler); err != nil {
		return err
	}
	public := httpx.NewServer(handler, httpx.ServerTimes)
	public.BaseContext = func(net.Listener) context.Context { return context.WithoutCancel(ctx) } // places to halt at, when a test listens
	ops := httpx.NewServer(admin(a.db, &a.draining, a.metrics), httpx.ServerTimes)
	group, gctx := errgroup.WithContext(ctx)
	serve := func(s *http.Server, l net.Listener) {
		group.Go(func() error {
			if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
	}
	serve(public, a.public)
	serve(ops, a.ops)
	group.Go(func() error {
		a.noteUses(gctx)
		return nil
	})
	group.Go(func() error {
		<-gctx.Done()
		return a.drain(context.WithoutCancel(ctx), public, ops)
	})
	return group.Wait()
}

// drain ends serving: not ready, requests in flight finish, tasks under way finish.
func (a *App) drain(ctx context.Context, public, ops *http.Server) error {
	a.draining.Store(true)
	ctx, cancel := context.WithTimeout(ctx, drainFor)
	defer cancel()
	if !a.settings.Embedded() {
		time.Sleep(a.settings.DrainPause) // balancers look at /readyz before they stop sending
	}
	err := public.Shutdown(ctx)
	err = errors.Join(err, a.Services.Identity.KeyUse().Stop(ctx), a.Services.Calls.Stop(ctx))
	err = errors.Join(err, a.runner.Stop(ctx))
	return errors.Join(err, ops.Shutdown(ctx))
}

// Close gives everything back, the database last. Safe after a failed New.
func (a *App) Close(ctx context.Context) {
	for _, l := range []net.Listener{a.public, a.ops} {
		if l != nil {
			_ = l.Close() // closed already after Run
		}
	}
	if err := a.payments.close(); err != nil {
		a.log.Error("simulated payments were not all written down", "error", err)
	}
	if a.db != nil {
		a.db.Close()
	}
	if a.system != nil {
		a.system.Close()
	}
	if a.detach != nil {
		a.detach()
	}
	if a.cluster != nil {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		if err := a.cluster.Stop(ctx); err != nil {
			a.log.Error("private database did not stop", "error", err)
		}
	}
}

// DB is the door, for the demo and for commands in the same process.
func (a *App) DB() *pg.DB { return a.db }
