package cluster

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	// pollEvery is how often files of PostgreSQL are looked at while something is awaited.
	pollEvery = 10 * time.Millisecond
	// watchEvery is how often an adopted postmaster, which is not our child, is looked at.
	watchEvery = 200 * time.Millisecond

	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// postmaster is the first process of a running cluster, launched or adopted.
type postmaster struct {
	pid    int
	socket string
	gone   chan struct{} // closed when it has ended
	signal func(os.Signal) error
}

// ownChild watches a postmaster that we launched.
func ownChild(cmd *exec.Cmd, socket string) *postmaster {
	p := &postmaster{pid: cmd.Process.Pid, socket: socket, gone: make(chan struct{}), signal: cmd.Process.Signal}
	go func() {
		_ = cmd.Wait() // why it ended is in its log
		close(p.gone)
	}()
	return p
}

// adopted watches an orphan. It signals only after another look, because process ids are reused.
func adopted(pf pidFile, dataDir string) *postmaster {
	p := &postmaster{pid: pf.pid, socket: pf.socket, gone: make(chan struct{})}
	p.signal = func(sig os.Signal) error {
		if !pf.alive(dataDir) {
			return os.ErrProcessDone
		}
		return syscall.Kill(pf.pid, sig.(syscall.Signal))
	}
	go func() {
		defer close(p.gone)
		for tick := time.NewTicker(watchEvery); ; <-tick.C {
			if !pf.alive(dataDir) {
				tick.Stop()
				return
			}
		}
	}()
	return p
}

// shutDown ends sessions and writes a checkpoint (SIGINT); once hurry is closed, neither (SIGQUIT).
func (p *postmaster) shutDown(hurry <-chan struct{}) {
	_ = p.signal(syscall.SIGINT) // fails only when it is gone already
	select {
	case <-p.gone:
		return
	case <-hurry:
	}
	_ = p.signal(syscall.SIGQUIT) // as above
	<-p.gone
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
