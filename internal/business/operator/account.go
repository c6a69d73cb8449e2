package operator

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// Service is what concerns operators themselves.
type Service struct {
	DB        *pg.DB // of companies' logs
	System    *pg.System
	People    *identity.Service // what a good password is
	Passwords *secret.Passwords
	Keys      identity.OperatorKeys
	Log       *slog.Logger
	// Told is told of each step of a log-in and what came of it; nil is nobody.
	Told func(step string, err error)
}

// Account is one operator of the platform.
type Account struct {
	ID         id.ID
	Name       string
	Email      string
	Ready      bool // has a password and a second factor
	CreatedAt  time.Time
	DisabledAt *time.Time
}

const accountColumns = `o.id, o.name, o.email, o.totp_confirmed_at IS NOT NULL AS ready, o.created_at, o.disabled_at`

// setUpLife is how long a set-up link works.
const setUpLife = 72 * time.Hour

// Add makes an account and the code of its set-up link, which is shown this once.
func (s *Service) Add(ctx context.Context, name, email string) (Account, string, error) {
	address, err := identity.CleanEmail(email)
	if err != nil {
		return Account{}, "", err
	}
	if name, err = identity.CleanName(name); err != nil {
		return Account{}, "", err
	}
	code := secret.Token()
	a, err := pg.SystemOne[Account](ctx, s.System, `INSERT INTO platform.operators AS o (id, name, email, set_up_hash, set_up_ends_at, created_at)
		VALUES ($1, $2, $3, $4, platform.now() + $5::interval, platform.now()) RETURNING `+accountColumns, id.New(), name, address, secret.Hash(code), setUpLife)
	if pg.Violates(err, "operators_email_once") {
		return Account{}, "", fault.InvalidField("/email", "There is an operator with this address. To let them set up anew, renew it.")
	}
	if err != nil {
		return Account{}, "", err
	}
	s.Log.Info("operator added", "operator", a.ID)
	return a, code, nil
}

// Renew has an operator set up anew, as after a lost phone: password, second factor and sessions of before are gone.
// It lets a disabled one in again.
func (s *Service) Renew(ctx context.Context, email string) (Account, string, error) {
	code := secret.Token()
	a, err := pg.SystemOne[Account](ctx, s.System, `WITH o AS (
			UPDATE platform.operators SET password_hash = '', totp_sealed = NULL, totp_confirmed_at = NULL, totp_last_step = 0, disabled_at = NULL,
				set_up_hash = $2, set_up_ends_at = platform.now() + $3::interval
			WHERE email_lc = $1 RETURNING *),
		ended AS (UPDATE platform.operator_sessions SET ended_at = platform.now() WHERE operator_id IN (SELECT id FROM o) AND ended_at IS NULL)
		SELECT `+accountColumns+` FROM o`, strings.ToLower(strings.TrimSpace(email)), secret.Hash(code), setUpLife)
	if err != nil {
		return Account{}, "", known(err)
	}
	s.Log.Info("operator renewed", "operator", a.ID)
	return a, code, nil
}

// Disable ends an operator's account: their sessions here, and whatever access to a company they have.
func (s *Service) Disable(ctx context.Context, email string) (Account, error) {
	a, err := pg.SystemOne[Account](ctx, s.System, `WITH o AS (
			UPDATE platform.operators SET disabled_at = coalesce(disabled_at, platform.now()), set_up_hash = NULL, set_up_ends_at = NULL WHERE email_lc = $1 RETURNING *),
		ended AS (UPDATE platform.operator_sessions SET ended_at = platform.now() WHERE operator_id IN (SELECT id FROM o) AND ended_at IS NULL)
		SELECT `+accountColumns+` FROM o`, strings.ToLower(strings.TrimSpace(email)))
	if err != nil {
		return Account{}, known(err)
	}
	s.Log.Info("operator disabled", "operator", a.ID)
	return a, nil
}

// List is all of them, the oldest first.
func (s *Service) List(ctx context.Context) ([]Account, error) {
	return pg.SystemRows[Account](ctx, s.System, `SELECT `+accountColumns+` FROM platform.operators o ORDER BY o.created_at, o.id`)
}

func known(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "no-such-operator", "No operator has this address. `fence operator list` lists them.")
	}
	return err
}
