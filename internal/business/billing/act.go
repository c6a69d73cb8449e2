package billing

import (
	"fmt"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// ActKind is what an owner asked for.
type ActKind string

// The kinds of acts.
const (
	ActCheckout  ActKind = "checkout"
	ActUpgrade   ActKind = "upgrade"
	ActDowngrade ActKind = "downgrade"
	ActUndo      ActKind = "undo" // of a downgrade to come
	ActCancel    ActKind = "cancel"
	ActResume    ActKind = "resume"
)

// ActState is how far an act is.
type ActState string

// The states of an act.
const (
	ActAsked   ActState = "asked" // nobody knows yet whether it was done
	ActOpen    ActState = "open"  // a person has to pay
	ActDone    ActState = "done"
	ActDropped ActState = "dropped"
)

// Act is something that an owner asked the provider for. Its id is in the key of every call that it makes.
type Act struct {
	ID          id.ID
	Kind        ActKind
	State       ActState
	Attempt     int
	Plan        plan.Key
	PlanVersion int
	ExtraUsers  int64
	CustomerID  string
	ProviderID  string
	PageURL     string
	Cents       int64
	CountsFrom  *time.Time
	TrialEnd    *time.Time
	TakesEffect *time.Time
	ExpiresAt   time.Time
	AskedBy     string
	AskedAt     time.Time
	SettledAt   *time.Time
}

const actColumns = `id, kind, state, attempt, plan, plan_version, extra_users, customer_id, provider_id, page_url, cents, counts_from, trial_end, takes_effect,
	expires_at, asked_by, asked_at, settled_at`

// key is what the provider knows a call by.
func (x Act) key() string { return fmt.Sprintf("%s:%s:%d", x.Kind, x.ID, x.Attempt) }

func (x Act) item(org id.ID) Item {
	return Item{Org: org, Plan: x.Plan, Version: x.PlanVersion, ExtraUsers: x.ExtraUsers}
}

// waiting tells that a person may still pay.
func (x Act) waiting(now time.Time) bool { return x.State == ActOpen && now.Before(x.ExpiresAt) }

// errBusy is the refusal of a second change while one is carried out.
func errBusy() error {
	return fault.New(fault.Conflict, fault.CodeInFlight, "Another change of your plan is being carried out. Try again in a minute.")
}

// begin writes the act down and has it looked at when nobody says what became of it.
func (s *Service) begin(tx *pg.OrgTx, a tenancy.Actor, x Act) (Act, error) {
	x.ID, x.State, x.Attempt, x.AskedBy, x.AskedAt = id.New(), ActAsked, 1, a.Name, tx.Now()
	if x.ExpiresAt.IsZero() {
		x.ExpiresAt = tx.Now().Add(lookAfter)
	}
	_, err := tx.Exec(`INSERT INTO app.plan_acts (org_id, id, kind, state, attempt, plan, plan_version, extra_users, customer_id, provider_id, page_url, cents,
			counts_from, trial_end, takes_effect, expires_at, asked_by, asked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		tx.Tenant().Org(), x.ID, x.Kind, x.State, x.Attempt, x.Plan, x.PlanVersion, x.ExtraUsers, x.CustomerID, x.ProviderID, x.PageURL, x.Cents,
		x.CountsFrom, x.TrialEnd, x.TakesEffect, x.ExpiresAt, x.AskedBy, x.AskedAt)
	if pg.Violates(err, "plan_acts_one_open_checkout") || pg.Violates(err, "plan_acts_one_change") {
		return x, errBusy()
	}
	if err != nil {
		return x, fmt.Errorf("write the act down: %w", err)
	}
	return x, s.Queue.EnqueueAt(tx, SettleActs{OrgID: tx.Tenant().Org()}, tx.Now().Add(lookAfter))
}

// deeds are what the log says that an act did, by its kind and what became of it.
var deeds = map[ActKind]map[ActState]string{
	ActCheckout:  {ActOpen: "plan.checkout_opened", ActDone: "plan.bought", ActDropped: "plan.checkout_ended"},
	ActUpgrade:   {ActOpen: "plan.upgrade_waits_for_payment", ActDone: "plan.upgraded", ActDropped: "plan.upgrade_dropped"},
	ActDowngrade: {ActDone: "plan.downgrade_scheduled", ActDropped: "plan.downgrade_dropped"},
	ActUndo:      {ActDone: "plan.downgrade_undone", ActDropped: "plan.undo_dropped"},
	ActCancel:    {ActDone: "plan.canceled", ActDropped: "plan.cancel_dropped"},
	ActResume:    {ActDone: "plan.resumed", ActDropped: "plan.resume_dropped"},
}

// logged is what the log keeps of an act.
type logged struct {
	Plan        plan.Key    `json:"plan"`
	ExtraUsers  int64       `json:"extra_users"`
	Cents       money.Cents `json:"amount_cents"`
	TakesEffect *time.Time  `json:"takes_effect,omitzero"`
	AskedBy     string      `json:"asked_by"`
}

// settle says what became of an act, once: whoever comes second finds it said.
func (s *Service) settle(tx *pg.OrgTx, a tenancy.Actor, x Act, to ActState) error {
	var settled *time.Time
	if now := tx.Now(); to == ActDone || to == ActDropped {
		settled = &now
	}
	tag, err := tx.Exec(`UPDATE app.plan_acts SET state = $3, customer_id = $4, provider_id = $5, page_url = $6, takes_effect = $7, expires_at = $8, settled_at = $9
		WHERE org_id = $1 AND id = $2 AND state IN ('asked', 'open') AND state <> $3`,
		tx.Tenant().Org(), x.ID, to, x.CustomerID, x.ProviderID, x.PageURL, x.TakesEffect, x.ExpiresAt, settled)
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	if to == ActOpen {
		if err := s.Queue.EnqueueAt(tx, SettleActs{OrgID: tx.Tenant().Org()}, x.ExpiresAt.Add(time.Minute)); err != nil {
			return err
		}
	}
	return audit.Record(tx, a, audit.Deed{Action: deeds[x.Kind][to], RecordType: "plan", RecordID: x.ID, After: logged{
		Plan: x.Plan, ExtraUsers: x.ExtraUsers, Cents: money.Cents(x.Cents), TakesEffect: x.TakesEffect, AskedBy: x.AskedBy}})
}

// unsettled are the acts of which something is still to come, the oldest first.
func unsettled(tx *pg.OrgTx) ([]Act, error) {
	return pg.Collect[Act](tx, `SELECT `+actColumns+` FROM app.plan_acts WHERE org_id = $1 AND state IN ('asked', 'open') ORDER BY asked_at, id`, tx.Tenant().Org())
}
