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
type meter struct {
	superuser *pgx.Conn
	server    int
	// postmaster has spent what its ended children had.
	postmaster int
}

func newMeter(ctx context.Context, db *database, s *server) (*meter, error) {
	conn, err := pgx.Connect(ctx, db.cluster.SuperuserURL(databaseName))
	if err != nil {
		return nil, err
	}
	m := &meter{superuser: conn, server: s.cmd.Process.Pid}
	if fields, err := processStat(int(conn.PgConn().PID())); err == nil {
		m.postmaster, err = strconv.Atoi(fields[1])
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

// over measures what is spent while fn runs.
func (m *meter) over(ctx context.Context, fn func() (result, error)) (result, error) {
	before, err := m.read(ctx)
	if err != nil {
		return result{}, err
	}
	r, err := fn()
	if err != nil {
		return r, err
	}
	after, err := m.read(ctx)
	r.spent = after.minus(before).each(r.count)
	return r, err
}

func (m *meter) close() { _ = m.superuser.Close(context.Background()) } // the server ends in any case

// read is for the time between two turns, when nothing else connects.
func (m *meter) read(ctx context.Context) (spent, error) {
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
	rows, err := m.superuser.Query(ctx, "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
	if err != nil {
		return s, err
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	s.database = processTime(m.postmaster, true)
	for _, pid := range pids {
		s.database += processTime(pid, false)
	}
	return s, err
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
