package notify_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/mail"
	"fenceplatform.com/fence/internal/testkit"
)

// quoteTo makes a quote's mail due.
func (w *world) quoteTo(t *testing.T, to string) id.ID {
	t.Helper()
	m := id.New()
	w.Exec(t, `INSERT INTO app.mails (org_id, id, kind, recipient, sender, subject, plain, html, created_at)
		VALUES ($1, $2, 'quote_sent', $3, 'Alpha Fence', 'Your fence', 'Look.', 'Look.', app.now())`, testkit.A.ID, m, to)
	return m
}

func (w *world) heldFor(t *testing.T, m id.ID) string {
	t.Helper()
	return testkit.Value[string](t, w.Database, `SELECT held_for || CASE WHEN held_until > app.now() THEN ' until later' ELSE '' END FROM app.mails WHERE id = $1`, m)
}

// trying makes A a company that tries the product and whose owner has a confirmed address.
func (w *world) trying(t *testing.T) {
	t.Helper()
	w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = app.now() + interval '14 days', created_at = app.now() WHERE org_id = $1`, testkit.A.ID)
}

func TestMailsAtOnceDoNotPassTheBoundTogether(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.users SET email_verified_at = NULL WHERE org_id = $1`, testkit.A.ID)
	w.Exec(t, `UPDATE app.organizations SET created_at = app.now() WHERE org_id = $1`, testkit.A.ID)
	var mu sync.Mutex
	var held int
	var wg sync.WaitGroup
	w.mails.Deliver = &lockedPostman{postman: w.post}
	w.Database.Untouched(t, testkit.B, func() {
		for n := range 12 {
			m := w.quoteTo(t, fmt.Sprintf("dana%d@home.example", n))
			wg.Go(func() {
				if err := w.mails.DeliverMail(t.Context(), w.a, m, nil); err != nil {
					mu.Lock()
					held++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
	})
	if len(w.post.got) != 3 || held != 9 {
		t.Errorf("%d left and %d wait, want 3 and 9", len(w.post.got), held)
	}
}

// A mail that was admitted and could not be delivered is not counted again.
func TestAFailedDeliveryIsCountedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.users SET email_verified_at = NULL WHERE org_id = $1`, testkit.A.ID)
	w.Exec(t, `UPDATE app.organizations SET created_at = app.now() WHERE org_id = $1`, testkit.A.ID)
	w.post.broken = 5
	first := w.quoteTo(t, "dana@home.example")
	for range 5 {
		if w.mails.DeliverMail(t.Context(), w.a, first, nil) == nil {
			t.Fatal("it was delivered by a server that does not answer")
		}
	}
	for n, m := range []id.ID{first, w.quoteTo(t, "b@home.example"), w.quoteTo(t, "c@home.example")} {
		if err := w.mails.DeliverMail(t.Context(), w.a, m, nil); err != nil {
			t.Errorf("mail %d of the day: %v", n+1, err)
		}
	}
}

func TestATrialMailsTwentyAddressesADay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.trying(t)
	for n := range 20 {
		if err := w.mails.DeliverMail(t.Context(), w.a, w.quoteTo(t, fmt.Sprintf("dana%d@home.example", n)), nil); err != nil {
			t.Fatalf("address %d: %v", n+1, err)
		}
	}
	if err := w.mails.DeliverMail(t.Context(), w.a, w.quoteTo(t, "Dana3@home.example"), nil); err != nil {
		t.Errorf("another mail to one of them: %v", err)
	}
	more := w.quoteTo(t, "dana21@home.example")
	if err := w.mails.DeliverMail(t.Context(), w.a, more, nil); err == nil || w.heldFor(t, more) != "trial_day until later" {
		t.Errorf("address 21: %v, %q", err, w.heldFor(t, more))
	}
	w.Untouched(t, testkit.B, func() {
		told, err := w.mails.WaitingFor(t.Context(), w.a, []string{"DANA21@home.example", "dana3@home.example"})
		if err != nil || len(told) != 1 || told[0].HeldFor.Sentence() == "" {
			t.Errorf("what waits is told as %+v, %v", told, err)
		}
	})
	w.Exec(t, `UPDATE app.organizations SET plan = 'growth', trial_ends_at = NULL WHERE org_id = $1`, testkit.A.ID)
	if err := w.mails.DeliverMail(t.Context(), w.a, more, nil); err != nil || w.heldFor(t, more) != "" {
		t.Errorf("address 21 with a plan: %v, %q", err, w.heldFor(t, more))
	}
}

func TestATrialMailsFiveNewDomainsAnHour(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.trying(t)
	for n := range 5 {
		if err := w.mails.DeliverMail(t.Context(), w.a, w.quoteTo(t, fmt.Sprintf("dana@home%d.example", n)), nil); err != nil {
			t.Fatalf("domain %d: %v", n+1, err)
		}
	}
	sixth := w.quoteTo(t, "dana@home6.example")
	if err := w.mails.DeliverMail(t.Context(), w.a, sixth, nil); err == nil || w.heldFor(t, sixth) != "trial_hour until later" {
		t.Errorf("domain 6: %v, %q", err, w.heldFor(t, sixth))
	}
	if err := w.mails.DeliverMail(t.Context(), w.a, w.quoteTo(t, "lee@home2.example"), nil); err != nil {
		t.Errorf("a known domain: %v", err)
	}
	w.Advance(t, time.Hour+time.Minute)
	if err := w.mails.DeliverMail(t.Context(), w.a, sixth, nil); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

func TestUnconfirmedForAMonthNoQuoteLeaves(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.users SET email_verified_at = NULL WHERE org_id = $1`, testkit.A.ID)
	w.Exec(t, `UPDATE app.organizations SET created_at = app.now() - interval '29 days 23 hours' WHERE org_id = $1`, testkit.A.ID)
	if err := w.mails.DeliverMail(t.Context(), w.a, w.quoteTo(t, "dana@home.example"), nil); err != nil {
		t.Errorf("on day 30: %v", err)
	}
	w.Advance(t, 2*time.Hour)
	m := w.quoteTo(t, "lee@home.example")
	if err := w.mails.DeliverMail(t.Context(), w.a, m, nil); err == nil || w.heldFor(t, m) != string(notify.UnconfirmedMonth)+" until later" {
		t.Errorf("on day 31: %v, %q", err, w.heldFor(t, m))
	}
	w.Exec(t, `UPDATE app.users SET email_verified_at = app.now() WHERE org_id = $1 AND role = 'owner'`, testkit.A.ID)
	if err := w.mails.DeliverMail(t.Context(), w.a, m, nil); err != nil {
		t.Errorf("after the confirmation: %v", err)
	}
}

// in brings A into a state of its plan, and answers who acts in it.
func (w *world) in(t *testing.T, state plan.State) tenancy.Actor {
	t.Helper()
	w.Exec(t, `DELETE FROM platform.plan_overrides WHERE org_id = $1`, testkit.A.ID)
	w.Exec(t, `UPDATE platform.organizations SET deleted_at = NULL WHERE org_id = $1`, testkit.A.ID)
	trial := func(since string) {
		w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = app.now() - $2::text::interval, created_at = app.now() WHERE org_id = $1`, testkit.A.ID, since)
	}
	w.Exec(t, `UPDATE app.organizations SET plan = 'growth', trial_ends_at = NULL WHERE org_id = $1`, testkit.A.ID)
	switch state {
	case plan.Canceled:
		trial("1 day")
	case plan.Dormant:
		trial("40 days")
	case plan.Suspended:
		w.Exec(t, `INSERT INTO platform.plan_overrides (org_id, id, kind, reason, granted_by, granted_at) VALUES ($1, gen_random_uuid(), 'hold', 'phishing', 'olivia', app.now())`, testkit.A.ID)
	case plan.PendingDeletion:
		w.Exec(t, `UPDATE platform.organizations SET deleted_at = app.now() WHERE org_id = $1`, testkit.A.ID)
	}
	a, err := tenancy.InTask(t.Context(), w.App, testkit.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Entitlements(testkit.Value[time.Time](t, w.Database, "SELECT app.now()")).State; got != state {
		t.Fatalf("A is %s, want %s", got, state)
	}
	return a
}

// What was queued before a company's state changed leaves as that state lets mail leave: quotes and invitations only from
// who may send, what the platform tells its people unless it is closed, what is due about paying and to who signed always.
func TestQueuedMailsLeaveAsTheStateLetsThem(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, c := range []struct {
		state  plan.State
		leave  []string
		wait   []string
		reason notify.Reason
	}{
		{plan.Canceled, []string{"welcome", "reset", "usage_warning", "quote_declined", "plan_notice", "quote_signed", "payment_receipt"}, []string{"quote_sent", "invite"}, notify.NoPlan},
		{plan.Dormant, []string{"reset", "plan_notice", "quote_signed", "payment_receipt"}, []string{"quote_sent", "invite"}, notify.NoPlan},
		{plan.Suspended, []string{"plan_notice", "quote_signed", "payment_receipt"}, []string{"quote_sent", "invite", "reset", "usage_warning", "quote_declined"}, notify.Stopped},
		{plan.PendingDeletion, []string{"plan_notice", "quote_signed", "payment_receipt"}, []string{"quote_sent", "usage_warning"}, notify.Stopped},
	} {
		w.in(t, plan.Active)
		var waiting []id.ID
		queued := map[string]id.ID{}
		for _, kind := range append(c.leave, c.wait...) {
			queued[kind] = w.queue(t, kind, nil)
		}
		a := w.in(t, c.state)
		w.Untouched(t, testkit.B, func() {
			for _, kind := range c.leave {
				if err := w.mails.DeliverMail(t.Context(), a, queued[kind], nil); err != nil {
					t.Errorf("%s: %s waits: %v", c.state, kind, err)
				}
			}
			left := len(w.post.got)
			for _, kind := range c.wait {
				waiting = append(waiting, queued[kind])
				if err := w.mails.DeliverMail(t.Context(), a, queued[kind], nil); err == nil || w.heldFor(t, queued[kind]) != string(c.reason)+" until later" {
					t.Errorf("%s: %s: %v, held for %q", c.state, kind, err, w.heldFor(t, queued[kind]))
				}
			}
			if err := w.mails.LetGo(t.Context(), a); err != nil || len(w.post.got) != left {
				t.Errorf("%s: %d left, %v", c.state, len(w.post.got)-left, err)
			}
			if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.mails WHERE id = ANY($1) AND held_for <> ''`, waiting); n != len(waiting) {
				t.Errorf("%s: %d of %d wait", c.state, n, len(waiting))
			}
		})
		a = w.in(t, plan.Active)
		tasksBefore := w.tasksOf(t, "send_mail")
		for range 2 {
			if err := w.mails.LetGo(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.tasksOf(t, "send_mail") - tasksBefore; n != len(waiting) {
			t.Errorf("after %s %d mails are tried, want %d", c.state, n, len(waiting))
		}
		for _, m := range waiting {
			if err := w.mails.DeliverMail(t.Context(), a, m, nil); err != nil {
				t.Errorf("after %s: %v", c.state, err)
			}
		}
	}
}

// A mail that was admitted and not delivered waits too when its company is stopped.
func TestAnAdmittedMailWaitsForAStoppedCompany(t *testing.T) {
	t.Parallel()
	w := setup(t)
	m := w.quoteTo(t, "dana@home.example")
	w.post.broken = 1
	if err := w.mails.DeliverMail(t.Context(), w.a, m, nil); err == nil {
		t.Fatal("it was delivered by a server that does not answer")
	}
	if err := w.mails.DeliverMail(t.Context(), w.in(t, plan.Suspended), m, nil); err == nil || len(w.post.got) != 0 {
		t.Errorf("%v, %d left", err, len(w.post.got))
	}
}

// lockedPostman takes mails from many at once.
type lockedPostman struct {
	mu sync.Mutex
	*postman
}

func (p *lockedPostman) Deliver(ctx context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.postman.Deliver(ctx, m)
}
