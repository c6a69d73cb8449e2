package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Account is the company's account at the payment provider, as it was last read.
type Account struct {
	ID               id.ID
	Account          string
	DetailsSubmitted bool
	ChargesEnabled   bool
	PayoutsEnabled   bool
	Needs            []string
	DisabledReason   string
	AskedAt          *time.Time
	BegunName        string
	BegunAt          time.Time
}

// Ready tells whether homeowners can pay to it.
func (c *Account) Ready() bool { return c != nil && c.Account != "" && c.ChargesEnabled }

// takes tells whether a payment that was begun can still be made to it.
func (c Account) takes(o Online) bool { return c.Ready() && c.Account == o.Account }

const accountColumns = `id, account, details_submitted, charges_enabled, payouts_enabled, needs, disabled_reason, asked_at, begun_name, begun_at`

const accountInUseSQL = `SELECT ` + accountColumns + ` FROM app.payment_accounts WHERE org_id = $1 AND disconnected_at IS NULL`

func queueAccount(r *pg.Reading, t pg.Tenant, dst **Account) {
	r.Rows(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Account])
		if *dst = nil; len(found) > 0 {
			*dst = &found[0]
		}
		return err
	}, accountInUseSQL, t.Org())
}

// errNotTaken is the answer where no payments are taken at all.
func errNotTaken() error {
	return fault.New(fault.Conflict, "online-payments-off", "This installation takes no online payments. Record checks and cash by hand.")
}

// GetAccount reads the company's account; nil without one.
func (s *Service) GetAccount(ctx context.Context, a tenancy.Actor) (*Account, error) {
	if err := a.Require(tenancy.SettingsRead); err != nil {
		return nil, err
	}
	var c *Account
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) { queueAccount(r, a.Tenant(), &c) })
	return c, err
}

// accountFacts are what the log says of an account.
type accountFacts struct {
	Account string `json:"account"`
	Ready   bool   `json:"ready"`
	Needs   int    `json:"needs"`
}

func recordAccount(tx *pg.OrgTx, a tenancy.Actor, action string, c Account) error {
	return audit.Record(tx, a, audit.Deed{Action: action, RecordType: "payment_account", RecordID: c.ID,
		After: accountFacts{Account: c.Account, Ready: c.Ready(), Needs: len(c.Needs)}})
}

// Connect leads an owner to the provider's page on which the company's account is opened, or its details are completed.
// It may be called again after any failure.
func (s *Service) Connect(ctx context.Context, a tenancy.Actor) (url string, err error) {
	if err := a.Require(tenancy.BillingManage); err != nil {
		return "", err
	}
	if s.Accounts == nil {
		return "", errNotTaken()
	}
	c, err := s.begin(ctx, a)
	if err != nil {
		return "", err
	}
	if c.Account == "" {
		made, err := s.Accounts.CreateAccount(ctx, "account:"+a.Tenant().Org().String()+":"+c.ID.String(), NewAccount{Org: a.Tenant().Org(), Name: a.Org.Name, Email: a.Org.Email})
		if err != nil {
			return "", unreachable(err)
		}
		if c.Account, err = s.attach(ctx, a, c.ID, made); err != nil {
			return "", err
		}
	}
	page := s.Notify.Site.Of(a.Org.Slug, "/settings/get-paid")
	url, err = s.Accounts.OnboardingPage(ctx, c.Account, page+"?back=yes", page+"?again=yes")
	return url, unreachable(err)
}

// unreachable is what a person reads when the provider does not answer.
func unreachable(err error) error {
	if err == nil {
		return nil
	}
	if _, said := errors.AsType[*fault.Error](err); said {
		return err
	}
	return fault.New(fault.Unavailable, "payments-unreachable", "We could not reach the card service. Nothing was charged. Try again in a minute.").Because(err)
}

// begin finds the account in use, or begins one.
func (s *Service) begin(ctx context.Context, a tenancy.Actor) (c Account, err error) {
	begin := func(tx *pg.OrgTx) error {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return err
		}
		c, err = pg.CollectOne[Account](tx, accountInUseSQL, tx.Tenant().Org())
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		c = Account{ID: id.New(), BegunName: a.Name, BegunAt: tx.Now()}
		if _, err = tx.Exec(`INSERT INTO app.payment_accounts (org_id, id, begun_by, begun_name, begun_at) VALUES ($1, $2, $3, $4, $5)`,
			tx.Tenant().Org(), c.ID, a.ID, a.Name, tx.Now()); err != nil {
			return err
		}
		return recordAccount(tx, a, "payment_account.begun", c)
	}
	err = s.DB.InOrg(ctx, a.Tenant(), begin)
	if pg.Violates(err, "payment_accounts_one_in_use") { // somebody else was first: now it is there to be found
		err = s.DB.InOrg(ctx, a.Tenant(), begin)
	}
	return c, err
}

// attach keeps which account it is. One that another company has is nobody's to take.
func (s *Service) attach(ctx context.Context, a tenancy.Actor, row id.ID, made string) (account string, err error) {
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		var ours bool
		if err := tx.QueryRow(`SELECT platform.claim_payment_account($1)`, made).Scan(&ours); err != nil {
			return err
		}
		if !ours {
			return fmt.Errorf("account %s is another organization's", made)
		}
		return tx.QueryRow(`UPDATE app.payment_accounts SET account = CASE account WHEN '' THEN $3 ELSE account END WHERE org_id = $1 AND id = $2 RETURNING account`,
			tx.Tenant().Org(), row, made).Scan(&account)
	})
	return account, err
}

// Leaving is what a company should know before it disconnects the account in use.
type Leaving struct {
	Account       *Account // nil: none is in use
	Underway      int      // payments that are on their way to it from banks
	UnderwayCents money.Cents
}

// ConsiderDisconnect reads what disconnecting would mean.
func (s *Service) ConsiderDisconnect(ctx context.Context, a tenancy.Actor) (v Leaving, err error) {
	if err := a.Require(tenancy.BillingManage); err != nil {
		return v, err
	}
	type onItsWay struct {
		Account string
		Count   int
		Cents   money.Cents
	}
	var accounts []onItsWay
	_, err = s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		queueAccount(r, a.Tenant(), &v.Account)
		pg.All(r, &accounts, `SELECT account, count(*) AS count, sum(amount_cents)::bigint AS cents FROM app.online_payments WHERE org_id = $1 AND state = 'processing' GROUP BY account`, a.Tenant().Org())
	})
	for _, of := range accounts {
		if v.Account != nil && v.Account.Account == of.Account {
			v.Underway, v.UnderwayCents = of.Count, of.Cents
		}
	}
	return v, err
}

// Disconnect stops taking payments to the account, and has pages that are open on it closed. What was paid to it stays readable, and is still followed.
func (s *Service) Disconnect(ctx context.Context, a tenancy.Actor) error {
	if err := a.Require(tenancy.BillingManage); err != nil {
		return err
	}
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		if err := a.RequireOwnRights(); err != nil {
			return err
		}
		return s.disconnect(tx, a, a.Name, "")
	})
}

// disconnect puts the account in use out of it; with a name, only when it is that one.
func (s *Service) disconnect(tx *pg.OrgTx, a tenancy.Actor, who, only string) error {
	c, err := pg.CollectOne[Account](tx, accountInUseSQL+` FOR UPDATE`, tx.Tenant().Org())
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // it is done
	}
	if err != nil || only != "" && only != c.Account {
		return err
	}
	if _, err := tx.Exec(`UPDATE app.payment_accounts SET disconnected_at = $3, disconnected_name = $4 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), c.ID, tx.Now(), who); err != nil {
		return err
	}
	type begun struct{ AcceptanceID id.ID }
	open, err := pg.Collect[begun](tx, `SELECT acceptance_id FROM app.online_payments WHERE org_id = $1 AND account = $2 AND state = 'open'`, tx.Tenant().Org(), c.Account)
	if err != nil {
		return err
	}
	for _, o := range open {
		if err := s.Notify.Queue.Enqueue(tx, CloseStale{OrgID: tx.Tenant().Org(), AcceptanceID: o.AcceptanceID}); err != nil {
			return err
		}
	}
	return recordAccount(tx, a, "payment_account.disconnected", c)
}

// CheckAccount asks the provider how the account in use stands.
func (s *Service) CheckAccount(ctx context.Context, a tenancy.Actor) error {
	if err := a.Require(tenancy.BillingManage); err != nil {
		return err
	}
	c, err := s.GetAccount(ctx, a)
	if err != nil || c == nil || c.Account == "" {
		return err
	}
	return s.FollowAccount(ctx, a, c.Account)
}

// FollowAccount asks the provider how an account of this organization stands, and keeps it. Another's is left alone. An
// answer counts unless a later question was answered before.
func (s *Service) FollowAccount(ctx context.Context, a tenancy.Actor, account string) error {
	if s.Accounts == nil {
		return errNotTaken()
	}
	var found int
	asked, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&found}, `SELECT count(*) FROM app.payment_accounts WHERE org_id = $1 AND account = $2`, a.Tenant().Org(), account)
	})
	if err != nil || found == 0 {
		return err
	}
	st, err := s.Accounts.ReadAccount(ctx, account)
	if err != nil {
		return unreachable(err)
	}
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		org := tx.Tenant().Org()
		before, err := pg.CollectOne[Account](tx, `SELECT `+accountColumns+` FROM app.payment_accounts WHERE org_id = $1 AND account = $2 FOR UPDATE`, org, account)
		if err != nil || before.AskedAt != nil && !asked.After(*before.AskedAt) {
			return err
		}
		if st.Needs == nil {
			st.Needs = []string{}
		}
		if _, err := tx.Exec(`UPDATE app.payment_accounts SET details_submitted = $3, charges_enabled = $4, payouts_enabled = $5, needs = $6, disabled_reason = $7, asked_at = $8
			WHERE org_id = $1 AND account = $2`, org, account, st.DetailsSubmitted, st.ChargesEnabled, st.PayoutsEnabled, st.Needs, st.DisabledReason, asked); err != nil {
			return err
		}
		after := before
		after.ChargesEnabled, after.Needs = st.ChargesEnabled, st.Needs
		if before.Ready() != after.Ready() {
			if err := recordAccount(tx, a, "payment_account.changed", after); err != nil {
				return err
			}
		}
		if st.Gone {
			return s.disconnect(tx, a, "Stripe", account)
		}
		return nil
	})
}
