package billingsim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
)

// carried carries requests to a handler in this process.
type carried struct{ to http.HandlerFunc }

func (c carried) RoundTrip(r *http.Request) (*http.Response, error) {
	defer func() { _ = r.Body.Close() }() // only read
	w := httptest.NewRecorder()
	c.to(w, r)
	return w.Result(), nil
}

// troubled carries the product's calls, of which some go wrong.
type troubled struct{ c *course }

func (t troubled) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.WriteString(t.c.trail, r.Method+" "+r.URL.String()+"\n") // a hash takes everything
	if t.c.recorder != nil {
		t.c.recorder.Note(r)
	}
	if t.c.trouble {
		t.c.sim.SetChaos(callChaos)
		defer t.c.sim.SetChaos(webhookChaos)
	}
	return t.c.sim.Transport().RoundTrip(r)
}

// reading is what one worker saw.
type reading struct {
	billing.Snapshot
	billed []string // charges of which the invoice was known before
	at     time.Time
}

// provider is Stripe as one of two workers asks it.
type provider struct {
	c      *course
	worker int
}

// heldOften is how often a reading takes longer than its lease.
const heldOften = .02

// Snapshot implements billing.Provider.
func (p provider) Snapshot(ctx context.Context, q billing.Question) (billing.Snapshot, error) {
	c := p.c
	if err := c.stillSame(); err != nil {
		return billing.Snapshot{}, err
	}
	c.Readings++
	began := c.now
	s, err := c.gateway.Snapshot(ctx, q)
	if err != nil {
		c.Failures++
		return s, err
	}
	if c.late == 0 && c.random.Float64() < heldOften {
		return s, c.hold(q.Customer, p.worker)
	}
	c.read[q.Customer] = reading{s, q.Billed, began}
	c.fresh[q.Customer] = true
	return s, c.loses(s.Disputes)
}

// loses notes disputes that are read as lost for the first time. The database notes when, by its own clock.
func (c *course) loses(all []billing.Dispute) error {
	for _, d := range all {
		if _, known := c.lost[d.ID]; d.Status == billing.DisputeLost && !known {
			c.lost[d.ID], c.undecided = c.now, append(c.undecided, d.ID)
			if _, err := c.super.Exec(c.ctx, setClock, c.now.Sub(begin).Seconds()); err != nil {
				return err
			}
		}
	}
	return nil
}

// decide is an operator who lets a company go on whose dispute was lost, or who leaves it to the seven days.
func (c *course) decide() error {
	for _, dispute := range c.undecided {
		if c.random.Float64() < .25 {
			continue
		}
		c.decided[dispute] = true
		if _, err := c.super.Exec(c.ctx, `UPDATE platform.billing_findings SET settled_at = platform.now(), settled_by = 'an operator', note = 'it goes on' WHERE kind = 'dispute_lost' AND about = $1`, dispute); err != nil {
			return err
		}
	}
	c.undecided = nil
	return nil
}

// stillSame is I1 after a reading that was late, before anybody reads again: it has written nothing.
func (c *course) stillSame() error {
	customer := c.suspect
	c.suspect = ""
	if !c.fresh[customer] || c.found != nil {
		return c.found
	}
	kept, err := c.mirrored([]string{customer})
	if err == nil {
		err = c.same(customer, kept[customer], lines(c.read[customer]), "what was read last, while an older reading was late,")
	}
	c.found = err
	return err
}

// hold lets a reading take longer than its lease. Meanwhile the company goes on, and the other worker reads.
func (c *course) hold(customer string, worker int) error {
	c.late++
	defer func() { c.late-- }()
	var lease *string
	if err := c.super.QueryRow(c.ctx, `SELECT lease::text FROM platform.billing_customers WHERE id = $1`, customer).Scan(&lease); err != nil {
		return err
	}
	c.pass(time.Minute + time.Duration(1+c.random.IntN(30))*time.Second)
	if err := c.tellElapsed(); err != nil { // the lease is over
		return err
	}
	if co := c.of[customer]; co != nil && c.random.IntN(2) == 0 {
		if err := c.act(co); err != nil {
			return err
		}
	}
	c.sim.Deliver(c.ctx)
	if err := c.workers[1-worker].Drain(c.ctx); err != nil {
		return err
	}
	c.Fenced++
	c.suspect = customer
	if c.plant == noFence {
		_, err := c.super.Exec(c.ctx, `UPDATE platform.billing_customers SET lease = $2::text::uuid, lease_until = clock_timestamp() + interval '1 minute' WHERE id = $1`, customer, *lease)
		return err
	}
	return nil
}

// tellElapsed tells the rows of the mirror how much time went by: they are written by the machine's clock. A failure
// waits for a time of chance; here, always for its longest.
func (c *course) tellElapsed() error {
	if c.elapsed > 0 {
		if _, err := c.super.Exec(c.ctx, `UPDATE platform.billing_customers SET read_at = read_at - $1::interval, next_at = next_at - $1::interval, lease_until = lease_until - $1::interval`, c.elapsed); err != nil {
			return err
		}
		c.elapsed = 0
	}
	for _, customer := range sorted(c.failing) {
		wait := "1 hour"
		if !c.failing[customer].After(c.now) {
			wait = "-1 day"
		}
		if _, err := c.super.Exec(c.ctx, `UPDATE platform.billing_customers SET next_at = clock_timestamp() + $2::text::interval WHERE id = $1 AND attempts > 0`, customer, wait); err != nil {
			return err
		}
	}
	return nil
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// round has one of the workers read until nobody is dirty, but those that have just failed.
func (c *course) round() error {
	if err := c.noteFailing(false); err != nil { // within an act
		return err
	}
	if len(c.failing) > 0 {
		if err := c.tellElapsed(); err != nil {
			return err
		}
	}
	if err := c.workers[c.random.IntN(len(c.workers))].Drain(c.ctx); err != nil {
		return err
	}
	if err := c.stillSame(); err != nil {
		return err
	}
	if err := c.noteFailing(true); err != nil {
		return err
	}
	if err := c.decide(); err != nil {
		return err
	}
	return c.checkFresh()
}

// noteFailing notes whom the workers could not read, and when they surely try again. tried tells that they have just done
// so with all who were due.
func (c *course) noteFailing(tried bool) error {
	if len(c.failing) == 0 && c.Failures == c.noted {
		return nil
	}
	c.noted = c.Failures
	rows, err := c.super.Query(c.ctx, `SELECT id, attempts FROM platform.billing_customers WHERE attempts > 0 AND wanted > done AND dead_at IS NULL ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	still := map[string]time.Time{}
	for rows.Next() {
		var customer string
		var attempts int
		if err := rows.Scan(&customer, &attempts); err != nil {
			return err
		}
		again, known := c.failing[customer]
		if !known || tried && !again.After(c.now) {
			again = c.now.Add(min(15*time.Minute, time.Second<<(attempts-1))*3/2 + time.Second)
		}
		still[customer] = again
	}
	c.failing = still
	return rows.Err()
}

// sweep makes dirty whose webhooks may have been lost.
func (c *course) sweep() error {
	if err := c.tellElapsed(); err != nil {
		return err
	}
	return c.mirror.Sweep(c.ctx)
}

// deliver is the product's end of a webhook.
func (c *course) deliver(w http.ResponseWriter, r *http.Request) {
	c.Webhooks++
	body, _ := io.ReadAll(r.Body) // of this process
	r.Body = io.NopCloser(bytes.NewReader(body))
	c.hook.ServeHTTP(w, r)
	e := readEvent(body)
	if e.customer != "" {
		c.dirtied[e.customer] = c.now
		if co := c.of[e.customer]; co != nil && strings.HasPrefix(e.kind, "checkout.session.") {
			co.tasksAt = c.now // the task that comes of it
		}
	}
	c.planted(e)
}

func (c *course) fail(invariant, format string, args ...any) error {
	return fmt.Errorf("%s does not hold: %s", invariant, fmt.Sprintf(format, args...))
}

// call asks Stripe as people do at its pages: nothing goes wrong, and what is refused is no error.
func (c *course) call(method, path string, form ...string) answer {
	text := encode(form)
	target, body := path, text
	if method != http.MethodPost {
		body = ""
		if text != "" {
			target += "?" + text
		}
	}
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+secretKey)
	w := httptest.NewRecorder()
	c.sim.ServeHTTP(w, r)
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		a.Error = &refused{Message: err.Error()}
	}
	return a
}
