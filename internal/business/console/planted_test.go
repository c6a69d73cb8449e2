package console_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// planted are causes, brought about as they come about: by the operations of the product and by time.
var planted = []struct {
	name string
	ask  console.Question
	want console.Code
	do   func(t *testing.T, w *world) id.ID // in which company
}{
	{"an operator stopped it", console.Question{Thing: console.SendQuote}, console.Stopped, func(t *testing.T, w *world) id.ID {
		w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideHold, Reason: "sends spam"})
		return testkit.A.ID
	}},
	{"a dispute was lost and nobody decided", console.Question{Thing: console.LogIn}, console.StoppedByDispute, func(t *testing.T, w *world) id.ID {
		w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusActive, time.Time{})}, Charges: []billing.Charge{{ID: "ch_1", AmountCents: 14900, Currency: "USD", CreatedAt: time.Now()}},
			Disputes: []billing.Dispute{{ID: "du_1", ChargeID: "ch_1", AmountCents: 14900, TakenCents: 14900, Currency: "USD", Reason: "fraudulent", Status: billing.DisputeLost, CreatedAt: time.Now()}}})
		w.Advance(t, plan.DecidedWithin)
		return testkit.A.ID
	}},
	{"the trial ended", console.Question{Thing: console.CreateJob}, console.ReadOnlyTrial, func(t *testing.T, w *world) id.ID {
		org := w.signUp(t)
		w.Advance(t, 15*24*time.Hour)
		return org.ID
	}},
	{"the trial ended long ago", console.Question{Thing: console.LogIn}, console.IsDormant, func(t *testing.T, w *world) id.ID {
		org := w.signUp(t)
		w.Advance(t, 50*24*time.Hour)
		return org.ID
	}},
	{"an invoice is unpaid for three weeks", console.Question{Thing: console.SendQuote}, console.ReadOnlyUnpaid, func(t *testing.T, w *world) id.ID {
		w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusPastDue, time.Time{})}, Invoices: []billing.Invoice{unpaid(21)}})
		return testkit.A.ID
	}},
	{"the subscription was canceled", console.Question{Thing: console.Upload}, console.ReadOnlyCanceled, func(t *testing.T, w *world) id.ID {
		w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusCanceled, time.Now().AddDate(0, 0, -3))}})
		return testkit.A.ID
	}},
	{"keys rest of a company that left", console.Question{Thing: console.UseAPI}, console.KeysAtRest, func(t *testing.T, w *world) id.ID {
		w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusCanceled, time.Now().AddDate(0, 0, -3))}})
		return testkit.A.ID
	}},
	{"an invoice is unpaid for three days", console.Question{Thing: console.AddPerson}, console.UnpaidNoGrowth, func(t *testing.T, w *world) id.ID {
		w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusPastDue, time.Time{})}, Invoices: []billing.Invoice{unpaid(3)}})
		return testkit.A.ID
	}},
	{"all seats are taken", console.Question{Thing: console.AddPerson}, console.LimitReached, func(t *testing.T, w *world) id.ID {
		w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideLimit, Subject: "users", Limit: 6, Reason: "contract of Mar 3"})
		return testkit.A.ID
	}},
	{"storage is full", console.Question{Thing: console.Upload}, console.LimitReached, func(t *testing.T, w *world) id.ID {
		w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideLimit, Subject: "storage_bytes", Limit: 1000, Reason: "abuse of files"})
		return testkit.A.ID
	}},
	{"the plan does not have it", console.Question{Thing: console.UseFeature, Feature: plan.FeatureOIDC}, console.NotInPlan, func(*testing.T, *world) id.ID { return testkit.A.ID }},
	{"three quotes left today and no owner is confirmed", console.Question{Thing: console.SendQuote}, console.MailCapped, func(t *testing.T, w *world) id.ID {
		org := w.signUp(t)
		for range 3 {
			if err := w.mail(t, org, notify.KindQuoteSent); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.mail(t, org, notify.KindQuoteSent); err == nil {
			t.Error("a fourth quote left")
		}
		return org.ID
	}},
	{"no owner confirmed for a month", console.Question{Thing: console.SendQuote}, console.MailCapped, func(t *testing.T, w *world) id.ID {
		org := w.signUp(t)
		w.Exec(t, `UPDATE app.organizations SET created_at = created_at - interval '31 days', trial_ends_at = now() + interval '5 days' WHERE org_id = $1`, org.ID)
		w.Exec(t, `UPDATE platform.organizations SET created_at = created_at - interval '31 days' WHERE org_id = $1`, org.ID)
		return org.ID
	}},
	{"a trial has mailed to twenty addresses", console.Question{Thing: console.AddPerson}, console.MailOfTrial, func(t *testing.T, w *world) id.ID {
		org := w.signUp(t)
		w.Exec(t, `UPDATE app.users SET email_verified_at = now() WHERE org_id = $1`, org.ID)
		if err := w.mail(t, org, notify.KindInvite); err != nil {
			t.Fatal(err)
		}
		w.Exec(t, `INSERT INTO app.mails (org_id, id, kind, recipient, sender, subject, plain, html, created_at, admitted_at, sent_at)
			SELECT m.org_id, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, m.kind, n || '@ruiz.example', m.sender, m.subject, m.plain, m.html, m.created_at, m.admitted_at, m.sent_at FROM app.mails m, generate_series(1, 20) n WHERE m.org_id = $1 AND m.kind = 'invite'`, org.ID)
		w.Exec(t, `UPDATE app.mails SET recipient = 'first@ruiz.example' WHERE org_id = $1 AND recipient = 'dana@ruiz.example'`, org.ID)
		err := w.mail(t, org, notify.KindInvite)
		if err == nil {
			t.Fatal("a twenty-first address is mailed to")
		}
		w.Exec(t, `UPDATE tasks.river_job SET state = 'scheduled', scheduled_at = now() + interval '8 hours' WHERE kind = 'send_mail' AND args ->> 'org_id' = $1::text AND state = 'available'`, org.ID.String())
		return org.ID
	}},
	{"the mail server refuses", console.Question{Thing: console.GetMail}, console.MailFailing, func(t *testing.T, w *world) id.ID {
		w.post.refuses = errors.New("550 no such mailbox dana@ruiz.example")
		a := w.owner(t)
		err := w.mail(t, a.Org, notify.KindQuoteSent)
		if err == nil {
			t.Fatal("it was delivered")
		}
		// What the runner writes down when a task of it fails.
		w.Exec(t, `UPDATE tasks.river_job SET state = 'retryable', attempt = 1, scheduled_at = now() + interval '1 minute', errors = ARRAY[jsonb_build_object('error', $1::text)] WHERE kind = 'send_mail'`, err.Error())
		return testkit.A.ID
	}},
	{"the company was renamed", console.Question{Thing: console.LogIn, Address: "http://old-alpha.fence.localhost:8080/login"}, console.AddressRenamed, func(t *testing.T, w *world) id.ID {
		w.Exec(t, `INSERT INTO platform.hosts (host, org_id, kind, until, created_at) VALUES ('old-alpha', $1, 'forward', now() + interval '30 days', now())`, testkit.A.ID)
		return testkit.A.ID
	}},
	{"they are at another company's address", console.Question{Thing: console.LogIn, Address: "beta"}, console.AddressOthers, func(*testing.T, *world) id.ID { return testkit.A.ID }},
	{"they are at nobody's address", console.Question{Thing: console.LogIn, Address: "alfa.fence.localhost"}, console.AddressUnknown, func(*testing.T, *world) id.ID { return testkit.A.ID }},
	{"nobody there has this e-mail", console.Question{Thing: console.LogIn, Email: "samm@a.example"}, console.PersonUnknown, func(*testing.T, *world) id.ID { return testkit.A.ID }},
	{"the company asks for a second factor", console.Question{Thing: console.LogIn, Email: "owner@a.example"}, console.NeedsSecondFactor, func(t *testing.T, w *world) id.ID {
		if _, err := w.people.SetRules(t.Context(), w.owner(t), identity.SignInRules{SecondFactor: true, Version: 1}); err != nil {
			t.Fatal(err)
		}
		return testkit.A.ID
	}},
	{"the company lets in by single sign-on alone", console.Question{Thing: console.LogIn}, console.OnlySignOn, func(t *testing.T, w *world) id.ID {
		w.Exec(t, `UPDATE app.sign_on SET enabled = true, only_way = true WHERE org_id = $1`, testkit.A.ID)
		return testkit.A.ID
	}},
	{"the signed copy is not made", console.Question{Thing: console.Sign}, console.TaskStuck, func(t *testing.T, w *world) id.ID {
		w.Exec(t, `INSERT INTO tasks.river_job (kind, args, max_attempts, state, attempt, finalized_at, errors) VALUES ('seal_signed', jsonb_build_object('org_id', $1::text), 25, 'discarded', 25, now(), ARRAY['{"error": "no key"}'::jsonb])`, testkit.A.ID.String())
		return testkit.A.ID
	}},
	{"Stripe has no customer for it", console.Question{Thing: console.Pay}, console.CustomerMissing, func(*testing.T, *world) id.ID { return testkit.A.ID }},
	{"the bank asks for 3-D Secure", console.Question{Thing: console.Pay}, console.NeedsConfirmation, func(t *testing.T, w *world) id.ID {
		asks := unpaid(2)
		asks.AsksPerson = true
		w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusPastDue, time.Time{})}, Invoices: []billing.Invoice{asks}})
		return testkit.A.ID
	}},
	{"the card was declined", console.Question{Thing: console.Pay}, console.CardDeclined, func(t *testing.T, w *world) id.ID {
		w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusPastDue, time.Time{})}, Invoices: []billing.Invoice{unpaid(2)}})
		return testkit.A.ID
	}},
	{"the first payment was not finished", console.Question{Thing: console.Pay}, console.FirstPaymentNeeded, func(t *testing.T, w *world) id.ID {
		w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusIncomplete, time.Time{})}})
		return testkit.A.ID
	}},
	{"what Stripe says cannot be read", console.Question{Thing: console.Pay}, console.CustomerUnread, func(t *testing.T, w *world) id.ID {
		w.provider.failing = true
		for range 20 { // each failure waits longer, so time is helped along
			w.pays(t, billing.Snapshot{})
			w.Exec(t, `UPDATE platform.billing_customers SET next_at = clock_timestamp() WHERE dead_at IS NULL`)
		}
		w.drain(t)
		return testkit.A.ID
	}},
}

func (w *world) grant(t *testing.T, in operator.OverrideInput) operator.Overridden {
	t.Helper()
	in.Company, in.By = "alpha", w.olivia
	if in.Until == nil && in.Kind != tenancy.OverrideHold {
		until := time.Now().AddDate(0, 1, 0)
		in.Until = &until
	}
	o, err := w.operators.Override(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestWhyNamesThePlantedCauseFirst is show 6 of the issue: what was brought about is what is named.
func TestWhyNamesThePlantedCauseFirst(t *testing.T) {
	t.Parallel()
	for _, p := range planted {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			if p.want != console.CustomerMissing && p.want != console.NotInPlan { // which hold from the beginning
				if got := w.first(t, testkit.A.ID, console.Question{Thing: p.ask.Thing, Feature: p.ask.Feature}); got.Code == p.want {
					t.Fatalf("it is named before it is planted: %+v", got)
				}
			}
			org := p.do(t, w)
			var got console.Answer
			w.Untouched(t, testkit.A, func() { w.Untouched(t, testkit.B, func() { got = w.first(t, org, p.ask) }) })
			if got.Code != p.want || got.Cause == "" || got.Do == "" {
				t.Errorf("asked why they cannot %s: %+v, want %s", p.ask.Thing, got, p.want)
			}
		})
	}
	t.Logf("%d causes", len(planted))
}

func TestWhyHasAWordForEveryThing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusActive, time.Time{})}})
	for _, k := range console.Things {
		q := console.Question{Thing: k.Thing}
		if k.Thing == console.UseFeature {
			q.Feature = plan.FeatureQuotes
		}
		if got := w.first(t, testkit.A.ID, q); got != (console.Answer{}) {
			t.Errorf("nothing is wrong, and they cannot %s because of %+v", k.Words, got)
		}
	}
	for _, q := range []console.Question{{}, {Thing: "fly"}, {Thing: console.UseFeature}, {Thing: console.UseFeature, Feature: "horses"}} {
		if _, err := w.console.Why(t.Context(), w.company(t, testkit.A.ID), q); err == nil {
			t.Errorf("%+v is answered", q)
		}
	}
}

// What outweighs other causes is named before them, and they are not forgotten.
func TestWhyOrdersCauses(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusCanceled, time.Now().AddDate(0, 0, -3))}})
	w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideLimit, Subject: "users", Limit: 2, Reason: "contract of Mar 3"})
	w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideHold, Reason: "sends spam"})
	answers, err := w.console.Why(t.Context(), w.company(t, testkit.A.ID), console.Question{Thing: console.AddPerson, Address: "alfa"})
	var codes []console.Code
	for _, a := range answers {
		codes = append(codes, a.Code)
	}
	if err != nil || !slices.Equal(codes, []console.Code{console.AddressUnknown, console.Stopped, console.LimitReached}) {
		t.Errorf("%v, %v", codes, err)
	}
}
