package operator

import (
	"context"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/platform/totp"
)

// How long a log-in may take, a session lasts, and one that is not used.
const (
	stepLife    = 10 * time.Minute
	sessionLife = 8 * time.Hour
	idleLife    = time.Hour
)

// Session is a log-in, or the step towards one. Its token is shown this once.
type Session struct {
	Token     string
	ExpiresAt time.Time
}

// SetUp takes the code of a set-up link, once, and the password that its operator chose. The second factor comes next.
func (s *Service) SetUp(ctx context.Context, code, password string) (Session, error) {
	hash, err := s.People.HashPassword(ctx, password, "fence", "operator")
	if err != nil {
		return Session{}, err
	}
	a, err := pg.SystemOne[Account](ctx, s.System, `UPDATE platform.operators o SET password_hash = $2, set_up_hash = NULL, set_up_ends_at = NULL
		WHERE set_up_hash = $1 AND set_up_ends_at > platform.now() AND disabled_at IS NULL RETURNING `+accountColumns, secret.Hash(code), hash)
	if fault.Is(err, fault.NotFound) {
		return Session{}, fault.New(fault.Invalid, "link-used", "This link was used already, or it is too old. Ask for a new one.")
	}
	if err != nil {
		return Session{}, err
	}
	s.Log.Info("operator set up", "operator", a.ID)
	return s.begin(ctx, a.ID)
}

// candidate is whom a log-in names. The hash is empty when there is nobody.
type candidate struct {
	ID           id.ID
	PasswordHash string
}

// SignIn takes the password and goes on to the second factor. Which of address and password was wrong is not told, and
// takes as long either way.
func (s *Service) SignIn(ctx context.Context, r tenancy.Request, email, password string) (step Session, err error) {
	defer func() { s.tell("password", err) }()
	email = strings.ToLower(strings.TrimSpace(email))
	if email == "" || password == "" || len(password) > 256 || len(email) > 254 || strings.ContainsRune(email+password, 0) {
		return Session{}, errWrongPair()
	}
	if err := s.count(ctx, pairBucket(r, email), placeBucket(r), userBucket(email)); err != nil {
		return Session{}, err
	}
	found, err := pg.SystemOne[candidate](ctx, s.System, `SELECT id, password_hash FROM platform.operators WHERE email_lc = $1 AND disabled_at IS NULL`, email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Session{}, err
	}
	right, err := s.Passwords.Matches(ctx, found.PasswordHash, password)
	if err != nil {
		return Session{}, err
	}
	if !right {
		return Session{}, errWrongPair()
	}
	if err := s.forget(ctx, pairBucket(r, email)); err != nil {
		return Session{}, err
	}
	return s.begin(ctx, found.ID)
}

// begin notes that the password was right, and makes the secret of an operator who has no second factor yet.
func (s *Service) begin(ctx context.Context, operator id.ID) (Session, error) {
	sealed, err := s.Keys.Seal(operator, []byte(totp.NewSecret()))
	if err != nil {
		return Session{}, err
	}
	step := Session{Token: secret.Token()}
	got, err := pg.SystemOne[struct{ ExpiresAt time.Time }](ctx, s.System, `WITH made AS (
			UPDATE platform.operators SET totp_sealed = $4 WHERE id = $2 AND totp_sealed IS NULL)
		INSERT INTO platform.operator_sessions (id, operator_id, token_hash, proved, created_at, last_used_at, expires_at)
		VALUES ($1, $2, $3, 'password', platform.now(), platform.now(), platform.now() + $5::interval) RETURNING expires_at`, id.New(), operator, secret.Hash(step.Token), sealed, stepLife)
	step.ExpiresAt = got.ExpiresAt
	return step, err
}

// factor is what a step knows of its operator's second factor.
type factor struct {
	SessionID  id.ID
	OperatorID id.ID
	Email      string
	Sealed     []byte
	Confirmed  bool
	Now        time.Time
}

func (s *Service) factorOf(ctx context.Context, step string) (factor, error) {
	f, err := pg.SystemOne[factor](ctx, s.System, `SELECT s.id AS session_id, o.id AS operator_id, o.email, o.totp_sealed AS sealed, o.totp_confirmed_at IS NOT NULL AS confirmed, platform.now() AS now
		FROM platform.operator_sessions s JOIN platform.operators o ON o.id = s.operator_id
		WHERE s.token_hash = $1 AND s.proved = 'password' AND s.ended_at IS NULL AND s.expires_at > platform.now() AND o.disabled_at IS NULL`, secret.Hash(step))
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Invalid, "sign-in-over", "This log-in took too long. Start again.")
	}
	return f, err
}

// Enrollment shows the authenticator that an operator has to set up now. One who has done so is shown nothing.
func (s *Service) Enrollment(ctx context.Context, step string) (app identity.Authenticator, needed bool, err error) {
	f, err := s.factorOf(ctx, step)
	if err != nil || f.Confirmed {
		return app, false, err
	}
	plain, err := s.Keys.Open(f.OperatorID, f.Sealed)
	if err != nil {
		return app, false, err
	}
	return identity.Authenticator{Secret: string(plain), URL: totp.URL("Fence Platform operators", f.Email, string(plain))}, true, nil
}

// Finish opens the session for a code of the authenticator. The first code ever also confirms that its operator has it.
func (s *Service) Finish(ctx context.Context, step, code string) (session Session, err error) {
	defer func() { s.tell("second_factor", err) }()
	f, err := s.factorOf(ctx, step)
	if err != nil {
		return Session{}, err
	}
	if err := s.count(ctx, codeBucket(f.OperatorID)); err != nil {
		return Session{}, err
	}
	plain, err := s.Keys.Open(f.OperatorID, f.Sealed)
	if err != nil {
		return Session{}, err
	}
	taken, err := totp.Match(string(plain), strings.ReplaceAll(code, " ", ""), f.Now)
	if err != nil {
		return Session{}, err
	}
	session = Session{Token: secret.Token()}
	// A code that was taken, and all before it, are used up. The session gets another token than the step had.
	got, err := pg.SystemOne[struct{ ExpiresAt time.Time }](ctx, s.System, `WITH o AS (
			UPDATE platform.operators SET totp_last_step = $2, totp_confirmed_at = coalesce(totp_confirmed_at, platform.now())
			WHERE id = $1 AND totp_last_step < $2 AND disabled_at IS NULL RETURNING id)
		UPDATE platform.operator_sessions s SET token_hash = $4, proved = 'second_factor', created_at = platform.now(), last_used_at = platform.now(), expires_at = platform.now() + $5::interval
		FROM o WHERE s.id = $3 AND s.operator_id = o.id AND s.proved = 'password' RETURNING s.expires_at`, f.OperatorID, taken, f.SessionID, secret.Hash(session.Token), sessionLife)
	if taken == 0 || fault.Is(err, fault.NotFound) {
		return Session{}, fault.New(fault.Unauthenticated, "wrong-code", "This code is not right, or it was used already. Wait for the next one.")
	}
	if err != nil {
		return Session{}, err
	}
	session.ExpiresAt = got.ExpiresAt
	s.Log.Info("operator logged in", "operator", f.OperatorID)
	return session, s.forget(ctx, codeBucket(f.OperatorID))
}

// Authenticate finds whose session a token is. It asks the database each time: what ended, ended.
func (s *Service) Authenticate(ctx context.Context, token string) (Account, error) {
	a, err := pg.SystemOne[Account](ctx, s.System, `UPDATE platform.operator_sessions s SET last_used_at = platform.now() FROM platform.operators o
		WHERE s.token_hash = $1 AND s.proved = 'second_factor' AND s.ended_at IS NULL AND s.expires_at > platform.now() AND s.last_used_at > platform.now() - $2::interval
			AND o.id = s.operator_id AND o.disabled_at IS NULL AND o.totp_confirmed_at IS NOT NULL
		RETURNING `+accountColumns, secret.Hash(token), idleLife)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Unauthenticated, "unauthenticated", "Log in to go on.")
	}
	return a, err
}

// SignOut ends the session. One that is over already is left as it is.
func (s *Service) SignOut(ctx context.Context, token string) error {
	_, err := pg.SystemRows[struct{ ID id.ID }](ctx, s.System, `UPDATE platform.operator_sessions SET ended_at = platform.now() WHERE token_hash = $1 AND ended_at IS NULL RETURNING id`, secret.Hash(token))
	return err
}

func (s *Service) tell(step string, err error) {
	if s.Told != nil {
		s.Told(step, err)
	}
}

func errWrongPair() error {
	return fault.New(fault.Unauthenticated, "wrong-sign-in", "E-mail or password is not right.")
}
