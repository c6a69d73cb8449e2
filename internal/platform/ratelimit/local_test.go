package ratelimit

import (
	"strconv"
	"testing"
	"time"
)

var began = time.Date(2026, 1, 5, 15, 0, 0, 0, time.UTC)

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	now := began
	l := NewLocal(100, func() time.Time { return now })
	take := func(key string) bool {
		return l.Take(t.Context(), Demand{Of: "a", Buckets: []Bucket{{Policy{Quota: 1, Window: time.Second}, key}}, Cost: 1}).OK
	}
	for n := range 10_000 {
		if !take(strconv.Itoa(n)) {
			t.Fatalf("key %d was never seen and is refused", n)
		}
		if l.Known() > 100 {
			t.Fatalf("%d keys are remembered, want at most 100", l.Known())
		}
	}
	now = now.Add(time.Minute)
	if take("one more"); l.Known() != 1 {
		t.Errorf("%d keys are remembered after everybody had everything back, want the newest alone", l.Known())
	}
	for range 50 {
		l.Take(t.Context(), Demand{Of: "b", Buckets: []Bucket{{Policy{Quota: 1, Window: time.Second}, "peeked"}}})
	}
	if l.Known() != 1 {
		t.Errorf("a peek is remembered: %d keys", l.Known())
	}
}

// What was never seen is not refused because a clock went back.
func TestNewcomersAfterTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	now := began
	l := NewLocal(100, func() time.Time { return now })
	d := Demand{Of: "a", Buckets: []Bucket{{Policy{Quota: 2, Window: time.Second}, "k"}}, Cost: 2}
	l.Take(t.Context(), d)
	now = now.Add(-time.Hour)
	if got := l.Take(t.Context(), d); !got.OK {
		t.Errorf("who has spent: %+v, want it not locked out", got)
	}
	d.Of = "b"
	if got := l.Take(t.Context(), d); !got.OK {
		t.Errorf("a newcomer: %+v", got)
	}
}

func BenchmarkLocal(b *testing.B) {
	l := NewLocal(100_000, time.Now)
	buckets := []Bucket{{Policy{Quota: 1e6, Window: time.Second}, "burst"}, {Policy{Quota: 1e6, Window: time.Minute}, "minute"}, {Policy{Quota: 1e6, Window: time.Minute}, "key"}}
	var orgs [200]string
	for n := range orgs {
		orgs[n] = strconv.Itoa(n)
	}
	b.ReportAllocs()
	for n := range b.N {
		l.Take(b.Context(), Demand{Of: orgs[n%len(orgs)], Buckets: buckets, Cost: 1})
	}
}
