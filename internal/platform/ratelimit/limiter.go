package ratelimit

import (
	"context"
	"time"
)

// Limiter counts deeds. Local does so for one process, shared.Limiter for all that share a Redis.
type Limiter interface {
	// Take spends the demand's cost from all of its buckets, or from none. It always decides, and soon.
	Take(ctx context.Context, d Demand) Decision
}

// Bucket is what one policy counts for one somebody.
type Bucket struct {
	Policy Policy
	Key    string // tells the buckets of a group apart
}

// Demand is what a deed wants to spend.
type Demand struct {
	// Of is whom the buckets belong to. All buckets of a demand lie on one node of a cluster, by this.
	Of      string
	Buckets []Bucket
	Cost    int64 // 0 peeks: it passes and spends nothing
}

// Decision is what came of a demand.
type Decision struct {
	OK bool
	// Alone tells that this process decided by its share, because it could not ask what all processes share.
	Alone  bool
	States []State // of the buckets, in their order
}

// State is how a bucket stands after a demand.
type State struct {
	Policy Policy        // that was held to: the bucket's, or this process's share of it
	Left   int64         // what may still be spent
	Wait   time.Duration // until the cost, or one unit of a peek, may be spent; 0: now
}

// Decide makes a decision of the times in which each bucket has everything back.
func Decide(d Demand, ok bool, back []int64) Decision {
	out := Decision{OK: ok, States: make([]State, len(d.Buckets))}
	for i, b := range d.Buckets {
		out.States[i] = b.Policy.state(back[i], d.Cost)
	}
	return out
}

// Terms are a policy in the numbers that the rule counts with, in microseconds.
func (p Policy) Terms() (every, whole int64) { return p.every(), p.whole() }

// Shares is the demand with each policy's share for n processes.
func (d Demand) Shares(n int64) Demand {
	if n <= 1 {
		return d
	}
	all := make([]Bucket, len(d.Buckets))
	for i, b := range d.Buckets {
		all[i] = Bucket{Policy: b.Policy.Share(n), Key: b.Key}
	}
	d.Buckets = all
	return d
}
