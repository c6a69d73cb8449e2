package api

import (
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/testkit"
)

// subscribes plants what the mirror knows of a company that pays for Growth, with an invoice that is open.
func (w *world) subscribes(t *testing.T, o testkit.Org, extra int, mark string) {
	t.Helper()
	w.Exec(t, `INSERT INTO platform.billing_customers (id, org_id) VALUES ($1, $2)`, "cus_"+o.Slug, o.ID)
	w.Exec(t, `INSERT INTO platform.subscriptions (id, customer_id, status, plan, plan_version, extra_users, created_at, period_start, period_end, cancel_at_period_end, collection_paused, next_plan, next_plan_version, next_plan_at)
		VALUES ($1, $2, 'active', 'growth', 1, $3, now() - interval '40 days', now() - interval '10 days', date_trunc('hour', now()) + interval '20 days', false, false, 'starter', 1, date_trunc('hour', now()) + interval '20 days')`, "sub_"+o.Slug, "cus_"+o.Slug, extra)
	w.Exec(t, `INSERT INTO platform.invoices (id, customer_id, subscription_id, number, status, currency, total_cents, paid_cents, open_cents, attempts, created_at, finalized_at, page_url, pdf_url)
		VALUES ($1, $2, $3, $4, 'paid', 'USD', 16800, 16800, 0, 1, now() - interval '10 days', now() - interval '10 days', 'https://invoice.example/' || $4, 'https://invoice.example/' || $4 || '.pdf')`,
		"in_"+o.Slug, "cus_"+o.Slug, "sub_"+o.Slug, mark+"-0001")
	w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = now() - interval '30 days' WHERE org_id = $1`, o.ID)
}

func TestBillingShowsWhatThePageShows(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.subscribes(t, testkit.A, 1, "ALPHA")
	w.subscribes(t, testkit.B, 4, testkit.Sentinel)
	var owner billingDocument
	w.Untouched(t, testkit.B, func() {
		r := w.as(t, "GET", "/v1/billing", "")
		if strings.Contains(r.body, testkit.Sentinel) {
			t.Errorf("B is in A's answer: %s", r.body)
		}
		owner = read[billingDocument](t, r, 200)
	})
	if owner.Plan.Key != "growth" || owner.State != "active" || owner.StateWord != "Active" || !strings.HasPrefix(owner.Sentence, "Growth until ") || !strings.HasSuffix(owner.Sentence, ", then Starter.") || owner.ReadOnly {
		t.Errorf("where it stands: %+v", owner)
	}
	if want := "http://" + testkit.A.Slug + ".fence.localhost:8080/settings/plan"; owner.PlanURL != want {
		t.Errorf("the plan's page is %q, want %q", owner.PlanURL, want)
	}
	if p := owner.Period; p == nil || p.Ends || p.MonthlyCents != 16800 || !p.End.After(time.Now()) {
		t.Errorf("the period: %+v", p)
	}
	if c := owner.NextChange; c == nil || c.Plan.Key != "starter" || !c.At.Equal(owner.Period.End) || c.State != "active" {
		t.Errorf("the next change: %+v", c)
	}
	if s := owner.Seats; s.Included != 5 || s.Extra != 1 || s.ExtraCents != 1900 || s.Limit == nil || *s.Limit != 10 || s.People == 0 {
		t.Errorf("seats: %+v", s)
	}
	if len(owner.Invoices) != 1 || owner.Invoices[0].Number != "ALPHA-0001" || owner.Invoices[0].PageURL != "https://invoice.example/ALPHA-0001" || owner.Invoices[0].PDFURL == "" || owner.Invoices[0].Unpaid {
		t.Errorf("invoices: %+v", owner.Invoices)
	}
	// Who may read the plan and not manage it sees neither invoices nor what waits to be paid; others nothing.
	reader := read[billingDocument](t, w.send(t, request{method: "GET", path: "/v1/billing", token: w.token(t, testkit.A, identity.Accountant)}), 200)
	if len(reader.Invoices) != 0 || reader.Pending != nil || reader.Sentence != owner.Sentence {
		t.Errorf("as the accountant: %+v", reader)
	}
	if r := w.send(t, request{method: "GET", path: "/v1/billing", token: w.token(t, testkit.A, identity.Crew)}); r.status != 403 {
		t.Errorf("as the crew: %d", r.status)
	}
}
