package history

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// Count is how many histories a test makes of its thing: three, or fifty with FENCE_USAGE=long.
func Count() int {
	if os.Getenv("FENCE_USAGE") == "long" {
		return 50
	}
	return 3
}

// Model is a thing to which one deed happens after the other.
type Model[State comparable, In, Out any] struct {
	Start State
	// Step says whether a deed can have this outcome now, and what is so after it. It changes nothing.
	Step func(now State, in In, out Out) (State, bool)
}

// History is what several clients did. The zero value is ready.
type History[In, Out any] struct {
	mu    sync.Mutex
	began time.Time
	deeds []porcupine.Operation
}

// Do has a client do something, and writes down when, and what came of it.
func (h *History[In, Out]) Do(client int, in In, do func() Out) Out {
	from := h.now()
	out := do()
	until := h.now()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deeds = append(h.deeds, porcupine.Operation{ClientId: client, Input: in, Call: from, Output: out, Return: until})
	return out
}

func (h *History[In, Out]) now() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.began.IsZero() {
		h.began = time.Now()
	}
	return int64(time.Since(h.began))
}

// Together has clients work at once, each at its deeds one after the other. They begin at the same moment.
func Together(clients, deeds int, do func(client, n int)) {
	var all sync.WaitGroup
	ready := make(chan struct{})
	for client := range clients {
		all.Go(func() {
			<-ready
			for n := range deeds {
				do(client, n)
			}
		})
	}
	close(ready)
	all.Wait()
}

// searchFor bounds the search for an order. None was found until then is not proof that there is none, nor of one.
const searchFor = time.Minute

// Holds tells whether the history could have happened one deed after the other.
func (m Model[State, In, Out]) Holds(t testing.TB, h *History[In, Out]) bool {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	found := porcupine.CheckOperationsTimeout(porcupine.Model{
		Init: func() any { return m.Start },
		Step: func(state, in, out any) (bool, any) {
			next, ok := m.Step(state.(State), in.(In), out.(Out))
			return ok, next
		},
	}, h.deeds, searchFor)
	if found == porcupine.Unknown {
		t.Errorf("no order of %d deeds was found within %s, nor that there is none", len(h.deeds), searchFor)
	}
	return found != porcupine.Illegal
}

// Judge fails the test when no order explains the history.
func (m Model[State, In, Out]) Judge(t testing.TB, h *History[In, Out]) {
	t.Helper()
	if !m.Holds(t, h) {
		t.Errorf("no order of one deed after the other explains this, from %+v on:\n%s", m.Start, h)
	}
}

// Len is how many deeds it has.
func (h *History[In, Out]) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.deeds)
}

// String lists the deeds in the order in which they began.
func (h *History[In, Out]) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	deeds := slices.Clone(h.deeds)
	slices.SortFunc(deeds, func(x, y porcupine.Operation) int { return int(x.Call - y.Call) })
	var b strings.Builder
	for _, d := range deeds {
		fmt.Fprintf(&b, "%8.3f – %8.3f ms  client %d: %+v → %+v\n", float64(d.Call)/1e6, float64(d.Return)/1e6, d.ClientId, d.Input, d.Output)
	}
	return b.String()
}
