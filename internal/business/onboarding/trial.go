package onboarding

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/halt"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SecondTrial is how long a further company of somebody who had a trial is tried, from the confirmation of the address:
// long enough to choose a plan. It is decided when the address is confirmed, and not before: what a sign-up answers to a
// stranger must not tell whose address is known.
const SecondTrial = 3 * 24 * time.Hour

// taggedAt are the domains where what follows a + in an address leads to the same mailbox.
var taggedAt = map[string]bool{
	"gmail.com": true, "outlook.com": true, "hotmail.com": true, "live.com": true, "icloud.com": true, "me.com": true, "mac.com": true,
	"proton.me": true, "protonmail.com": true, "pm.me": true, "fastmail.com": true, "yahoo.com": true, "zoho.com": true,
}

// canonicalEmail is one text for all spellings of a mailbox. It decides about trials, and nothing else.
func canonicalEmail(email string) string {
	local, domain, _ := strings.Cut(norm.NFKC.String(strings.ToLower(strings.TrimSpace(email))), "@")
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if taggedAt[domain] {
		local, _, _ = strings.Cut(local, "+")
	}
	if domain == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// redemption is what is kept of an address or number: enough to know it again.
func redemption(kind, value string) []byte {
	sum := sha256.Sum256([]byte("trial by " + kind + ": " + value))
	return sum[:]
}

// RedeemTrial notes that the confirmed address of an owner had its trial. A company of an address that had one before
// has less time to choose a plan, and its owner is told.
func (s *Service) RedeemTrial(ctx context.Context, a tenancy.Actor, person id.ID) error {
	halt.At(ctx, "redeem/before-commit")
	err := s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		org, err := tenancy.LockOrganization(tx)
		if err != nil || org.Plan != plan.Trial || org.TrialEndsAt == nil {
			return err
		}
		var email string
		var owns bool
		if err := tx.QueryRow(`SELECT email, role = $3 AND email_verified_at IS NOT NULL FROM app.users WHERE org_id = $1 AND id = $2`,
			org.ID, person, identity.Owner).Scan(&email, &owns); err != nil || !owns {
			return err
		}
		var first bool
		if err := tx.QueryRow(`SELECT platform.redeem_trial('email', $1)`, redemption("email", canonicalEmail(email))).Scan(&first); err != nil {
			return err
		}
		if first {
			return nil
		}
		return s.shorten(tx, a, org, "address", []string{email})
	})
	halt.At(ctx, "redeem/after-commit")
	return err
}

// RedeemCard notes that the card with which a company pays had its trial. One of which another company's trial is known
// leaves as much time as a known mailbox does.
func (s *Service) RedeemCard(ctx context.Context, a tenancy.Actor) error {
	if a.Org.Plan != plan.Trial || a.Org.Standing.Card.ExpYear == 0 {
		return nil
	}
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		org, err := tenancy.LockOrganization(tx)
		if err != nil || org.Plan != plan.Trial || org.TrialEndsAt == nil {
			return err
		}
		var first bool
		if err := tx.QueryRow(`SELECT platform.redeem_card()`).Scan(&first); err != nil || first {
			return err
		}
		owners, err := pg.Collect[struct{ Email string }](tx, `SELECT email FROM app.users WHERE org_id = $1 AND role = $2 AND deactivated_at IS NULL ORDER BY id`, org.ID, identity.Owner)
		if err != nil {
			return err
		}
		var to []string
		for _, o := range owners {
			to = append(to, o.Email)
		}
		return s.shorten(tx, a, org, "card", to)
	})
}

// shorten leaves a company the time of a second trial from now on, and tells its owners which of theirs had one before.
// Who has less left keeps it; who bought has used the trial up, and is left alone.
func (s *Service) shorten(tx *pg.OrgTx, a tenancy.Actor, org tenancy.Organization, known string, owners []string) error {
	end := tx.Now().Add(SecondTrial)
	if org.PlanFacts().Converted || !org.TrialEndsAt.After(end) {
		return nil
	}
	before := org
	org.TrialEndsAt, org.Version = &end, org.Version+1
	tx.AtCommit(pg.Plain, `UPDATE app.organizations SET trial_ends_at = $2, version = $3 WHERE org_id = $1`, org.ID, end, org.Version)
	tx.AtCommit(pg.Plain, `SELECT platform.summarize_organization($1, $2, $3)`, org.Name, org.Plan, org.TrialEndsAt)
	for _, to := range owners {
		if err := s.People.TellOfSecondTrial(tx, org, to, known, end); err != nil {
			return err
		}
	}
	return audit.Record(tx, a, audit.Deed{Action: "trial.shortened", RecordType: "organization", RecordID: org.ID, Before: before, After: org})
}

// notePhone keeps that a company with the number had its trial. Anybody can type a number: it takes nothing away, and
// an operator sees how many companies gave it.
func notePhone(tx *pg.OrgTx, org tenancy.Organization) {
	if org.Phone != "" && org.Plan == plan.Trial {
		tx.AtCommit(pg.Plain, `SELECT platform.redeem_trial('phone', $1)`, redemption("phone", org.Phone))
	}
}
