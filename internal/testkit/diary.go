package testkit

import (
	"bytes"
	"sync"
)

// Diary keeps what is logged, by many at once.
type Diary struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (d *Diary) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.b.Write(b)
}

func (d *Diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.b.String()
}
