package onboarding

import (
	"context"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/pg"
)

// FirstSteps is how far a new company has come. Everything is a fact of what is there; kept is only that somebody does
// not want to see it.
type FirstSteps struct {
	Hidden bool
	Sample bool // there is sample data to look at

	Company  bool // phone and license number are said
	Color    bool
	Area     bool // where the company works
	Tiers    bool // one of them was looked at and saved
	Customer bool
	Sketch   bool
	Sent     bool
	Viewed   bool
	Teammate bool // somebody else is there, or invited
	GetPaid  bool // homeowners can pay online, to the company's own account
	Card     bool // is there to pay the plan with
}

// done names the steps that were done, as product events have them. Sending a quote and inviting somebody are events themselves.
func (f FirstSteps) done() []string {
	names := []string{}
	for _, step := range []struct {
		name string
		done bool
	}{{"company", f.Company}, {"color", f.Color}, {"area", f.Area}, {"tiers", f.Tiers}, {"customer", f.Customer}, {"sketch", f.Sketch}, {"get_paid", f.GetPaid}, {"card", f.Card}} {
		if step.done {
			names = append(names, step.name)
		}
	}
	return names
}

// firstStepsSQL counts nothing that is only there to be looked at, as fields of FirstSteps in their order.
const firstStepsSQL = `SELECT o.first_steps_hidden_at IS NOT NULL,
	EXISTS (SELECT FROM app.customers c WHERE c.org_id = $1 AND c.is_sample AND c.status = 'active'),
	o.phone <> '' AND o.license_number <> '', o.brand_color <> '', o.zip <> '',
	EXISTS (SELECT FROM app.tiers t WHERE t.org_id = $1 AND t.version > 1),
	EXISTS (SELECT FROM app.customers c WHERE c.org_id = $1 AND NOT c.is_sample),
	EXISTS (SELECT FROM app.sketches s JOIN app.properties p ON p.org_id = s.org_id AND p.id = s.property_id
		JOIN app.customers c ON c.org_id = p.org_id AND c.id = p.customer_id WHERE s.org_id = $1 AND NOT c.is_sample),
	EXISTS (SELECT FROM app.quotes q WHERE q.org_id = $1 AND q.sent_at IS NOT NULL),
	EXISTS (SELECT FROM app.quotes q WHERE q.org_id = $1 AND q.last_viewed_at IS NOT NULL),
	(SELECT count(*) > 1 FROM app.users u WHERE u.org_id = $1) OR EXISTS (SELECT FROM app.invitations i WHERE i.org_id = $1),
	EXISTS (SELECT FROM app.payment_accounts p WHERE p.org_id = $1 AND p.account <> '' AND p.charges_enabled AND p.disconnected_at IS NULL)
FROM app.organizations o WHERE o.org_id = $1`

// FirstSteps reads how far the company has come.
func (s *Service) FirstSteps(ctx context.Context, a tenancy.Actor) (FirstSteps, error) {
	var f FirstSteps
	if err := a.Require(tenancy.SettingsRead); err != nil {
		return f, err
	}
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&f.Hidden, &f.Sample, &f.Company, &f.Color, &f.Area, &f.Tiers, &f.Customer, &f.Sketch, &f.Sent, &f.Viewed, &f.Teammate, &f.GetPaid}, firstStepsSQL, a.Tenant().Org())
	})
	f.Card = a.Org.Standing.Card.ExpYear != 0
	return f, err
}

// HideFirstSteps takes them off the first page, or puts them back.
func (s *Service) HideFirstSteps(ctx context.Context, a tenancy.Actor, hidden bool) error {
	if err := a.Require(tenancy.SettingsWrite); err != nil {
		return err
	}
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return err
		}
		tag, err := tx.Exec(`UPDATE app.organizations SET first_steps_hidden_at = CASE WHEN $2 THEN app.now() END
			WHERE org_id = $1 AND (first_steps_hidden_at IS NOT NULL) <> $2`, tx.Tenant().Org(), hidden)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		action := "first_steps.shown"
		if hidden {
			action = "first_steps.hidden"
		}
		return audit.Record(tx, a, audit.Deed{Action: action, RecordType: "organization", RecordID: tx.Tenant().Org()})
	})
}
