package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// occupiedFor is how long we wait for what is left of a killed postmaster to let go of the directory.
const occupiedFor = 30 * time.Second

// errVacant is a directory that no live postmaster serves.
var errVacant = errors.New("no PostgreSQL serves the data directory")

// errOccupied is a directory that a postmaster, or what is left of one, holds right now.
var errOccupied = errors.New("the data directory is held by another PostgreSQL process")

// launcher brings up postmasters for one home.
type launcher struct {
	home *home
	acct account
	inst installation
	opts Options
	log  *slog.Logger

	socket         string
	socketFallback bool
}

// prepare leaves the data directory, the configuration and the socket directory as a postmaster needs them.
func (l *launcher) prepare(ctx context.Context) error {
	if err := l.ensureData(ctx); err != nil {
		return err
	}
	our, err := user.Current()
	if err != nil {
		return fmt.Errorf("own account: %w", err)
	}
	if err := l.home.configure(l.acct, our.Username, l.opts); err != nil {
		return err
	}
	l.socket, l.socketFallback, err = l.home.socketDir(l.acct)
	return err
}

// unfinished begins the name of a data directory that initdb is working on.
const unfinished = "data.new-"

// ensureData makes the data directory when there is none, and clears what a killed initdb left.
func (l *launcher) ensureData(ctx context.Context) error {
	leftovers, _ := filepath.Glob(filepath.Join(l.home.dir, unfinished+"*")) // the pattern is well formed
	for _, dir := range leftovers {
		if err := clearUnfinished(ctx, dir); err != nil {
			return explain(dir, err)
		}
	}
	if _, err := os.Lstat(l.home.data()); !errors.Is(err, fs.ErrNotExist) {
		return explain(l.home.data(), err)
	}
	fresh, err := os.MkdirTemp(l.home.dir, unfinished)
	if err != nil {
		return explain(l.home.dir, err)
	}
	if err := l.initdb(ctx, fresh); err != nil {
		_ = os.RemoveAll(fresh) // the next start does it again
		return err
	}
	return explain(l.home.dir, os.Rename(fresh, l.home.data()))
}

// clearUnfinished removes what a killed process left. Its initdb lives on for a moment and writes into the directory
// that is being removed, until it finds its files gone.
func clearUnfinished(ctx context.Context, dir string) error {
	deadline := time.Now().Add(occupiedFor)
	for {
		err := os.RemoveAll(dir)
		if !errors.Is(err, syscall.ENOTEMPTY) || time.Now().After(deadline) {
			return err
		}
		if err := wait(ctx, pollEvery); err != nil {
			return err
		}
	}
}

func (l *launcher) initdb(ctx context.Context, dir string) error {
	if err := os.Lchown(dir, int(l.acct.uid), int(l.acct.gid)); err != nil {
		return explain(dir, err)
	}
	args := []string{
		"--pgdata=" + dir, "--username=" + Superuser, "--encoding=UTF8", "--locale=C.UTF-8",
		"--data-checksums", "--auth-local=peer", "--auth-host=reject",
	}
	if l.opts.FastAndLoose {
		args = append(args, "--no-sync")
	}
	began := time.Now()
	cmd := l.acct.command(exec.CommandContext(ctx, l.inst.program("initdb"), args...), l.home.dir)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return fmt.Errorf("making the database cluster: %w", ctx.Err())
	}
	if err != nil {
		return explainOutput(l.home.dir, l.home.dir, string(out), err)
	}
	l.log.Info("PostgreSQL data directory made", "dir", l.home.data(), "major", l.inst.major, "took", time.Since(began))
	return nil
}

// adoptOrLaunch returns a postmaster that answers.
func (l *launcher) adoptOrLaunch(ctx context.Context) (*postmaster, error) {
	deadline := time.Now().Add(occupiedFor)
	for {
		p, err := l.adopt(ctx)
		if errors.Is(err, errVacant) {
			p, err = l.launch(ctx)
		}
		if !errors.Is(err, errOccupied) || time.Now().After(deadline) {
			return p, err
		}
		if err := wait(ctx, firstPause); err != nil {
			return nil, err
		}
	}
}

// adopt takes over a live orphan, once it is ready; errVacant says that the way is free for a launch.
func (l *launcher) adopt(ctx context.Context) (*postmaster, error) {
	var tornSince time.Time
	for {
		pf, err := readPIDFile(l.home.data())
		switch {
		case errors.Is(err, errTorn) && tornSince.IsZero():
			tornSince = time.Now() // its writer may be between making the file and writing it
		case errors.Is(err, errTorn) && time.Since(tornSince) < time.Second:
		case errors.Is(err, errTorn):
			if err := removeTorn(l.home.data()); err != nil {
				return nil, explain(l.home.data(), err)
			}
			return nil, errVacant
		case errors.Is(err, fs.ErrNotExist):
			return nil, errVacant
		case err != nil:
			return nil, explain(l.home.data(), err)
		case !pf.alive(l.home.data()):
			return nil, l.clear(pf)
		case pf.ready():
			return l.takeOver(ctx, pf)
		}
		if err := wait(ctx, pollEvery); err != nil {
			return nil, fmt.Errorf("waiting for the PostgreSQL that is running: %w", err)
		}
	}
}

// clear leaves the way free for a launch after the postmaster of pf has died.
func (l *launcher) clear(pf pidFile) error {
	if running(pf.pid) {
		l.log.Warn("stale postmaster.pid: its process id belongs to another program now", "pid", pf.pid)
		if err := clearStale(l.home.data(), l.acct); err != nil {
			return explain(l.home.data(), err)
		}
	}
	return errVacant
}

// takeOver adopts the orphan of pf. One that does not let us in, because it was started by hand with
// other rules, is shut down to make room for one that does.
func (l *launcher) takeOver(ctx context.Context, pf pidFile) (*postmaster, error) {
	p := adopted(pf, l.home.data())
	_ = p.signal(syscall.SIGHUP) // reads the configuration again; if it is gone, keep notices
	if err := answers(ctx, p.socket); err != nil {
		l.log.Warn("the PostgreSQL that is running does not let fence in; replacing it", "pid", pf.pid, "error", err)
		p.shutDown(ctx.Done())
		return nil, errOccupied
	}
	l.log.Info("adopted the PostgreSQL that an earlier fence left running", "pid", pf.pid)
	return p, nil
}

// answers makes sure that we are let in.
func answers(ctx context.Context, socket string) error {
	conn, err := pgx.Connect(ctx, socketURL(socket, Superuser, "postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// launch starts a postmaster and waits until it lets us in.
func (l *launcher) launch(ctx context.Context) (*postmaster, error) {
	l.removeSocket()
	said, err := os.Create(l.home.startLog())
	if err != nil {
		return nil, explain(l.home.startLog(), err)
	}
	defer said.Close() // the postmaster has its own
	began := time.Now()
	cmd := l.acct.command(exec.Command(l.inst.program("postgres"), l.arguments()...), l.home.dir)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		return nil, refuse(CodeNoStart, "PostgreSQL does not start: %s cannot be run.", cmd.Path).Because(err)
	}
	p := ownChild(cmd, l.socket)
	if err := l.awaitReady(ctx, p, began); err != nil {
		_ = p.signal(syscall.SIGQUIT) // may be gone already; a server that is of no use is not left behind
		<-p.gone
		return nil, err
	}
	l.log.Info("PostgreSQL started", "pid", p.pid, "socket", l.socket, "took", time.Since(began))
	return p, nil
}

func (l *launcher) awaitReady(ctx context.Context, p *postmaster, began time.Time) error {
	for {
		if pf, err := readPIDFile(l.home.data()); err == nil && pf.pid == p.pid && pf.ready() {
			break
		}
		select {
		case <-p.gone:
			return l.whyNot(began)
		case <-ctx.Done():
			return fmt.Errorf("starting PostgreSQL: %w", ctx.Err())
		case <-time.After(pollEvery):
		}
	}
	err := answers(ctx, l.socket)
	if err != nil && ctx.Err() == nil {
		return refuse(CodeNoStart, "PostgreSQL runs but does not let fence in. More is in %s.", l.home.logs()).Because(err)
	}
	return err
}

// removeSocket clears the socket of a dead postmaster: PostgreSQL refuses when the process id in its
// lock has been given to another program. The directory is ours and nobody serves it.
func (l *launcher) removeSocket() {
	path := filepath.Join(l.socket, socketName())
	_ = os.Remove(path)           // usually absent; what cannot be removed PostgreSQL complains about
	_ = os.Remove(path + ".lock") // as above
}

// arguments hold what no configuration file may change.
func (l *launcher) arguments() []string {
	settings := []string{
		"config_file=" + l.home.settingsFile(),
		"hba_file=" + l.home.hbaFile(),
		"ident_file=" + l.home.identFile(),
		"listen_addresses=",
		fmt.Sprintf("port=%d", port),
		// The value is a list: quotes keep a comma in the path from parting it.
		`unix_socket_directories="` + strings.ReplaceAll(l.socket, `"`, `""`) + `"`,
		"unix_socket_permissions=0700",
	}
	args := []string{"-D", l.home.data()}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return args
}

// whyNot reads what a postmaster that ended at once has said.
func (l *launcher) whyNot(since time.Time) error {
	said, err := os.ReadFile(l.home.startLog())
	if err != nil {
		return explain(l.home.startLog(), err)
	}
	output := string(said) + l.loggedSince(since)
	for _, mark := range []string{
		"pre-existing shared memory block", // sessions of a killed postmaster are still ending
		`lock file "postmaster.pid" already exists`,
		`lock file "postmaster.pid" is empty`,
	} {
		if strings.Contains(output, mark) {
			return fmt.Errorf("%w: %s", errOccupied, lastComplaint(output))
		}
	}
	return explainOutput(l.home.dir, l.home.startLog()+" and "+l.home.logs(), output, nil)
}

// loggedSince is the end of PostgreSQL's log when it was written to after the given time.
func (l *launcher) loggedSince(since time.Time) string {
	const enough = 4096
	var text strings.Builder
	files, _ := filepath.Glob(filepath.Join(l.home.logs(), "*.log")) // the pattern is well formed
	for _, path := range files {
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || info.ModTime().Before(since) {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		_, _ = f.Seek(max(0, info.Size()-enough), io.SeekStart) // reading from the start does no harm
		end, _ := io.ReadAll(f)                                 // what can be read is enough
		_ = f.Close()                                           // only read
		text.Write(end)
	}
	return text.String()
}

// removeFallbackSocket takes the short directory away; the one in our home stays.
func (l *launcher) removeFallbackSocket() {
	if l.socketFallback {
		_ = os.Remove(l.socket) // not empty when an adopted server of older settings used another
	}
}
