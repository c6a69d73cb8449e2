package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// spent is processor time by who spent it. It tells where the time goes, and unlike requests a second it hardly
// changes with what else the machine does.
type spent struct{ client, server, database time.Duration }

func (s spent) minus(o spent) spent {
	return spent{s.client - o.client, s.server - o.server, s.database - o.database}
}

func (s spent) each(n int) spent {
	d := time.Duration(max(n, 1))
	return spent{s.client / d, s.server / d, s.database / d}
}

// meter reads what was spent so far. It knows Linux's /proc only; elsewhere everything is zero.
type meter struct{ server, postmaster int }

func newMeter(ctx context.Context, db *database, s *server) (*meter, error) {
	conn, err := pgx.Connect(ctx, db.cluster.SuperuserURL(databaseName))
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }() // it has said what it was asked
	m := &meter{server: s.cmd.Process.Pid}
	if fields, err := processStat(int(conn.PgConn().PID())); err == nil {
		m.postmaster, err = strconv.Atoi(fields[1])
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

// over measures what is spent while fn runs.
func (m *meter) over(fn func() (result, error)) (result, error) {
	before, err := m.read()
	if err != nil {
		return result{}, err
	}
	r, err := fn()
	if err != nil {
		return r, err
	}
	after, err := m.read()
	r.spent = after.minus(before).each(r.count)
	return r, err
}

func (m *meter) read() (spent, error) {
	var s spent
	var own, children syscall.Rusage
	if err := errors.Join(syscall.Getrusage(syscall.RUSAGE_SELF, &own), syscall.Getrusage(syscall.RUSAGE_CHILDREN, &children)); err != nil {
		return s, err
	}
	s.client = used(own) + used(children) // pgbench is a child that ended
	s.server = processTime(m.server, false)
	if m.postmaster == 0 {
		return s, nil
	}
	// A backend that ends meanwhile is counted by its parent from then on, and would be counted twice.
	for range 100 {
		ended := processTime(m.postmaster, true)
		backends, err := childrenTime(m.postmaster)
		if err != nil {
			return s, err
		}
		if processTime(m.postmaster, true) == ended {
			s.database = ended + backends
			return s, nil
		}
	}
	return s, errors.New("the database's processes come and go too fast to be measured")
}

// childrenTime is what processes have spent that have this parent: also those that have ended and were not asked for yet.
func childrenTime(parent int) (sum time.Duration, err error) {
	all, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}
	for _, entry := range all {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue // not a process
		}
		if fields, err := processStat(pid); err == nil && fields[1] == strconv.Itoa(parent) {
			sum += processTime(pid, false)
		}
	}
	return sum, nil
}

func used(r syscall.Rusage) time.Duration {
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// tick is Linux's unit of processor time in /proc.
const tick = 10 * time.Millisecond

// processTime is zero for a process that is not there.
func processTime(pid int, withEnded bool) time.Duration {
	fields, err := processStat(pid)
	if err != nil {
		return 0
	}
	last := 13 // utime, stime
	if withEnded {
		last = 15 // cutime, cstime
	}
	var ticks int64
	for _, f := range fields[11:last] {
		n, _ := strconv.ParseInt(f, 10, 64) // the kernel writes numbers
		ticks += n
	}
	return time.Duration(ticks) * tick
}

// processStat is the fields of /proc/PID/stat behind the program's name: state, parent, …
func processStat(pid int) ([]string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	_, rest, found := bytes.Cut(b, []byte(") "))
	parts := bytes.Fields(rest)
	if !found || len(parts) < 15 {
		return nil, fmt.Errorf("process %d: %q", pid, b)
	}
	fields := make([]string, len(parts))
	for i, p := range parts {
		fields[i] = string(p)
	}
	return fields, nil
}
