package lab

import (
	"testing"

	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/prove/requests"
	"fenceplatform.com/fence/internal/testkit"
)

// Ground is a database that worlds are made of: both companies of the test kit, A on a plan without limits, with a job
// that waits from before and a question of support, B paying for its plan and taking payments online, everybody with a
// password and nobody of A with a second factor, so that each role can log in.
func Ground(t testing.TB) *testkit.Database {
	t.Helper()
	d := testkit.NewDatabase(t)
	hash, err := secret.NewTestPasswords().Hash(t.Context(), requests.Password)
	if err != nil {
		t.Fatal(err)
	}
	d.Exec(t, "UPDATE app.users SET password_hash = $1", hash)
	d.Exec(t, "UPDATE app.organizations SET plan = 'enterprise', brand_color = '#1A6337' WHERE org_id = $1", testkit.A.ID)
	d.Exec(t, "DELETE FROM app.passkeys WHERE org_id = $1", testkit.A.ID) // the phones of requests make others
	d.Exec(t, `INSERT INTO app.support_access (org_id, id, operator_id, operator_name, purpose, writes, minutes, state, asked_at)
		SELECT org_id, '00000000-0000-7000-8000-0000000000a1', operator_id, operator_name, purpose, writes, minutes, 'asked', '2099-01-01' FROM app.support_access WHERE org_id = $1`, testkit.A.ID) // never too old to be granted
	d.Exec(t, `INSERT INTO platform.billing_customers (id, org_id, card_brand, card_last4, card_exp_month, card_exp_year) VALUES ('cus_b', $1, 'SENTINEL', '4343', 11, 2041)`, testkit.B.ID)
	d.Exec(t, `INSERT INTO platform.subscriptions (id, customer_id, status, plan, plan_version, extra_users, created_at, period_start, period_end, cancel_at_period_end, collection_paused)
		VALUES ('sub_b', 'cus_b', 'active', 'growth', 1, 2, '2026-01-05', '2026-01-05', '2099-01-01', false, false)`)
	d.Exec(t, `INSERT INTO platform.invoices (id, customer_id, subscription_id, number, status, currency, total_cents, paid_cents, open_cents, attempts, created_at, page_url, pdf_url)
		VALUES ('in_b', 'cus_b', 'sub_b', 'SENTINEL-1', 'paid', 'USD', 18700, 18700, 0, 1, '2026-01-05', 'https://pay.example/SENTINEL', '')`)
	d.Exec(t, `UPDATE app.payment_accounts SET disconnected_at = NULL, disconnected_name = '', details_submitted = true, charges_enabled = true, payouts_enabled = true WHERE org_id = $1`, testkit.B.ID)
	d.Exec(t, "UPDATE app.jobs SET waiting_reason = 'plan_limit' WHERE org_id = $1", testkit.A.ID)
	return d
}

// Records are the first records of a company, by kind.
func Records(o testkit.Org) map[string]string {
	return map[string]string{
		"people": o.Crew().String(), "customers": o.Customer().String(), "properties": o.Property().String(), "sketches": o.Sketch().String(), "quotes": o.Quote().String(),
		"jobs": o.Job().String(), "payments": o.Payment().String(), "files": o.File().String(), "materials": o.Material().String(), "styles": o.Style().String(), "tiers": o.Tier().String(), "pricing-zones": o.Zone().String(),
	}
}
