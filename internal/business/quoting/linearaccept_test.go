package quoting_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/history"
)

// A quote that was sent, on which homeowners and staff act at once.
type (
	offerDeed struct {
		what    string
		version int // of the record, as it was read
	}
	offerNow struct {
		versions [8]quoting.Status // those that were sent, the first one first
		sent     int
		draft    bool // of the next version
		version  int  // of the record
	}
	offerEnd struct {
		code string
		// What was seen, by a look.
		status  quoting.Status
		n       int
		draft   bool
		version int
	}
)

func (o offerNow) current() quoting.Status { return o.versions[o.sent-1] }

// after is the quote once its version n stands otherwise, and the record was written.
func (o offerNow) after(n int, s quoting.Status) offerNow {
	o.versions[n] = s
	o.version++
	if s == quoting.Accepted { // a version that will not be needed
		o.draft = false
	}
	return o
}

// saysOf is how people are told that a version stands so.
func saysOf(s quoting.Status) string { return "quote-" + string(s) }

// staff is a change by somebody who read the record at a version: it may happen, or the reason why not.
func (o offerNow) staff(in offerDeed, code string, may bool, why string, then offerNow) (offerNow, bool) {
	switch {
	case !may:
		return o, code == why
	case in.version != o.version:
		return o, code == "version-stale"
	}
	return then, code == "ok"
}

func (o offerNow) answered(code string, to quoting.Status) (offerNow, bool) {
	if o.versions[0] != quoting.Sent {
		return o, code == saysOf(o.versions[0])
	}
	return o.after(0, to), code == "ok"
}

// step is the whole of what may happen to it: accept and decline are by the link of the first version.
func (o offerNow) step(in offerDeed, out offerEnd) (offerNow, bool) {
	open := o.current() == quoting.Sent || o.current() == quoting.Expired
	switch in.what {
	case "accept":
		return o.answered(out.code, quoting.Accepted)
	case "decline":
		return o.answered(out.code, quoting.Declined)
	case "record":
		return o.staff(in, out.code, o.current() == quoting.Sent, saysOf(o.current()), o.after(o.sent-1, quoting.Accepted))
	case "withdraw":
		return o.staff(in, out.code, open, saysOf(o.current()), o.after(o.sent-1, quoting.Withdrawn))
	case "revise":
		then := o
		then.draft, then.version = true, o.version+1
		if o.draft {
			return o, out.code == "draft-exists"
		}
		return o.staff(in, out.code, o.current() != quoting.Accepted, saysOf(o.current()), then)
	case "send":
		then := o
		if open {
			then.versions[o.sent-1] = quoting.Replaced
		}
		then.versions[o.sent] = quoting.Sent
		then.sent, then.draft, then.version = o.sent+1, false, o.version+1
		return o.staff(in, out.code, o.draft, saysOf(o.current()), then)
	case "lapse":
		if o.versions[0] == quoting.Sent {
			o.versions[0] = quoting.Expired
		}
		return o, true
	}
	return o, out.status == o.current() && out.n == o.sent && out.draft == o.draft && out.version == o.version
}

// offer is a quote with its link and the people around it.
type offer struct {
	*world
	staff, visitor tenancy.Actor
	quote          id.ID
	link           string
	sign           quoting.AcceptInput

	mu   sync.Mutex
	seen int // the record's version as somebody read it last
	h    history.History[offerDeed, offerEnd]
}

func (w *world) offer(t *testing.T) (*offer, history.Model[offerNow, offerDeed, offerEnd]) {
	t.Helper()
	o := &offer{world: w, staff: w.actor(t, testkit.A), visitor: w.visitor(t, testkit.A)}
	s, link := w.sent(t, o.staff, testkit.A)
	o.quote, o.link, o.seen, o.sign = s.ID, link, s.Version, signOf(w.view(t, testkit.A, link), "premium")
	start := offerNow{versions: [8]quoting.Status{quoting.Sent}, sent: 1, version: s.Version}
	return o, history.Model[offerNow, offerDeed, offerEnd]{Start: start, Step: offerNow.step}
}

// read is the version that staff's next change is based on.
func (o *offer) read() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.seen
}

func (o *offer) do(t *testing.T, client int, what string) {
	in := offerDeed{what: what, version: o.read()}
	o.h.Do(client, in, func() offerEnd {
		if what == "look" {
			return o.look(t)
		}
		c, err := o.deed(t, in)
		if c.Version > 0 {
			o.saw(c.Version)
		}
		return offerEnd{code: codeOf(t, what, err)}
	})
}

func (o *offer) saw(version int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen = version
}

func (o *offer) deed(t *testing.T, in offerDeed) (c quoting.Changed, err error) {
	ctx := t.Context()
	switch in.what {
	case "accept":
		_, err = o.quotes.Accept(ctx, o.visitor, o.link, o.sign)
	case "decline":
		err = o.quotes.Decline(ctx, o.visitor, o.link, quoting.DeclineInput{Reason: "Too dear"})
	case "record":
		c, err = o.quotes.RecordAcceptance(ctx, o.staff, o.quote, quoting.RecordAcceptanceInput{
			Choice: quoting.Choice{Option: "basic"}, Version: in.version, Name: "Dana Ruiz", Note: "On the phone"})
	case "withdraw":
		c, err = o.quotes.Withdraw(ctx, o.staff, o.quote, quoting.WithdrawInput{Version: in.version})
	case "revise":
		c, err = o.quotes.Revise(ctx, o.staff, o.quote, quoting.ReviseInput{Version: in.version})
	case "send":
		var s quoting.SentQuote
		s, err = o.quotes.Send(ctx, o.staff, o.quote, toDana(in.version))
		c = s.Changed
	case "lapse":
		o.lapse(t)
	}
	return c, err
}

// lapse ends the time of the first version. The clock is not moved for that: each transaction has the time at which it
// began, so that the end of an offer is not one moment for everybody.
func (o *offer) lapse(t *testing.T) {
	o.Exec(t, `WITH quote AS (SELECT id FROM app.quotes WHERE org_id = $1 AND id = $2 FOR UPDATE),
		paper AS (UPDATE app.quote_versions v SET valid_until = now() - interval '1 day' FROM quote q
			WHERE v.org_id = $1 AND v.quote_id = q.id AND v.n = 1 AND v.state = 'sent')
		UPDATE app.quotes w SET valid_until = now() - interval '1 day' FROM quote q WHERE w.org_id = $1 AND w.id = q.id AND w.current_n = 1 AND w.state = 'sent'`,
		testkit.A.ID, o.quote)
}

func (o *offer) look(t *testing.T) offerEnd {
	rec, err := o.quotes.GetQuote(t.Context(), o.staff, o.quote)
	if err != nil {
		t.Error(err)
	}
	q := rec.Quote // one row: what belongs to one moment
	o.saw(q.Version)
	return offerEnd{status: q.Status, n: q.CurrentN, draft: q.DraftN != nil, version: q.Version}
}

// Two homeowners sign and decline while staff withdraw, revise, send anew and record, and the time ends: each answer is
// one that somebody could have got who was alone, and one of them at most has a signature.
func TestAnsweringIsAsIfOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := setup(t)
	endings := map[quoting.Status]int{}
	deeds := 0
	w.Untouched(t, testkit.B, func() {
		for n := range history.Count() {
			o, model := w.offer(t)
			history.Together(6, 5, func(client, deed int) {
				dice := rand.New(rand.NewPCG(uint64(n), uint64(client*100+deed)))
				// Two homeowners, who act late and seldom; four of the staff.
				all := []string{"look", "look", "look", "accept", "decline"}
				if client >= 2 {
					all = []string{"look", "look", "revise", "revise", "send", "send", "withdraw", "record", "lapse"}
				}
				o.do(t, client, all[dice.IntN(len(all))])
			})
			o.do(t, 0, "look")
			model.Judge(t, &o.h)
			deeds += o.h.Len()
			rec := w.record(t, o.staff, o.quote)
			endings[rec.Quote.Status]++
			signed := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.acceptances WHERE org_id = $1 AND quote_id = $2`, testkit.A.ID, o.quote)
			if (signed == 1) != (rec.Quote.Status == quoting.Accepted) || signed > 1 {
				t.Errorf("%d signatures under a quote that is %s", signed, rec.Quote.Status)
			}
		}
	})
	t.Logf("%d histories, %d deeds, which ended as %v", history.Count(), deeds, endings)
}

// The same judgment on an acceptance that looks first and writes then: it finds out.
func TestAcceptanceThatLooksFirstIsFoundOut(t *testing.T) {
	t.Parallel()
	o, model := setup(t).offer(t)
	var looked sync.WaitGroup
	looked.Add(2)
	history.Together(2, 1, func(client, _ int) {
		o.h.Do(client, offerDeed{what: "accept"}, func() offerEnd {
			view, err := o.quotes.OpenByToken(t.Context(), o.visitor, o.link)
			looked.Done()
			looked.Wait()
			if err != nil || !view.Open() {
				return offerEnd{code: saysOf(view.Status)}
			}
			o.Exec(t, `UPDATE app.quote_versions SET state = 'accepted', accepted_at = now() WHERE org_id = $1 AND quote_id = $2`, testkit.A.ID, o.quote)
			return offerEnd{code: "ok"}
		})
	})
	if model.Holds(t, &o.h) {
		t.Errorf("two signatures under one quote are explained:\n%s", &o.h)
	}
}
