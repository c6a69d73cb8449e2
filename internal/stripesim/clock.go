package stripesim

import "container/heap"

// due is an object that changes by itself.
type due interface {
	// nextDue is when it next does; zero is never.
	nextDue() int64
	// fire makes the change that is due now.
	fire(now int64)
}

// clock is a time that customers live in, with what happens in it by itself.
type clock struct {
	now     int64
	queue   moments
	planned map[due]int64
	seq     int64
}

func newClock(now int64) *clock { return &clock{now: now, planned: map[due]int64{}} }

// moment is one entry of the agenda. One that the object no longer plans is skipped.
type moment struct {
	at, seq int64
	what    due
}

type moments []moment

func (m moments) Len() int { return len(m) }
func (m moments) Less(i, j int) bool {
	return m[i].at < m[j].at || m[i].at == m[j].at && m[i].seq < m[j].seq
}
func (m moments) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *moments) Push(x any)   { *m = append(*m, x.(moment)) }
func (m *moments) Pop() any {
	last := len(*m) - 1
	x := (*m)[last]
	*m = (*m)[:last]
	return x
}

// plan notes when an object next changes; call it after whatever may have moved that.
func (c *clock) plan(what due) {
	at := what.nextDue()
	if at == 0 {
		delete(c.planned, what)
		return
	}
	at = max(at, c.now)
	if c.planned[what] == at {
		return
	}
	c.seq++
	c.planned[what] = at
	heap.Push(&c.queue, moment{at, c.seq, what})
}

// next is when something is due; ok is false when nothing ever is.
func (c *clock) next() (at int64, ok bool) {
	for len(c.queue) > 0 {
		m := c.queue[0]
		if c.planned[m.what] == m.at {
			return m.at, true
		}
		heap.Pop(&c.queue)
	}
	return 0, false
}

// run plays what is due until a moment, in the order of time, and then in the order in which it was planned.
func (c *clock) run(to int64) {
	for {
		at, ok := c.next()
		if !ok || at > to {
			break
		}
		m := heap.Pop(&c.queue).(moment)
		delete(c.planned, m.what)
		c.now = max(c.now, at)
		if due := m.what.nextDue(); due == 0 || due > c.now { // something else has changed it since
			c.plan(m.what)
			continue
		}
		m.what.fire(c.now)
		c.plan(m.what)
	}
	c.now = max(c.now, to)
}

// forget takes an object out of the agenda.
func (c *clock) forget(what due) { delete(c.planned, what) }
