package worlds

import (
	"encoding/binary"
	"sync"
	"testing"
	"testing/cryptotest"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/id/dealt"
)

// Dealer deals time, ids and secrets. There is one for a process: chance belongs to the process.
type Dealer struct {
	t    *testing.T
	seed uint64

	mu   sync.Mutex
	turn uint64
	next uint64
}

// NewDealer deals by seed until the test ends.
func NewDealer(t *testing.T, seed uint64) *Dealer {
	t.Helper()
	d := &Dealer{t: t, seed: seed}
	t.Cleanup(dealt.By(d.id))
	return d
}

// pace is how far the clock goes from turn to turn.
const pace = time.Second

// At is what turn n is dealt, as often as it is asked.
func (d *Dealer) At(n uint64) Turn {
	deal := func(from uint64) func() {
		return func() {
			d.mu.Lock()
			d.turn, d.next = n, from
			d.mu.Unlock()
			cryptotest.SetGlobalRandom(d.t, d.seed<<24^n)
		}
	}
	return Turn{At: Epoch.Add(time.Duration(n) * pace), Deal: deal(0), DealTasks: deal(idsOfTasks)}
}

// idsOfTasks is where the ids of a turn's tasks begin, past those of its request: both may write to one table.
const idsOfTasks = 1 << 11

// id makes a time-ordered id of the turn: its time, its place in the turn, and the seed.
func (d *Dealer) id() id.ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next++
	var v id.ID
	binary.BigEndian.PutUint64(v[:8], uint64(Epoch.Add(time.Duration(d.turn)*pace).UnixMilli())<<16|0x7000|d.next&0xfff)
	binary.BigEndian.PutUint64(v[8:], (d.seed*0x9E3779B97F4A7C15^d.turn<<20^d.next)&(1<<62-1)|1<<63)
	return v
}
