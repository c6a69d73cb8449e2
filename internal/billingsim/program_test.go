package billingsim

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// program is which courses are played: make billing-sim says it by the environment, make test plays a share of few.
type program struct {
	from, to uint64
	lanes    int // courses at a time
	months   int
	plant    plant
	progress string // a file of what was passed before; empty: everything is played

	mu     sync.Mutex
	before map[uint64]bool
}

// share is what make test plays.
const (
	shareFrom, shareTo = 1, 3
	lanesOfShare       = 2
)

func programOf(t *testing.T) *program {
	t.Helper()
	p := &program{from: shareFrom, to: shareTo, lanes: lanesOfShare, months: months, before: map[uint64]bool{}}
	seeds := os.Getenv("SEEDS")
	if seeds == "" {
		return p
	}
	debug.SetGCPercent(400) // there is memory, and time is short
	from, to, ranged := strings.Cut(seeds, "-")
	if !ranged {
		to = from
	}
	var err error
	if p.from, err = strconv.ParseUint(from, 10, 64); err != nil {
		t.Fatalf("SEEDS is %q, not like 1-500", seeds)
	}
	if p.to, err = strconv.ParseUint(to, 10, 64); err != nil || p.to < p.from {
		t.Fatalf("SEEDS is %q, not like 1-500", seeds)
	}
	p.lanes = int(min(p.to-p.from+1, uint64(2*runtime.GOMAXPROCS(0)))) // a course and its database wait for each other
	if text := os.Getenv("MONTHS"); text != "" {
		if p.months, err = strconv.Atoi(text); err != nil || p.months < 1 {
			t.Fatalf("MONTHS is %q", text)
		}
	}
	p.plant = plant(os.Getenv("PLANT"))
	if err := p.plant.check(); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("FENCE_PROGRESS"); dir != "" && p.plant == "" && p.to > p.from {
		p.open(t, dir)
	}
	return p
}

// open reads what was passed before, by this very program: another one has to pass it again.
func (p *program) open(t *testing.T, dir string) {
	t.Helper()
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = self.Close() }() // only read
	sum := sha256.New()
	if _, err := io.Copy(sum, self); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p.progress = filepath.Join(dir, fmt.Sprintf("%x-%d", sum.Sum(nil)[:8], p.months))
	file, err := os.Open(p.progress)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // only read
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if seed, err := strconv.ParseUint(lines.Text(), 10, 64); err == nil { // the last may be cut off
			p.before[seed] = true
		}
	}
	t.Logf("goes on: %d seeds were passed before", len(p.before))
}

// seeds are those that are to be played.
func (p *program) seeds() <-chan uint64 {
	next := make(chan uint64)
	go func() {
		defer close(next)
		for seed := p.from; seed <= p.to; seed++ {
			if !p.before[seed] {
				next <- seed
			}
		}
	}()
	return next
}

// passed notes a seed.
func (p *program) passed(t *testing.T, seed uint64) {
	t.Helper()
	if p.progress == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	file, err := os.OpenFile(p.progress, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Error(err)
		return
	}
	if _, err := fmt.Fprintln(file, seed); err != nil {
		t.Error(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}
