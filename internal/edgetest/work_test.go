package edgetest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// meter reads the processor time that the backends of a site's database have used, and this process but for the race
// detector's share.
type meter struct {
	database *pgx.Conn
	backends map[int]time.Duration // by process: what one that has ended had used counts on
}

func (s *site) meter(t testing.TB) *meter {
	t.Helper()
	return &meter{s.Superuser(t), map[int]time.Duration{}}
}

func (m *meter) read(t testing.TB) time.Duration {
	t.Helper()
	rows, _ := m.database.Query(t.Context(), "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		if used, err := processWork(pid); err == nil { // else it ended meanwhile
			m.backends[pid] = used
		}
	}
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		t.Fatal(err)
	}
	sum := time.Duration(own.Utime.Nano()+own.Stime.Nano()) / slowed
	for _, used := range m.backends {
		sum += used
	}
	return sum
}

// processWork reads /proc/PID/stat (proc(5)): user and system time are its fields 14 and 15, in hundredths of a second.
func processWork(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, afterName, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(afterName) // begins with field 3
	var sum time.Duration
	for _, field := range fields[14-3 : 16-3] {
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * 10 * time.Millisecond
	}
	return sum, nil
}

// TestTheMeterCountsTheDatabasesWork: without it nothing that is dear in SQL would be noticed.
func TestTheMeterCountsTheDatabasesWork(t *testing.T) {
	s := serve(t)
	m, other := s.meter(t), s.Superuser(t)
	before := m.read(t)
	if _, err := other.Exec(t.Context(), "SELECT count(*) FROM generate_series(1, 3000000) AS n WHERE md5(n::text) = ''"); err != nil {
		t.Fatal(err)
	}
	if got := m.read(t) - before; got < 100*time.Millisecond {
		t.Errorf("hashing 3,000,000 numbers counts as %v of work", got)
	}
}
