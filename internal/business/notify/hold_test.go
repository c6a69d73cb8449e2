package notify_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/notify"
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
