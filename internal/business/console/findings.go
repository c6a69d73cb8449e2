package console

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// FindingKind is what somebody has to look at.
type FindingKind string

// Every kind of finding.
const (
	PaidAfterDeletion FindingKind = "paid_after_deletion"
	PaysTwice         FindingKind = "pays_twice"
	Disputed          FindingKind = "disputed"     // the bank has not decided
	DisputeLost       FindingKind = "dispute_lost" // and no operator has decided what follows
	OtherCurrency     FindingKind = "other_currency"
)

// FindingKinds are all of them.
var FindingKinds = []FindingKind{PaidAfterDeletion, PaysTwice, Disputed, DisputeLost, OtherCurrency}

// Finding is something about a company's payments that only a person can put right.
type Finding struct {
	Kind       FindingKind
	About      string // its number at the payment provider
	CustomerID string
	OrgID      *id.ID // nil: of nobody here
	Company    string
	Amount     int64 // in the currency's smallest unit
	Currency   string
	FoundAt    time.Time
	SettledAt  *time.Time // nil: it is open
	SettledBy  *string
	Note       string
	Now        time.Time
}

// Words say what was found and what to do about it, a sentence each.
func (f Finding) Words() (what, do string) {
	switch f.Kind {
	case PaidAfterDeletion:
		return "A company that is gone still pays", "Cancel the subscription at Stripe and give back what was paid for it."
	case PaysTwice:
		return "Pays twice: the company works by another subscription", "Cancel this one at Stripe and give back what was paid for it."
	case Disputed:
		return "A payment is disputed", "Answer the bank at Stripe with evidence, or accept the dispute there. This ends by itself once the bank has decided."
	case DisputeLost:
		return "A dispute was lost", "Decide whether the company goes on: mark this as dealt with, or stop the company. Undecided for 7 days, it is stopped."
	case OtherCurrency:
		return "An invoice in another currency", "It is not counted here. Void it or give it back at Stripe, and bill in US dollars."
	}
	return string(f.Kind), "Look at it at Stripe."
}

const findingColumns = `f.kind, f.about, f.customer_id, f.org_id, coalesce(o.name, '') AS company, f.amount, f.currency, f.found_at, f.settled_at, f.settled_by, f.note, platform.now() AS now
	FROM platform.billing_findings f LEFT JOIN platform.organizations o ON o.org_id = f.org_id`

// findingsShown is how many findings of one sort are listed: open ones are dealt with, and older ones stand in the log.
const findingsShown = 200

// Findings lists those that are open, the oldest first, or those that were dealt with, the newest first.
func (s *Service) Findings(ctx context.Context, settled bool) ([]Finding, error) {
	return pg.SystemRows[Finding](ctx, s.System, `SELECT `+findingColumns+`
		WHERE (f.settled_at IS NOT NULL) = $1 ORDER BY f.settled_at DESC, f.found_at, f.kind, f.about LIMIT $2`, settled, findingsShown)
}

// findings of a company that are open.
func (s *Service) findings(ctx context.Context, c *Company) (err error) {
	c.Findings, err = pg.SystemRows[Finding](ctx, s.System, `SELECT `+findingColumns+` WHERE f.org_id = $1 AND f.settled_at IS NULL ORDER BY f.found_at, f.kind, f.about`, c.ID)
	return err
}

// Finding reads one.
func (s *Service) Finding(ctx context.Context, kind FindingKind, about string) (Finding, error) {
	return pg.SystemOne[Finding](ctx, s.System, `SELECT `+findingColumns+` WHERE f.kind = $1 AND f.about = $2`, kind, about)
}

// SettleInput says of a finding that it was dealt with, and how.
type SettleInput struct {
	Kind  FindingKind
	About string
	Note  string // the company reads it
	By    operator.Doer
}

// Settle notes that a finding was dealt with. One that was already stays as it is.
func (s *Service) Settle(ctx context.Context, in SettleInput) error {
	var p fault.Problems
	in.Note = said("/note", "Say what was done in 3 to 200 characters. The company reads it.", in.Note, &p)
	if err := p.Err(); err != nil {
		return err
	}
	if _, err := s.Finding(ctx, in.Kind, in.About); err != nil {
		return err
	}
	n, err := pg.SystemOne[struct{ Count int64 }](ctx, s.System, `WITH settled AS (
	UPDATE platform.billing_findings f SET settled_at = platform.now(), settled_by = $3, note = $4 WHERE f.kind = $1 AND f.about = $2 AND f.settled_at IS NULL RETURNING f.*),
logged AS (
	INSERT INTO platform.operator_log (id, org_id, operator_id, by_name, action, reason, facts, at)
	SELECT $5, f.org_id, $6, $3, 'finding.settled', $4, jsonb_build_object('kind', f.kind, 'about', f.about), platform.now() FROM settled f)
SELECT count(*) AS count FROM settled`, in.Kind, in.About, in.By.Name, in.Note, in.By.ActID(), in.By.OperatorID())
	if operator.Repeated(err) {
		return nil
	}
	if err == nil && n.Count == 0 {
		return s.settledBefore(ctx, in)
	}
	return err
}

// settledBefore refuses what somebody else dealt with; the same form once more is no mistake.
func (s *Service) settledBefore(ctx context.Context, in SettleInput) error {
	done, err := pg.SystemOne[struct{ Done bool }](ctx, s.System, `SELECT EXISTS (SELECT FROM platform.operator_log l WHERE l.id = $1) AS done`, in.By.ActID())
	if err == nil && !done.Done {
		err = fault.New(fault.Conflict, "finding-settled", "Somebody dealt with this a moment ago.")
	}
	return err
}

// OpenFindings counts those that nobody has dealt with, by kind.
func (s *Service) OpenFindings(ctx context.Context) (map[FindingKind]int64, error) {
	rows, err := pg.SystemRows[struct {
		Kind  FindingKind
		Count int64
	}](ctx, s.System, `SELECT f.kind, count(*) AS count FROM platform.billing_findings f WHERE f.settled_at IS NULL GROUP BY f.kind`)
	open := map[FindingKind]int64{}
	for _, r := range rows {
		open[r.Kind] = r.Count
	}
	return open, err
}
