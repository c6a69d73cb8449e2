package onboarding_test

import (
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// owned is a company whose owner confirmed the address, with what followed from it.
func (b bundle) owned(t *testing.T, company, email string) (id.ID, time.Duration) {
	t.Helper()
	org := b.signedUp(t, company, email)
	b.confirmed(t, org)
	return org, b.trial(t, org)
}

func (b bundle) signedUp(t *testing.T, company, email string) id.ID {
	t.Helper()
	in := input(company)
	in.Email = email
	done, err := b.signUps.SignUp(t.Context(), fromTest, in)
	if err != nil {
		t.Fatal(err)
	}
	return done.Organization.ID
}

func (b bundle) confirmed(t *testing.T, org id.ID) {
	t.Helper()
	b.db.Exec(t, `UPDATE app.users SET email_verified_at = app.now() WHERE org_id = $1`, org)
	a, err := tenancy.InTask(t.Context(), b.db.App, org)
	if err != nil {
		t.Fatal(err)
	}
	owner := testkit.Value[string](t, b.db, `SELECT id::text FROM app.users WHERE org_id = $1`, org)
	who, err := id.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.signUps.RedeemTrial(t.Context(), a, who); err != nil {
		t.Fatal(err)
	}
}

// trial is what is left of the company's trial.
func (b bundle) trial(t *testing.T, org id.ID) time.Duration {
	t.Helper()
	return testkit.Value[time.Duration](t, b.db, `SELECT date_trunc('minute', trial_ends_at - app.now() + interval '30 seconds') FROM app.organizations WHERE org_id = $1`, org)
}

const whole = 14 * 24 * time.Hour

func TestATrialIsHadOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, left := b.owned(t, "First Fence", "kim.oak@gmail.com")
	if left != whole {
		t.Errorf("the first trial lasts %v", left)
	}
	for _, spelling := range []string{"kim.oak@gmail.com", "KimOak+two@gmail.com", "k.i.m.oak@googlemail.com"} {
		var second id.ID
		b.db.Untouched(t, testkit.A, func() { second, left = b.owned(t, "Second Fence", spelling) })
		if left != onboarding.SecondTrial {
			t.Errorf("the trial of %s lasts %v, want %v", spelling, left, onboarding.SecondTrial)
		}
		b.confirmed(t, second) // the task came twice
		if again := b.trial(t, second); again != left {
			t.Errorf("another time it is shortened to %v", again)
		}
		if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM app.mails WHERE org_id = $1 AND kind = 'second_trial'`, second); n != 1 {
			t.Errorf("the owner is told %d times", n)
		}
		if ends := testkit.Value[bool](t, b.db, `SELECT p.trial_ends_at = o.trial_ends_at FROM platform.organizations p JOIN app.organizations o USING (org_id) WHERE o.org_id = $1`, second); !ends {
			t.Error("the operator reads another end")
		}
	}
	b.confirmed(t, first)
	if left := b.trial(t, first); left != whole {
		t.Errorf("the first company's trial lasts %v after the others", left)
	}
	for company, email := range map[string]string{"Other Fence": "kimoak@outlook.com", "Third Fence": "kim.oak+two@oak.example", "Dots Fence": "kimoak@oak.example"} {
		if _, left := b.owned(t, company, email); left != whole {
			t.Errorf("%s is another's address, and its trial lasts %v", email, left)
		}
	}
}

// Before the address is confirmed nothing tells whether it is known: not the trial, not a mail.
func TestASignUpTellsNobodyThatATrialWasHad(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.owned(t, "First Fence", "kim@oak.example")
	second := b.signedUp(t, "Second Fence", "kim@oak.example")
	if left := b.trial(t, second); left != whole {
		t.Errorf("the trial of whoever typed the address lasts %v", left)
	}
}

// A trial that was had stays known when the company is gone.
func TestATrialThatWasHadOutlivesItsCompany(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, _ := b.owned(t, "First Fence", "kim@oak.example")
	b.db.Exec(t, `DELETE FROM platform.hosts WHERE org_id = $1`, first)
	b.db.Exec(t, `DELETE FROM platform.people_addresses WHERE org_id = $1`, first)
	if _, left := b.owned(t, "Second Fence", "kim@oak.example"); left != onboarding.SecondTrial {
		t.Errorf("it lasts %v", left)
	}
}

func TestOfTwoAtOnceOneHasTheWholeTrial(t *testing.T) {
	t.Parallel()
	b := setup(t)
	orgs := make([]id.ID, 6)
	for i := range orgs {
		orgs[i] = b.signedUp(t, "At Once Fence", "kim@oak.example")
	}
	var wg sync.WaitGroup
	for _, org := range orgs {
		wg.Go(func() { b.confirmed(t, org) })
	}
	wg.Wait()
	long := 0
	for _, org := range orgs {
		if b.trial(t, org) == whole {
			long++
		}
	}
	if long != 1 {
		t.Errorf("%d of them last 14 days", long)
	}
}

// A company that chose a plan loses nothing.
func TestAPlanIsNotShortened(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.owned(t, "First Fence", "kim@oak.example")
	second := b.signedUp(t, "Second Fence", "kim@oak.example")
	b.db.Exec(t, `UPDATE app.organizations SET plan = 'growth' WHERE org_id = $1`, second)
	b.confirmed(t, second)
	if left := b.trial(t, second); left != whole {
		t.Errorf("its trial was cut to %v", left)
	}
}

// hasCard has the mirror know a card of a company's, and what follows from it follow, twice.
func (b bundle) hasCard(t *testing.T, org id.ID, card string) time.Duration {
	t.Helper()
	b.db.Exec(t, `INSERT INTO platform.billing_customers (id, org_id, card_last4, card_exp_month, card_exp_year, card_hash) VALUES ('cus_' || $1::uuid::text, $1::uuid, '4242', 12, 2034, sha256($2::bytea))
		ON CONFLICT (id) DO UPDATE SET card_last4 = excluded.card_last4, card_exp_month = 12, card_exp_year = 2034, card_hash = excluded.card_hash`, org, []byte(card))
	for range 2 {
		a, err := tenancy.InTask(t.Context(), b.db.App, org)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.signUps.RedeemCard(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	return b.trial(t, org)
}

// A card of which another company's trial is known leaves three days, as a mailbox does, and nobody is told twice.
func TestATrialIsHadOnceForACard(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, _ := b.owned(t, "First Fence", "kim@oak.example")
	second, _ := b.owned(t, "Second Fence", "lee@elm.example")
	other, _ := b.owned(t, "Other Fence", "max@ash.example")
	b.db.Untouched(t, testkit.A, func() {
		if left := b.hasCard(t, first, "one"); left != whole {
			t.Errorf("the first company of a card is tried for %v", left)
		}
		if left := b.hasCard(t, second, "one"); left != onboarding.SecondTrial {
			t.Errorf("the second company of a card is tried for %v, want %v", left, onboarding.SecondTrial)
		}
		if left := b.hasCard(t, other, "another"); left != whole {
			t.Errorf("a company with a card of its own is tried for %v", left)
		}
		if left := b.hasCard(t, first, "one"); left != whole {
			t.Errorf("looked at again, the first is tried for %v", left)
		}
	})
	if told := testkit.Values[string](t, b.db, `SELECT recipient FROM app.mails WHERE kind = 'second_trial' AND plain LIKE '%This card had a trial before%'`); len(told) != 1 || told[0] != "lee@elm.example" {
		t.Errorf("told are %q", told)
	}
	b.db.Exec(t, `DELETE FROM platform.billing_customers WHERE org_id = $1`, first)
	if left := b.hasCard(t, other, "one"); left != onboarding.SecondTrial {
		t.Errorf("when the first company is gone at the provider, the card leaves %v", left)
	}
}

// Who pays with a known card keeps everything: it is noted, and that is all.
func TestACardTakesNothingFromWhoPays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, _ := b.owned(t, "First Fence", "kim@oak.example")
	second, _ := b.owned(t, "Second Fence", "lee@elm.example")
	b.hasCard(t, first, "one")
	b.db.Exec(t, `INSERT INTO platform.billing_customers (id, org_id) VALUES ('cus_' || $1::uuid::text, $1::uuid)`, second)
	b.db.Exec(t, `INSERT INTO platform.subscriptions (id, customer_id, status, plan, plan_version, extra_users, cancel_at_period_end, collection_paused, created_at, period_start, period_end)
		VALUES ('sub_Second', 'cus_' || $1::uuid::text, 'trialing', 'growth', 1, 0, false, false, app.now(), app.now(), app.now() + interval '14 days')`, second)
	for _, status := range []string{"trialing", "active", "past_due", "canceled"} {
		b.db.Exec(t, `UPDATE platform.subscriptions SET status = $1`, status)
		if left := b.hasCard(t, second, "one"); left != whole {
			t.Errorf("who has a subscription that is %s is tried for %v", status, left)
		}
	}
	if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM app.mails WHERE kind = 'second_trial'`); n != 0 {
		t.Errorf("%d mails tell of a second trial", n)
	}
	b.db.Exec(t, `UPDATE platform.subscriptions SET status = 'incomplete'`)
	if left := b.hasCard(t, second, "one"); left != onboarding.SecondTrial {
		t.Errorf("whose first payment never came is tried for %v", left)
	}
}

// The number of a company is noted, and takes nothing away: anybody can type it.
func TestATelephoneNumberShortensNoTrial(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, company := range []string{"First Fence", "Second Fence"} {
		org, _ := b.owned(t, company, company[:3]+"@oak.example")
		a, err := tenancy.InTask(t.Context(), b.db.App, org)
		if err != nil {
			t.Fatal(err)
		}
		in := asIs(a.Org)
		in.Phone = "(512) 555-0142"
		if _, err := b.signUps.EditCompany(t.Context(), a, in); err != nil {
			t.Fatal(err)
		}
		if left := b.trial(t, org); left != whole {
			t.Errorf("%s: %v", company, left)
		}
	}
	if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM platform.trial_redemptions WHERE kind = 'phone'`); n != 1 {
		t.Errorf("%d numbers are noted", n)
	}
}

// Forms that led to nothing are forgotten after a day; those that made a company keep leading to it. Addresses are free
// in between: they are claimed with the company.
func TestSignUpsThatLedToNothingAreForgotten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := input("Kept Fence")
	done, err := b.signUps.SignUp(t.Context(), fromTest, in)
	if err != nil {
		t.Fatal(err)
	}
	b.db.Exec(t, `INSERT INTO platform.sign_up_intents (key, org_id, request_hash, created_at) VALUES ('a form that was never answered', $1, '\x00', app.now())`, id.New())
	intents := func() int { return testkit.Value[int](t, b.db, `SELECT count(*)::int FROM platform.sign_up_intents`) }
	for _, at := range []struct {
		later time.Duration
		left  int
	}{{23 * time.Hour, 2}, {2 * time.Hour, 1}, {28 * 24 * time.Hour, 1}} {
		b.db.Advance(t, at.later)
		if err := onboarding.Forget(t.Context(), b.db.System); err != nil {
			t.Fatal(err)
		}
		if n := intents(); n != at.left {
			t.Errorf("%d are left, want %d", n, at.left)
		}
	}
	again, err := b.signUps.SignUp(t.Context(), fromTest, in)
	if err != nil || again.Organization.ID != done.Organization.ID {
		t.Errorf("the form another time leads to %v, %v", again.Organization.ID, err)
	}
	b.db.Advance(t, 31*24*time.Hour)
	if err := onboarding.Forget(t.Context(), b.db.System); err != nil || intents() != 0 {
		t.Errorf("%d after a month more, %v", intents(), err)
	}
	if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM platform.hosts h WHERE NOT EXISTS (SELECT FROM app.organizations o WHERE o.org_id = h.org_id)`); n != 0 {
		t.Errorf("%d addresses are nobody's", n)
	}
}
