package plan

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2027, 3, 14, 12, 0, 0, 0, time.UTC)

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// one is a company with a single subscription of growth, a year old.
func one(s Status) Facts {
	return Facts{Plan: Trial, Version: 1, TrialEndsAt: noon.Add(-days(350)), Converted: true, Subscriptions: []Subscription{
		{ID: "sub_1", Status: s, Plan: Growth, Version: 1, CreatedAt: noon.Add(-days(364)), PeriodStart: noon.Add(-days(10)), PeriodEnd: noon.Add(days(20))}}}
}

func (f Facts) with(change func(*Facts)) Facts {
	f.Subscriptions = slices.Clone(f.Subscriptions)
	change(&f)
	return f
}

// A trial at the provider is over when the provider says so, and as long after its date as an invoice may be open.
func TestTrialAtTheProviderIsNotGivenForEver(t *testing.T) {
	t.Parallel()
	silent := noon.Add(days(20)).Add(Grace)
	e := Derive(one(StatusTrialing), noon)
	if e.State != Trialing || !e.Until.IsZero() || !e.NextChangeAt.Equal(silent) {
		t.Errorf("%s until %v, next %v", e.State, e.Until, e.NextChangeAt)
	}
	if e := Derive(one(StatusTrialing), silent.Add(-1)); e.State != Trialing {
		t.Errorf("a moment before it is %s", e.State)
	}
}

func TestStateFollowsFromFactsAndTime(t *testing.T) {
	t.Parallel()
	trial := Facts{Plan: Trial, Version: 1, TrialEndsAt: noon}
	endedAt := func(at time.Time) func(*Facts) {
		return func(f *Facts) { f.Subscriptions[0].EndedAt = at }
	}
	endsAt := func(at time.Time) func(*Facts) {
		return func(f *Facts) { f.Subscriptions[0].CancelAt = at }
	}
	unpaidSince := func(at time.Time) func(*Facts) { return func(f *Facts) { f.FirstUnpaidAt = at } }
	hold := func(f *Facts) { f.Hold = &Hold{Since: noon.Add(-days(1)), Reason: "spam"} }
	comp := func(f *Facts) { f.Comp = &Comp{Since: noon.Add(-days(5)), Until: noon.Add(days(5)), Reason: "sorry"} }
	for _, c := range []struct {
		what  string
		facts Facts
		at    time.Time
		state State
		cause Cause
		since time.Time
		until time.Time
	}{
		{"a trial", trial, noon.Add(-1), Trialing, ByTrial, noon.Add(-days(14)), noon},
		{"at its end", trial, noon, Canceled, TrialEnded, noon, noon.Add(days(30))},
		{"30 days later", trial, noon.Add(days(30)), Dormant, TrialEnded, noon.Add(days(30)), time.Time{}},
		{"an agreed plan", Facts{Plan: Enterprise, Version: 1}, noon, Active, ByAgreement, time.Time{}, time.Time{}},
		{"an agreed plan, its trial still running", Facts{Plan: Starter, Version: 1, TrialEndsAt: noon.Add(1)}, noon, Active, ByAgreement, time.Time{}, time.Time{}},
		{"a plan of no catalogue", Facts{Plan: "gold", Version: 7}, noon, Restricted, PlanUnknown, time.Time{}, time.Time{}},
		{"active", one(StatusActive), noon, Active, BySubscription, noon.Add(-days(364)), time.Time{}},
		{"to end, a moment before", one(StatusActive).with(endsAt(noon)), noon.Add(-1), Active, BySubscription, noon.Add(-days(364)), noon},
		{"to end, and nobody has said that it did", one(StatusActive).with(endsAt(noon)), noon, Canceled, SubscriptionEnded, noon, noon.Add(days(30))},
		{"to end with the period", one(StatusActive).with(func(f *Facts) { f.Subscriptions[0].CancelAtPeriodEnd = true }), noon.Add(days(20)), Canceled, SubscriptionEnded, noon.Add(days(20)), noon.Add(days(50))},
		{"to end before its grace does", one(StatusPastDue).with(func(f *Facts) { f.FirstUnpaidAt = noon; endsAt(noon.Add(days(3)))(f) }), noon, PastDue, Unpaid, noon, noon.Add(days(3))},
		{"to end after its grace", one(StatusPastDue).with(func(f *Facts) { f.FirstUnpaidAt = noon; endsAt(noon.Add(days(20)))(f) }), noon, PastDue, Unpaid, noon, noon.Add(days(14))},
		{"restricted, and to end", one(StatusUnpaid).with(func(f *Facts) { f.FirstUnpaidAt = noon; endsAt(noon.Add(days(20)))(f) }), noon, Restricted, Unpaid, noon, noon.Add(days(20))},
		{"a trial at the provider that nobody has heard of since", one(StatusTrialing), noon.Add(days(34)), Restricted, Unpaid, noon.Add(days(34)), time.Time{}},
		{"past due", one(StatusPastDue).with(unpaidSince(noon.Add(-days(14) + 1))), noon, PastDue, Unpaid, noon.Add(-days(14) + 1), noon.Add(1)},
		{"past due for longer", one(StatusPastDue).with(unpaidSince(noon.Add(-days(14)))), noon, Restricted, Unpaid, noon, time.Time{}},
		{"past due, its invoice not mirrored", one(StatusPastDue), noon, PastDue, Unpaid, noon.Add(-days(10)), noon.Add(days(4))},
		{"unpaid", one(StatusUnpaid).with(unpaidSince(noon.Add(-days(30)))), noon, Restricted, Unpaid, noon.Add(-days(30)), time.Time{}},
		{"paused", one(StatusPaused), noon, Restricted, Paused, noon.Add(-days(10)), time.Time{}},
		{"incomplete, no trial left", one(StatusIncomplete), noon, Restricted, FirstPaymentOpen, noon.Add(-days(350)), time.Time{}},
		{"incomplete beside a trial", one(StatusIncomplete).with(func(f *Facts) { f.TrialEndsAt, f.Converted = noon.Add(1), false }), noon, Trialing, ByTrial, noon.Add(1 - days(14)), noon.Add(1)},
		{"incomplete beside an agreed plan", one(StatusIncomplete).with(func(f *Facts) { f.Plan = Starter }), noon, Active, ByAgreement, time.Time{}, time.Time{}},
		{"canceled", one(StatusCanceled).with(endedAt(noon.Add(-days(30) + 1))), noon, Canceled, SubscriptionEnded, noon.Add(-days(30) + 1), noon.Add(1)},
		{"canceled 30 days ago", one(StatusCanceled).with(endedAt(noon.Add(-days(30)))), noon, Dormant, SubscriptionEnded, noon, time.Time{}},
		{"canceled, its trial not used up", one(StatusCanceled).with(func(f *Facts) { f.TrialEndsAt, f.Converted = noon.Add(1), false }), noon, Trialing, ByTrial, noon.Add(1 - days(14)), noon.Add(1)},
		{"canceled, whatever was agreed before", one(StatusCanceled).with(func(f *Facts) { f.Plan = Growth; endedAt(noon)(f) }), noon, Canceled, SubscriptionEnded, noon, noon.Add(days(30))},
		{"first payment given up", one(StatusIncompleteExpired).with(endedAt(noon)), noon, Canceled, SubscriptionEnded, noon, noon.Add(days(30))},
		{"comp", one(StatusCanceled).with(comp), noon, Active, ByComp, noon.Add(-days(5)), noon.Add(days(5))},
		{"comp over: 30 days from its end", one(StatusCanceled).with(func(f *Facts) { endedAt(noon.Add(-days(300)))(f); f.Comp = &Comp{Until: noon} }), noon, Canceled, SubscriptionEnded, noon, noon.Add(days(30))},
		{"hold outweighs comp", one(StatusActive).with(func(f *Facts) { hold(f); comp(f) }), noon, Suspended, ByHold, noon.Add(-days(1)), time.Time{}},
		{"a dispute that was lost a week ago", one(StatusActive).with(func(f *Facts) { comp(f); f.LostDisputeAt = noon.Add(-days(7)) }), noon, Suspended, ByLostDispute, noon, time.Time{}},
		{"hold outweighs a lost dispute", one(StatusActive).with(func(f *Facts) { hold(f); f.LostDisputeAt = noon.Add(-days(9)) }), noon, Suspended, ByHold, noon.Add(-days(1)), time.Time{}},
		{"deletion outweighs all", one(StatusActive).with(func(f *Facts) { hold(f); comp(f); f.DeletedAt = noon }), noon, PendingDeletion, ByDeletion, noon, noon.Add(days(30))},
		{"deleted", one(StatusActive).with(func(f *Facts) { f.DeletedAt = noon.Add(-days(30)) }), noon, Deleted, ByDeletion, noon, time.Time{}},
	} {
		e := Derive(c.facts, c.at)
		if e.State != c.state || e.Cause != c.cause || !e.Since.Equal(c.since) || !e.Until.Equal(c.until) || !e.NextChangeAt.Equal(c.until) {
			t.Errorf("%s: %s by %s since %v until %v, next %v; want %s by %s since %v until %v", c.what,
				e.State, e.Cause, e.Since, e.Until, e.NextChangeAt, c.state, c.cause, c.since, c.until)
		}
	}
}

func TestEndedCompaniesSayUntilWhenTheirRowsStay(t *testing.T) {
	t.Parallel()
	f := Facts{Plan: Trial, Version: 1, TrialEndsAt: noon}
	for _, at := range []time.Time{noon, noon.Add(days(200))} {
		if e := Derive(f, at); !e.PurgeAfter.Equal(noon.Add(days(90))) {
			t.Errorf("at %v rows stay until %v, want 90 days from the end", at, e.PurgeAfter)
		}
	}
	if e := Derive(f, noon.Add(-1)); !e.PurgeAfter.IsZero() {
		t.Errorf("a company at work is purged after %v", e.PurgeAfter)
	}
}

// B47: rows go by a date that only an end sets, and that stays. However long somebody owes, there is none.
func TestWhoOwesKeepsEveryRow(t *testing.T) {
	t.Parallel()
	for status := range rank {
		if status == StatusCanceled || status == StatusIncompleteExpired {
			continue
		}
		f := one(status).with(func(f *Facts) { f.FirstUnpaidAt = noon })
		for _, after := range []int{0, 1, 15, 45, 91, 400} {
			if e := Derive(f, noon.Add(days(after))); !e.PurgeAfter.IsZero() {
				t.Errorf("%s, unpaid for %d days: rows go after %v", status, after, e.PurgeAfter)
			}
		}
	}
	f := one(StatusCanceled).with(func(f *Facts) { f.Subscriptions[0].EndedAt, f.FirstUnpaidAt = noon, noon.Add(-days(20)) })
	for _, after := range []int{0, 31, 91, 400} {
		if e := Derive(f, noon.Add(days(after))); !e.PurgeAfter.Equal(noon.Add(KeptFor)) {
			t.Errorf("%d days after the end: rows go after %v, want 90 days from it", after, e.PurgeAfter)
		}
	}
}

func TestTheHighestSubscriptionGovernsThenTheNewest(t *testing.T) {
	t.Parallel()
	order := []Status{StatusActive, StatusTrialing, StatusPastDue, StatusUnpaid, StatusPaused, StatusCanceled, StatusIncompleteExpired}
	for i, high := range order {
		for _, low := range order[i+1:] {
			f := Facts{Subscriptions: []Subscription{
				{ID: "sub_new", Status: low, Plan: Enterprise, Version: 1, CreatedAt: noon},
				{ID: "sub_old", Status: high, Plan: Growth, Version: 1, CreatedAt: noon.Add(-days(9))}}}
			if s, _ := f.governing(); s.ID != "sub_old" {
				t.Errorf("of %s and a newer %s the latter governs", high, low)
			}
		}
	}
	f := one(StatusActive)
	f.Subscriptions = append(f.Subscriptions, Subscription{ID: "sub_2", Status: StatusActive, Plan: Enterprise, Version: 1, CreatedAt: noon},
		Subscription{ID: "sub_3", Status: StatusIncomplete, Plan: Starter, Version: 1, CreatedAt: noon.Add(1)})
	if e := Derive(f, noon); e.Plan.Key != Enterprise {
		t.Errorf("the plan is %s, want that of the newer one", e.Plan.Key)
	}
}

func TestFlagsAreToldBesideTheState(t *testing.T) {
	t.Parallel()
	f := one(StatusActive)
	f.Disputed = true
	f.Subscriptions[0].CancelAt, f.Subscriptions[0].CancelAtPeriodEnd, f.Subscriptions[0].CollectionPaused = noon.Add(days(20)), true, true
	want := Flags{CancelAt: noon.Add(days(20)), CancelAtPeriodEnd: true, CollectionPaused: true, Disputed: true}
	if e := Derive(f, noon); e.Flags != want || e.State != Active {
		t.Errorf("flags %+v in %s, want %+v", e.Flags, e.State, want)
	}
}

// A lost dispute takes nothing for a week, in which operators decide what follows.
func TestALostDisputeStopsAfterAWeek(t *testing.T) {
	t.Parallel()
	f := one(StatusActive)
	f.LostDisputeAt = noon
	stops := noon.Add(days(7))
	if e := Derive(f, stops.Add(-1)); e.State != Active || !e.Until.IsZero() || !e.NextChangeAt.Equal(stops) || !e.Flags.StopsAt.Equal(stops) {
		t.Errorf("a moment before it is %s until %v, next %v, stops %v", e.State, e.Until, e.NextChangeAt, e.Flags.StopsAt)
	}
	if e := Derive(f, stops); e.State != Suspended || e.Cause != ByLostDispute || !e.Flags.StopsAt.IsZero() || !e.NextChangeAt.IsZero() {
		t.Errorf("then it is %s by %s, next %v", e.State, e.Cause, e.NextChangeAt)
	}
}

// TestEveryCellOfStateAndAccess writes the table out once more, by hand.
func TestEveryCellOfStateAndAccess(t *testing.T) {
	t.Parallel()
	want := map[State]Access{
		Active:          {Read: EverybodyReads, Write: true, Grow: true, Links: LinksWork, Keys: KeysWork, Mail: MailFull, Export: ExportFull, Billing: true, Staff: true},
		Trialing:        {Read: EverybodyReads, Write: true, Grow: true, Links: LinksWork, Keys: KeysWork, Mail: MailCapped, Export: ExportFull, Billing: true, Staff: true},
		PastDue:         {Read: EverybodyReads, Write: true, Grow: false, Links: LinksWork, Keys: KeysWork, Mail: MailFull, Export: ExportFull, Billing: true, Staff: true},
		Restricted:      {Read: EverybodyReads, Write: false, Grow: false, Links: LinksWork, Keys: KeysRead, Mail: MailNotices, Export: ExportFull, Billing: true, Staff: true},
		Canceled:        {Read: EverybodyReads, Write: false, Grow: false, Links: LinksWork, Keys: KeysRest, Mail: MailNotices, Export: ExportFull, Billing: true, Staff: true},
		Dormant:         {Read: OwnersRead, Write: false, Grow: false, Links: LinksNeutral, Keys: KeysRest, Mail: MailNotices, Export: ExportFull, Billing: true, Staff: true},
		Suspended:       {Read: NobodyReads, Write: false, Grow: false, Links: LinksNeutral, Keys: KeysRest, Mail: MailNone, Export: ExportByStaff, Billing: true, Staff: true},
		PendingDeletion: {Read: NobodyReads, Write: false, Grow: false, Links: LinksGone, Keys: KeysRest, Mail: MailNone, Export: ExportArchive, Billing: false, Staff: true},
		Deleted:         {Read: NobodyReads, Write: false, Grow: false, Links: LinksGone, Keys: KeysRest, Mail: MailNone, Export: ExportNone, Billing: false, Staff: true},
	}
	if len(want) != 9 || len(accessOf) != len(want) {
		t.Fatalf("%d states in the table, %d here, want 9", len(accessOf), len(want))
	}
	for state, access := range want {
		got, cell := reflect.ValueOf(Entitlements{State: state}.Access()), reflect.ValueOf(access)
		for i := range got.NumField() {
			if !got.Field(i).Equal(cell.Field(i)) {
				t.Errorf("%s, %s: %v, want %v", state, got.Type().Field(i).Name, got.Field(i), cell.Field(i))
			}
		}
	}
}

var instants = rapid.Custom(func(t *rapid.T) time.Time {
	near := []time.Duration{0, 1, -1, days(14), -days(14), days(30), -days(30), -days(44), days(90), -days(90)}
	if rapid.Bool().Draw(t, "near") {
		return noon.Add(rapid.SampledFrom(near).Draw(t, "by"))
	}
	return noon.Add(time.Duration(rapid.Int64Range(-200*24*3600, 200*24*3600).Draw(t, "seconds")) * time.Second)
})

var sometimes = rapid.Custom(func(t *rapid.T) time.Time {
	if rapid.Bool().Draw(t, "never") {
		return time.Time{}
	}
	return instants.Draw(t, "at")
})

var statuses = []Status{StatusActive, StatusTrialing, StatusPastDue, StatusUnpaid, StatusPaused, StatusIncomplete, StatusCanceled, StatusIncompleteExpired}

var subscriptions = rapid.Custom(func(t *rapid.T) Subscription {
	return Subscription{
		ID: rapid.StringMatching("sub_[a-z]{4}").Draw(t, "id"), Status: rapid.SampledFrom(append(statuses, "novel")).Draw(t, "status"),
		Plan: rapid.SampledFrom([]Key{Starter, Growth, Enterprise, "gold"}).Draw(t, "plan"), Version: rapid.IntRange(1, 2).Draw(t, "version"),
		AddOns:    rapid.SampledFrom([][]AddOn{nil, {{"Ten more", Users, 10}}, {{"Endless", Jobs, math.MaxInt64}}}).Draw(t, "add-ons"),
		CreatedAt: instants.Draw(t, "created"), PeriodStart: sometimes.Draw(t, "start"), PeriodEnd: sometimes.Draw(t, "end"),
		CancelAt: sometimes.Draw(t, "cancel"), CancelAtPeriodEnd: rapid.Bool().Draw(t, "at end"), CollectionPaused: rapid.Bool().Draw(t, "paused"), EndedAt: sometimes.Draw(t, "ended"),
	}
})

var grants = rapid.Custom(func(t *rapid.T) Override {
	o := Override{Metric: rapid.SampledFrom(append(Metrics, "")).Draw(t, "metric"), Reason: "because", Until: sometimes.Draw(t, "until"),
		Limit: rapid.SampledFrom([]int64{math.MinInt64, -2, Unlimited, 0, 7, math.MaxInt64}).Draw(t, "limit")}
	if o.Metric == "" {
		o.Feature = rapid.SampledFrom(Features).Draw(t, "feature")
	}
	return o
})

var facts = rapid.Custom(func(t *rapid.T) Facts {
	f := Facts{
		Plan: rapid.SampledFrom([]Key{Trial, Starter, Growth, Enterprise, "", "gold"}).Draw(t, "plan"), Version: rapid.IntRange(-1, 2).Draw(t, "version"),
		TrialEndsAt: sometimes.Draw(t, "trial"), Converted: rapid.Bool().Draw(t, "converted"), Subscriptions: rapid.SliceOfN(subscriptions, 0, 4).Draw(t, "subscriptions"),
		FirstUnpaidAt: sometimes.Draw(t, "unpaid"), Disputed: rapid.Bool().Draw(t, "disputed"), LostDisputeAt: sometimes.Draw(t, "lost"), Overrides: rapid.SliceOfN(grants, 0, 3).Draw(t, "overrides"),
	}
	switch rapid.IntRange(0, 5).Draw(t, "grip") {
	case 0:
		f.Comp = &Comp{Since: instants.Draw(t, "comp"), Until: instants.Draw(t, "comp until"), Reason: "sorry"}
	case 1:
		f.Hold = &Hold{Since: instants.Draw(t, "hold"), Reason: "spam"}
	case 2:
		f.DeletedAt = instants.Draw(t, "deleted")
	}
	return f
})

// same compares what callers see.
func same(a, b Entitlements) bool {
	if a.State != b.State || a.Cause != b.Cause || !a.Since.Equal(b.Since) || !a.Until.Equal(b.Until) || !a.PurgeAfter.Equal(b.PurgeAfter) ||
		!a.NextChangeAt.Equal(b.NextChangeAt) || a.Flags != b.Flags || a.Plan.Key != b.Plan.Key {
		return false
	}
	return slices.Equal(a.Explain(), b.Explain())
}

func TestDeriveAnswersForEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, now := facts.Draw(t, "facts"), instants.Draw(t, "now")
		e := Derive(f, now)
		if _, known := accessOf[e.State]; !known || e.Cause == "" || e.Plan.Key == "" {
			t.Fatalf("no answer: %+v", e)
		}
		if !e.NextChangeAt.IsZero() && !e.NextChangeAt.After(now) {
			t.Fatalf("the next change is at %v, now is %v", e.NextChangeAt, now)
		}
		for _, m := range Metrics {
			if l := e.Limit(m); l < Unlimited {
				t.Fatalf("%s: a limit of %d", m, l)
			}
		}
		if again := Derive(f, now); !same(e, again) {
			t.Fatalf("asked again: %+v after %+v", again, e)
		}
	})
}

func TestOrderOfSubscriptionsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, now := facts.Draw(t, "facts"), instants.Draw(t, "now")
		if len(f.Subscriptions) > 1 { // the provider gives no id twice
			for i := range f.Subscriptions {
				f.Subscriptions[i].ID += string(rune('a' + i))
			}
		}
		turned := f
		turned.Subscriptions = rapid.Permutation(f.Subscriptions).Draw(t, "turned")
		if a, b := Derive(f, now), Derive(turned, now); !same(a, b) {
			t.Fatalf("%+v, and in another order %+v", a, b)
		}
	})
}

// Without a payment, no time makes a company freer in anything.
func TestTimeAloneFreesNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, from, to := facts.Draw(t, "facts"), instants.Draw(t, "from"), instants.Draw(t, "to")
		if to.Before(from) {
			from, to = to, from
		}
		before, after := Derive(f, from).Access(), Derive(f, to).Access()
		a, b := reflect.ValueOf(before), reflect.ValueOf(after)
		for i := range a.NumField() {
			was, is := a.Field(i), b.Field(i)
			freer := is.CanInt() && is.Int() > was.Int() || is.Kind() == reflect.Bool && is.Bool() && !was.Bool()
			name := a.Type().Field(i).Name
			if name == "Mail" && before.Mail == MailCapped && Derive(f, to).State == PastDue {
				continue // of two subscriptions the one in its trial ended: what capped mail was the trial, and the other had none
			}
			if freer {
				t.Fatalf("%s: %v at %v and %v at %v", name, was, from, is, to)
			}
		}
	})
}

// Until NextChangeAt nothing changes: sampled in between, and a nanosecond before it.
func TestNextChangeIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, now := facts.Draw(t, "facts"), instants.Draw(t, "now")
		e := Derive(f, now)
		until := e.NextChangeAt
		if until.IsZero() {
			until = now.Add(days(4000))
		}
		share := rapid.Int64Range(0, 999).Draw(t, "share")
		for _, at := range []time.Time{now.Add(until.Sub(now) / 1000 * time.Duration(share)), until.Add(-1)} {
			if later := Derive(f, at); !same(e, later) {
				t.Fatalf("at %v %+v, and before the change at %v, at %v, %+v", now, e, until, at, later)
			}
		}
		if !e.NextChangeAt.IsZero() && same(e, Derive(f, e.NextChangeAt)) {
			t.Fatalf("nothing changes at %v", e.NextChangeAt)
		}
	})
}
