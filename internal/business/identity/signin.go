package identity

import (
	"context"
	"strings"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SignInInput is what a person types.
type SignInInput struct {
	Email    string
	Password string
	Kind     SessionKind
}

// SignIn opens a session for a person of the visitor's organization. Which of address and password was wrong
// is not told, and takes as long either way.
func (s *Service) SignIn(ctx context.Context, visitor tenancy.Actor, in SignInInput) (Session, error) {
	email := strings.ToLower(strings.TrimSpace(in.Email))
	if email == "" || in.Password == "" || len(in.Password) > maxPassword || len(email) > 254 || strings.ContainsRune(email+in.Password, 0) {
		return Session{}, errWrongPair()
	}
	found, err := s.attempt(ctx, visitor, email)
	if err != nil {
		return Session{}, err
	}
	right, err := s.passwords.Matches(ctx, found.PasswordHash, in.Password)
	if err != nil {
		return Session{}, err
	}
	if !right {
		return Session{}, errWrongPair()
	}
	var session Session
	err = s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		forgetAttempt(tx, visitor, email)
		session, err = openSession(tx, visitor, found.User, in.Kind)
		return err
	})
	return session, err
}

func errWrongPair() error {
	return fault.New(fault.Unauthenticated, "wrong-sign-in", "E-mail or password is not right.")
}

// Prove tells who a person is by address and password, without opening a session.
func (s *Service) Prove(ctx context.Context, a tenancy.Actor, email, password string) (id.ID, error) {
	var who id.ID
	var stored string
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&who, &stored}, `SELECT id, password_hash FROM app.users WHERE org_id = $1 AND email_lc = lower($2) AND deactivated_at IS NULL`, a.Tenant().Org(), email)
	})
	if err != nil && !fault.Is(err, fault.NotFound) {
		return id.Nil, err
	}
	right, err := s.passwords.Matches(ctx, stored, password)
	if err != nil {
		return id.Nil, err
	}
	if !right {
		return id.Nil, errWrongPair()
	}
	return who, nil
}
