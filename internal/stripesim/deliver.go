package stripesim

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"time"
)

// delivery is a webhook on its way.
type delivery struct {
	endpoint *endpoint
	event    *event
	body     []byte
	first    int64 // when it was first due
	due      int64
	attempt  int
	seq      int64
}

// Attempt is a webhook that was sent.
type Attempt struct {
	At       time.Time
	Event    string
	Type     string
	Endpoint string
	Number   int // counted from 1
	Status   int // of the answer; zero when there was none
}

// retryAfter is when a webhook that was not taken is sent again, counted from the first attempt. After three days it is
// given up.
var retryAfter = []int64{5 * 60, 35 * 60, 155 * 60, 455 * 60, 1055 * 60, 1775 * 60, 2495 * 60, 3215 * 60, 3935 * 60, 3 * day}

// mostDelay is how late chaos has a webhook arrive.
const mostDelay = 3 * day

// dispatch has an event told to whoever wants to know. What chaos does with it is decided here and now.
func (s *Sim) dispatch(sp *space, e *event) {
	endpoints := s.space(where{live: sp.live}).endpoints
	if len(endpoints.all) == 0 {
		return
	}
	told := endpoints.where(func(x *endpoint) bool { return x.wants(sp.where, e.Type) })
	e.PendingWebhooks = len(told)
	for _, x := range told {
		shown := *e
		if x.APIVersion != "" {
			shown.APIVersion = string(x.APIVersion)
		}
		s.send(&delivery{endpoint: x, event: e, body: encode(&shown), due: s.clock.now})
	}
}

func (s *Sim) send(d *delivery) {
	c := s.config.Chaos
	chance := func(what string) float64 { return draw(s.config.Seed, what+" "+d.endpoint.ID+" "+d.event.ID, 0) }
	if chance("drop") < c.Drop {
		return
	}
	late := func(what string) int64 {
		most := int64(c.DelayMost.Seconds())
		if most == 0 {
			most = mostDelay
		}
		return int64(chance("late "+what) * float64(most))
	}
	if chance("delay") < c.Delay {
		d.due += late("first")
	}
	d.first = d.due
	s.queue(d)
	if chance("duplicate") < c.Duplicate {
		twin := *d
		twin.due += late("twin") / 100 // soon after
		twin.first = twin.due
		d.event.PendingWebhooks++
		s.queue(&twin)
	}
}

func (s *Sim) queue(d *delivery) {
	s.sent++
	d.seq = s.sent
	s.deliveries = append(s.deliveries, d)
}

// Deliver sends every webhook that is due, one after the other, and those that this brings. Nothing else sends any.
func (s *Sim) Deliver(ctx context.Context) []Attempt {
	s.delivering.Lock()
	defer s.delivering.Unlock()
	var made []Attempt
	for {
		batch := s.dueNow()
		if len(batch) == 0 || ctx.Err() != nil {
			return made
		}
		for _, d := range batch {
			if ctx.Err() != nil {
				s.putBack(d)
				continue
			}
			if a, sent := s.deliver(ctx, d); sent {
				made = append(made, a)
			}
		}
	}
}

// dueNow takes what is due out of the queue, in the order in which it is to be sent.
func (s *Sim) dueNow() []*delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	var batch, later []*delivery
	for _, d := range s.deliveries {
		if d.due <= s.clock.now {
			batch = append(batch, d)
		} else {
			later = append(later, d)
		}
	}
	s.deliveries = later
	shuffle := s.config.Chaos.Reorder
	slices.SortFunc(batch, func(a, b *delivery) int {
		if shuffle {
			return cmp.Compare(draw(s.config.Seed, "order", uint64(a.seq)), draw(s.config.Seed, "order", uint64(b.seq)))
		}
		return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.seq, b.seq))
	})
	return batch
}

func (s *Sim) putBack(d *delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliveries = append(s.deliveries, d)
}

// deliver is one attempt; sent is false when the endpoint is gone.
func (s *Sim) deliver(ctx context.Context, d *delivery) (a Attempt, sent bool) {
	s.mu.Lock()
	now := s.clock.now
	gone := d.endpoint.Status != "enabled" || s.space(where{live: d.endpoint.Livemode}).endpoints.rows[d.endpoint.ID] == nil
	address, signature := d.endpoint.URL, d.endpoint.signature(now, d.body)
	s.mu.Unlock()
	if gone {
		return Attempt{}, false
	}
	status := s.post(ctx, address, signature, d.body)
	s.mu.Lock()
	defer s.mu.Unlock()
	d.attempt++
	a = Attempt{time.Unix(now, 0).UTC(), d.event.ID, d.event.Type, d.endpoint.ID, d.attempt, status}
	if status >= 200 && status < 300 {
		d.event.PendingWebhooks = max(0, d.event.PendingWebhooks-1)
		return a, true
	}
	if d.attempt <= len(retryAfter) {
		d.due = max(now+1, d.first+retryAfter[d.attempt-1])
		s.deliveries = append(s.deliveries, d)
	}
	return a, true
}

// post answers with the status, or zero when nobody answered.
func (s *Sim) post(ctx context.Context, address, signature string, body []byte) int {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
	r.Header.Set("Stripe-Signature", signature)
	answer, err := s.config.Client.Do(r)
	if err != nil {
		return 0
	}
	defer func() { _ = answer.Body.Close() }() // only read
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, longestBody))
	return answer.StatusCode
}
