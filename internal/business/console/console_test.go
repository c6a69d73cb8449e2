package console_test

import (
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

func TestOneBoxFindsACompany(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusActive, time.Time{})}, Invoices: []billing.Invoice{unpaid(2)},
		Charges: []billing.Charge{{ID: "ch_Alpha1", Intent: "pi_Alpha1", AmountCents: 14900, Currency: "USD", CreatedAt: time.Now()}}})
	w.Exec(t, `INSERT INTO platform.hosts (host, org_id, kind, until, created_at) VALUES ('first-name', $1, 'tombstone', now() + interval '30 days', now())`, testkit.A.ID)
	for typed, want := range map[string]string{
		"": "alpha beta", "ALPHA f": "alpha", "alp": "alpha", "http://alpha.fence.localhost:8080/quotes": "alpha", "alpha.fence.localhost": "alpha", "first-name": "alpha",
		"owner@a.example": "alpha", " Owner@A.example ": "alpha", "cus_Alpha1": "alpha", "ch_Alpha1": "alpha", "pi_Alpha1": "alpha", "sub_Alpha1": "alpha", "in_Alpha1": "alpha", testkit.A.ID.String(): "alpha",
		"nobody@a.example": "", "cus_Other": "", "zebra": "", id.New().String(): "", "owner@": "", "%": "", "_": "", "fence": "alpha beta",
	} {
		found, err := w.console.Find(t.Context(), typed, "")
		var hosts []string
		for _, s := range found.Summaries {
			hosts = append([]string{s.Host}, hosts...)
		}
		if got := strings.Join(hosts, " "); err != nil || len(got) != len(want) || want != "alpha beta" && got != want {
			t.Errorf("%q finds %q (%v), want %q", typed, got, err, want)
		}
	}
	if _, err := w.console.Find(t.Context(), "", "x"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a cursor of nobody: %v", err)
	}
}

func TestCompaniesArePaged(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `INSERT INTO platform.organizations (org_id, name, plan, created_at) SELECT gen_random_uuid(), 'Many ' || n, 'starter', timestamptz '2026-03-01' + n / 7 * interval '1 minute' FROM generate_series(1, 120) n`)
	seen, after := map[string]bool{}, ""
	for pages := 0; ; pages++ {
		found, err := w.console.Find(t.Context(), "", after)
		if err != nil || pages > 3 {
			t.Fatalf("page %d: %v", pages, err)
		}
		for _, s := range found.Summaries {
			if seen[s.ID.String()] {
				t.Errorf("%s is there twice", s.Name)
			}
			seen[s.ID.String()] = true
		}
		if after = found.Next; after == "" {
			break
		}
	}
	if len(seen) != 122 {
		t.Errorf("%d companies were seen, want 122", len(seen))
	}
}

// What operators see follows from the facts by the same function, whoever asks.
func TestTheStateIsTheCompanysOwn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	until := time.Now().Add(48 * time.Hour)
	w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideLimit, Subject: "jobs", Limit: 700, Reason: "spring rush", Until: &until})
	w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusPastDue, time.Time{})}, Invoices: []billing.Invoice{unpaid(3)}})
	var own, here string
	a := w.owner(t)
	err := w.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error { return tx.QueryRow(`SELECT platform.plan_standing()::text`).Scan(&own) })
	if err != nil {
		t.Fatal(err)
	}
	got, err := pg.SystemOne[struct{ Standing string }](t.Context(), w.System, `SELECT platform.standing_of($1)::text AS standing`, testkit.A.ID)
	if here = got.Standing; err != nil || here != own {
		t.Errorf("as the system %s (%v), as the company %s", here, err, own)
	}
	c := w.company(t, testkit.A.ID)
	if e := c.Entitlements(); e.State != plan.PastDue || e.Limit(plan.Jobs) != 700 {
		t.Errorf("it is %s with %d jobs", e.State, e.Limit(plan.Jobs))
	}
	sentence := console.Sentence(c.Entitlements(), c.Standing, c.Zone())
	if !strings.Contains(sentence, "Past due") || !strings.Contains(sentence, "Read-only from "+time.Now().AddDate(0, 0, 11).In(c.Zone()).Format("Jan 2, 2006")) {
		t.Error(sentence)
	}
}

func TestSentencesNameTheNextChange(t *testing.T) {
	t.Parallel()
	w := setup(t)
	org := w.signUp(t)
	says := func() string {
		c := w.company(t, org.ID)
		return console.Sentence(c.Entitlements(), c.Standing, c.Zone())
	}
	for _, step := range []struct {
		by   time.Duration
		want string
	}{{0, "In trial of Growth until "}, {15 * 24 * time.Hour, "Read-only since "}, {30 * 24 * time.Hour, "Dormant since "}} {
		w.Advance(t, step.by)
		if got := says(); !strings.HasPrefix(got, step.want) || !strings.HasSuffix(got, ".") || strings.Contains(got, "0001") {
			t.Errorf("%q, want %q…", got, step.want)
		}
	}
}

// TestBothLogsHaveEveryAct: the operators' log and the company's own.
func TestBothLogsHaveEveryAct(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.B, func() {
		o := w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideLimit, Subject: "jobs", Limit: 700, Reason: "spring rush"})
		stop := w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideHold, Reason: "sends spam"})
		for _, end := range []operator.EndInput{{ID: o.ID, Reason: "the rush is over"}, {ID: stop.ID, Reason: "a misunderstanding"}, {ID: stop.ID, Reason: "twice"}} {
			end.Company, end.By = "alpha", w.olivia
			if _, err := w.operators.EndOverride(t.Context(), end); err != nil {
				t.Fatal(err)
			}
		}
		w.pays(t, billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusActive, time.Time{})}})
		for _, err := range []error{
			w.console.FetchAgain(t.Context(), w.olivia, testkit.A.ID), w.console.MakeCustomer(t.Context(), w.olivia, testkit.A.ID),
			w.console.Agree(t.Context(), testkit.A.ID, console.PriceInput{Monthly: 49900, Reason: "contract of Mar 3", By: w.olivia}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		w.noteActs(t)
		w.noteActs(t) // a task may be done twice
	})
	want := "override.granted override.granted override.ended override.ended payments.fetched customer.asked price.agreed"
	acts := testkit.Values[string](t, w.Database, `SELECT action FROM platform.operator_log WHERE org_id = $1 AND operator_id = $2 ORDER BY at, id`, testkit.A.ID, w.olivia.ID)
	if got := strings.Join(acts, " "); got != want {
		t.Errorf("operators' log: %s", got)
	}
	own := testkit.Values[string](t, w.Database, `SELECT substr(action, 10) FROM app.audit_entries WHERE org_id = $1 AND record_type = 'operator_act' ORDER BY seq`, testkit.A.ID)
	if got := strings.Join(own, " "); got != want {
		t.Errorf("the company's log: %s", got)
	}
	text := testkit.Value[string](t, w.Database, `SELECT string_agg(content, ' ') FROM app.audit_entries WHERE org_id = $1 AND record_type = 'operator_act'`, testkit.A.ID)
	for _, word := range []string{"Olivia Reyes (Fence Platform)", "spring rush", "a misunderstanding", "49900"} {
		if !strings.Contains(text, word) {
			t.Errorf("the company's log does not say %q", word)
		}
	}
	events, err := w.console.Timeline(t.Context(), w.company(t, testkit.A.ID))
	if err != nil || len(events) < 9 {
		t.Errorf("%d events, %v", len(events), err)
	}
	page, err := w.console.OperatorLog(t.Context(), "")
	if err != nil || len(page.Acts) != 7 || page.Names[testkit.A.ID] != "Alpha Fence" {
		t.Errorf("%d acts, %v, %v", len(page.Acts), page.Names, err)
	}
}

// The same form sent twice is one deed.
func TestAFormSentTwiceIsOneAct(t *testing.T) {
	t.Parallel()
	w := setup(t)
	by := w.olivia
	by.Key = "the form's own"
	until := time.Now().Add(time.Hour)
	in := operator.OverrideInput{Company: "alpha", Kind: tenancy.OverrideComp, Reason: "made up for an outage", Until: &until, By: by}
	first, err := w.operators.Override(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := w.operators.Override(t.Context(), in); err != nil || second.ID != first.ID {
		t.Errorf("the second is %s (%v), the first %s", second.ID, err, first.ID)
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM platform.operator_log`); n != 1 {
		t.Errorf("%d lines", n)
	}
	// What a company is granted on the console has an end.
	_, err = w.operators.Override(t.Context(), operator.OverrideInput{Company: "alpha", Kind: tenancy.OverrideFeature, Subject: "oidc", Reason: "because", By: w.olivia})
	if f := fault.As(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != "/until" {
		t.Errorf("without an end: %v", err)
	}
}

func TestAnAgreedPriceIsMadeOnceAndAgainAfterTrouble(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.provider.failing = true
	in := console.PriceInput{Monthly: 49900, Reason: "contract of Mar 3", By: w.olivia}
	if err := w.console.Agree(t.Context(), testkit.A.ID, in); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("the provider is away: %v", err)
	}
	if p := w.company(t, testkit.A.ID).Price; p == nil || p.Price != "" || p.MonthlyCents != 49900 {
		t.Fatalf("written down is %+v", p)
	}
	w.provider.failing = false
	for range 2 {
		if err := w.console.MakePrice(t.Context(), testkit.A.ID); err != nil {
			t.Fatal(err)
		}
	}
	in.Monthly = 59900
	if err := w.console.Agree(t.Context(), testkit.A.ID, in); err != nil {
		t.Fatal(err)
	}
	if p := w.company(t, testkit.A.ID).Price; p == nil || !strings.HasSuffix(p.Price, "_59900") {
		t.Errorf("agreed is %+v", p)
	}
	for price, n := range w.provider.prices {
		if n != 1 {
			t.Errorf("%s was made %d times", price, n)
		}
	}
	for _, wrong := range []console.PriceInput{{Monthly: 99, Reason: "too little", By: w.olivia}, {Monthly: 100_000_001, Reason: "too much", By: w.olivia}, {Monthly: 500, By: w.olivia}} {
		if err := w.console.Agree(t.Context(), testkit.A.ID, wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	if err := w.console.Agree(t.Context(), id.New(), in); !fault.Is(err, fault.NotFound) {
		t.Errorf("a company of nobody: %v", err)
	}
}

func TestStuckWorkIsSeenAndTriedAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.signUp(t)
	w.Exec(t, `DELETE FROM tasks.river_job WHERE kind NOT IN ('record_sign_up', 'billing_open_account', 'send_mail')`)
	w.Exec(t, `UPDATE tasks.river_job SET state = 'discarded', attempt = max_attempts, finalized_at = now(), errors = ARRAY[jsonb_build_object('error', '550 kim@oak.example is full')] WHERE kind = 'send_mail'`)
	w.Exec(t, `UPDATE tasks.river_job SET scheduled_at = now() - interval '11 minutes' WHERE kind = 'record_sign_up'`)
	found, err := w.console.Trouble(t.Context(), console.TroubleFilter{})
	if err != nil || len(found) != 2 || found[0].Company != "Oak Fence" {
		t.Fatalf("%+v, %v", found, err)
	}
	for _, task := range found {
		if strings.Contains(task.LastError, "kim@") {
			t.Errorf("an address is shown: %s", task.LastError)
		}
	}
	kinds, err := w.console.TroubleByKind(t.Context())
	if err != nil || len(kinds) != 2 {
		t.Errorf("%+v, %v", kinds, err)
	}
	if n, err := w.console.TryAllAgain(t.Context(), w.olivia, "send_mail"); err != nil || n != 1 {
		t.Errorf("%d tried again, %v", n, err)
	}
	if due := testkit.Value[bool](t, w.Database, `SELECT state = 'available' AND attempt < max_attempts AND finalized_at IS NULL FROM tasks.river_job WHERE kind = 'send_mail'`); !due {
		t.Error("the mail's task is not due")
	}
	if err := w.console.TryAgain(t.Context(), w.olivia, 999_999); !fault.Is(err, fault.Conflict) {
		t.Errorf("a task of nobody: %v", err)
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM platform.operator_log WHERE action = 'task.tried_again'`); n != 1 {
		t.Errorf("%d lines", n)
	}
}

func TestSignUpsShowTheStuckStep(t *testing.T) {
	t.Parallel()
	w := setup(t)
	org := w.signUp(t)
	step := func() (console.Step, bool) {
		c := w.company(t, org.ID)
		return c.SignUp.StuckStep(true, c.Now)
	}
	if s, stuck := step(); stuck {
		t.Errorf("a moment after it %s is stuck", s.Name)
	}
	w.Advance(t, 11*time.Minute)
	if s, stuck := step(); !stuck || s.Name != "Sign-up noted" {
		t.Errorf("after eleven minutes it is %q", s.Name)
	}
	w.Exec(t, `INSERT INTO platform.sign_ups (org_id, at, utm_source) VALUES ($1, now(), 'radio')`, org.ID)
	if s, stuck := step(); !stuck || s.Name != "Customer made at Stripe" {
		t.Errorf("once it is noted it is %q", s.Name)
	}
	if err := w.mirror.Attach(t.Context(), org.ID, "cus_Oak"); err != nil {
		t.Fatal(err)
	}
	if s, stuck := step(); !stuck || s.Name != "First mail sent" {
		t.Errorf("with a customer it is %q", s.Name)
	}
	list, err := w.console.SignUps(t.Context(), "")
	if err != nil || len(list.Lines) != 3 || list.Lines[0].Name != "Oak Fence" || list.Lines[0].Source != "radio" {
		t.Errorf("%+v, %v", list.Lines, err)
	}
}

// Only companies of the last 30 days are counted, each once for a step.
func TestTheFunnelCountsCompaniesOfTheMonth(t *testing.T) {
	t.Parallel()
	w := setup(t)
	note := func(org id.ID) {
		t.Helper()
		a, err := tenancy.InTask(t.Context(), w.App, org)
		if err == nil {
			err = w.signUps.NoteEvents(t.Context(), a)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	counted := func() map[string]int64 {
		t.Helper()
		steps, err := w.console.Funnel(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]int64{}
		for _, s := range steps {
			all[s.Event+s.Detail] = s.Companies
		}
		return all
	}
	w.Exec(t, `UPDATE platform.organizations SET created_at = app.now() - interval '31 days'`)
	note(testkit.A.ID)
	for range 2 {
		note(w.signUp(t).ID)
	}
	if got := counted(); got["signup_submitted"] != 2 || got["checklist_step_donearea"] != 2 || got["first_quote_sent"] != 0 {
		t.Errorf("of two companies it counts %v", got)
	}
	w.Advance(t, 31*24*time.Hour)
	if got := counted(); len(got) != 0 {
		t.Errorf("a month later it counts %v", got)
	}
}

func TestInboxAndReplay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	customer := w.pays(t, billing.Snapshot{})
	for _, h := range []billing.Hint{{ID: "evt_a", CustomerID: customer}, {ID: "evt_b", CustomerID: "cus_Stranger"}, {ID: "evt_c"}} {
		h.Type, h.Payload, h.CreatedAt = "invoice.paid", []byte(`{}`), time.Now()
		if _, err := w.mirror.Receive(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	w.drain(t)
	box, err := w.console.Inbox(t.Context(), "")
	if err != nil || len(box.Hints) != 3 || box.Day != 3 || box.Dirty != 0 || len(box.Unknown) != 1 || box.Unknown[0].ID != "cus_Stranger" {
		t.Fatalf("%+v, %v", box, err)
	}
	w.provider.says[customer] = billing.Snapshot{Subscriptions: []plan.Subscription{growth(plan.StatusActive, time.Time{})}}
	if err := w.console.Replay(t.Context(), w.olivia, "evt_a"); err != nil {
		t.Fatal(err)
	}
	c := w.company(t, testkit.A.ID)
	beside, err := w.console.Besides(t.Context(), c)
	if err != nil || len(beside) != 1 || len(beside[0].Here.Subscriptions) != 0 || len(beside[0].There.Subscriptions) != 1 {
		t.Errorf("%+v, %v", beside, err)
	}
	w.drain(t)
	if c := w.company(t, testkit.A.ID); len(c.Subscriptions) != 1 {
		t.Errorf("after the replay there are %d subscriptions", len(c.Subscriptions))
	}
	if err := w.console.Replay(t.Context(), w.olivia, "evt_c"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a webhook of no customer: %v", err)
	}
	if err := w.console.Replay(t.Context(), w.olivia, "evt_nobody"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a webhook of nobody: %v", err)
	}
}

func TestANoticeStandsUntilItsEnd(t *testing.T) {
	t.Parallel()
	w := setup(t)
	board := console.NewBoard(w.console)
	if err := w.console.Announce(t.Context(), console.NoticeInput{Text: "On Sunday the platform is read-only.", Until: time.Now().Add(time.Hour), By: w.olivia}); err != nil {
		t.Fatal(err)
	}
	if got := board.Text(t.Context()); got != "On Sunday the platform is read-only." {
		t.Errorf("pages say %q", got)
	}
	if err := w.console.Announce(t.Context(), console.NoticeInput{Text: "On Monday the platform is read-only.", Until: time.Now().Add(time.Hour), By: w.olivia}); err != nil {
		t.Fatal(err)
	}
	if n, there, err := w.console.Shown(t.Context()); err != nil || !there || n.Text != "On Monday the platform is read-only." {
		t.Errorf("%+v, %v", n, err)
	}
	w.Advance(t, 2*time.Hour)
	if _, there, err := w.console.Shown(t.Context()); err != nil || there {
		t.Errorf("after its end it is still there, %v", err)
	}
	now := testkit.Value[time.Time](t, w.Database, `SELECT platform.now()`)
	for _, wrong := range []console.NoticeInput{{Text: "short", Until: now.Add(time.Hour)}, {Text: "It ended before it began.", Until: now.Add(-time.Hour)}, {Text: "Until the end of time.", Until: now.AddDate(1, 0, 0)}} {
		wrong.By = w.olivia
		if err := w.console.Announce(t.Context(), wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	if err := w.console.EndNotice(t.Context(), w.olivia); err != nil {
		t.Fatal(err)
	}
	if _, err := w.console.Health(t.Context()); err != nil {
		t.Error(err)
	}
	if err := w.console.Tidy(t.Context(), console.Tidy{}); err != nil {
		t.Error(err)
	}
}

// The rows that operators read are of schema platform, and a company's own transactions reach none of them.
func TestCompaniesReadNothingOfTheConsole(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.owner(t)
	for _, table := range []string{"owners", "organization_usage", "mails", "operator_log", "agreed_prices", "notices"} {
		err := w.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error { _, err := tx.Exec(`SELECT FROM platform.` + table); return err })
		if err == nil {
			t.Errorf("a company reads platform.%s", table)
		}
	}
	for _, sql := range []string{`SELECT platform.standing_of('` + testkit.B.ID.String() + `')`, `UPDATE platform.operator_log SET reason = ''`} {
		err := w.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error { _, err := tx.Exec(sql); return err })
		if err == nil {
			t.Errorf("a company may %s", sql)
		}
	}
	for _, sql := range []string{`UPDATE platform.operator_log SET reason = 'other'`, `DELETE FROM platform.operator_log`} {
		if err := w.System.Exec(t.Context(), sql); err == nil {
			t.Errorf("the system's role may %s", sql)
		}
	}
}
