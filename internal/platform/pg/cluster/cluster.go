package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"sync"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Superuser is the role that initdb makes. It is for `fence db init` and for repair, never for serving.
const Superuser = "postgres"

// port is only a part of the socket's name: nothing listens on TCP.
const port = 5432

// Options say where the cluster lives and how it is to run.
type Options struct {
	// DataDir is the platform's data directory; the cluster takes postgres/ in it.
	DataDir string
	// BinDir holds PostgreSQL's programs. Empty finds the newest on this machine.
	BinDir string
	// Roles are those that our account may connect as, beside Superuser and the roles of the platform.
	Roles []string
	// FastAndLoose gives up durability for speed: a power cut may corrupt everything. For tests.
	FastAndLoose bool
	// Log is told of starts, adoptions and deaths. Nil discards.
	Log *slog.Logger
}

// platformRoles are the login roles of the platform; PostgreSQL 15 cannot map an account to any role
// by pattern, so they are listed.
var platformRoles = []string{"fence_migrate", "fence_app", "fence_system", "fence_backup"}

// Cluster is a running private PostgreSQL.
type Cluster struct {
	home     *home
	launcher *launcher
	log      *slog.Logger

	// socket does not change while the cluster runs: a postmaster that is launched again uses it too.
	socket string

	stopOnce, hurryOnce sync.Once
	stop                chan struct{} // closed: shut down fast
	hurry               chan struct{} // closed: shut down at once
	stopped             chan struct{} // closed by keep when the postmaster is gone and the lock is free
}

// Start makes the cluster when there is none, adopts a live orphan of the directory, or launches a
// postmaster, and returns when it answers. Each refusal is a fault whose sentence says what to do.
// The caller owns the cluster and calls Stop.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	h, err := openHome(o.DataDir)
	if err != nil {
		return nil, err
	}
	c, first, err := h.start(ctx, o, log)
	if err != nil {
		h.unlock()
		return nil, err
	}
	go c.keep(first)
	return c, nil
}

// start is Start behind the lock.
func (h *home) start(ctx context.Context, o Options, log *slog.Logger) (*Cluster, *postmaster, error) {
	acct, err := h.account()
	if err != nil {
		return nil, nil, err
	}
	if err := h.reachableBy(acct); err != nil {
		return nil, nil, err
	}
	inst, err := h.installation(ctx, o.BinDir)
	if err != nil {
		return nil, nil, err
	}
	l := &launcher{home: h, acct: acct, inst: inst, opts: o, log: log}
	if err := l.prepare(ctx); err != nil {
		return nil, nil, err
	}
	first, err := l.adoptOrLaunch(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &Cluster{
		home: h, launcher: l, log: log, socket: first.socket,
		stop: make(chan struct{}), hurry: make(chan struct{}), stopped: make(chan struct{}),
	}, first, nil
}

// Attach finds the cluster that another process serves from o.DataDir, waiting while it starts.
// Its Stop does nothing.
func Attach(ctx context.Context, o Options) (*Cluster, error) {
	socket, err := awaitServed(ctx, o.DataDir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{socket: socket, stop: make(chan struct{}), stopped: make(chan struct{})}
	close(c.stopped)
	return c, nil
}

// SocketDir is the directory of the socket, as in `psql -h`.
func (c *Cluster) SocketDir() string { return c.socket }

// SuperuserURL connects to database db as the bootstrap superuser.
func (c *Cluster) SuperuserURL(db string) string { return c.URL(Superuser, db) }

// URL connects to database db as role, over the socket.
func (c *Cluster) URL(role, db string) string { return socketURL(c.socket, role, db) }

func socketURL(socket, role, db string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.User(role),
		Path:     "/" + db,
		RawQuery: url.Values{"host": {socket}, "port": {strconv.Itoa(port)}}.Encode(),
	}
	return u.String()
}

// Stop shuts PostgreSQL down (open sessions are ended, nothing acknowledged is lost), waits until it is
// gone and frees the directory. When ctx ends first PostgreSQL is stopped without a checkpoint, which
// the next start makes good, and Stop says so. Safe to call twice and from several goroutines.
func (c *Cluster) Stop(ctx context.Context) error {
	c.stopOnce.Do(func() { close(c.stop) })
	select {
	case <-c.stopped:
		return nil
	case <-ctx.Done():
	}
	c.hurryOnce.Do(func() { close(c.hurry) })
	<-c.stopped
	return fmt.Errorf("PostgreSQL was stopped without a checkpoint: %w", ctx.Err())
}

// keep owns the postmaster: it launches another when one dies, until Stop.
func (c *Cluster) keep(p *postmaster) {
	defer close(c.stopped)
	defer c.home.unlock()
	defer c.launcher.removeFallbackSocket()
	for p != nil {
		select {
		case <-c.stop:
			p.shutDown(c.hurry)
			c.log.Info("PostgreSQL stopped", "pid", p.pid)
			return
		case <-p.gone:
			c.log.Error("PostgreSQL ended by itself; starting it again", "pid", p.pid)
			p = c.relaunch()
		}
	}
}

// relaunch tries until there is a postmaster again, or nil when the cluster is being stopped.
func (c *Cluster) relaunch() *postmaster {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-c.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		p, err := c.launcher.adoptOrLaunch(ctx)
		if err == nil {
			return p
		}
		if ctx.Err() != nil {
			return nil
		}
		c.log.Error("PostgreSQL does not start", "error", err, "next_try_in", pause)
		if wait(ctx, pause) != nil {
			return nil
		}
	}
}

// InUse tells whether err says that another fence serves the data directory, which Attach can share.
func InUse(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Code == CodeInUse
}
