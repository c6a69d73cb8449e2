package identity

import (
	"cmp"
	"context"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SignInInput is what a person types, and what their browser remembers.
type SignInInput struct {
	Email    string
	Password string
	Kind     SessionKind
	Code     string // of a program: the second factor travels with the password
	Device   string // the token of a known device
}

// SignIn opens a session for a person of the visitor's organization, or asks a browser for the second factor: then
// the answer has nothing but a Step. Which of address and password was wrong is not told, and takes as long either
// way.
func (s *Service) SignIn(ctx context.Context, visitor tenancy.Actor, in SignInInput) (Session, error) {
	email := strings.ToLower(strings.TrimSpace(in.Email))
	if email == "" || in.Password == "" || len(in.Password) > maxPassword || len(email) > 254 || strings.ContainsRune(email+in.Password, 0) {
		return Session{}, errWrongPair()
	}
	found, err := s.attempt(ctx, visitor, email, in.Device)
	if err != nil {
		return Session{}, err
	}
	right, err := s.passwords.Matches(ctx, found.PasswordHash, in.Password)
	if err != nil {
		return Session{}, err
	}
	if !right {
		s.sprays.add(visitor.Request.Network(), time.Now())
		return Session{}, errWrongPair()
	}
	if found.HasSecond && in.Kind == AsToken {
		return s.signInWithCode(ctx, visitor, found, email, in.Code)
	}
	var session Session
	var refused error
	err = s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		forgetAttempt(tx, visitor, email, found.Device)
		session, refused, err = s.proven(tx, visitor, found, in.Kind, "password")
		return err
	})
	if err == nil {
		err = refused
	}
	return session, err
}

// proven goes on after the password: to the session or to the second factor, unless the company has another only way in.
func (s *Service) proven(tx *pg.OrgTx, visitor tenancy.Actor, found candidate, kind SessionKind, by string) (session Session, refused, err error) {
	if only, err := onlyWay(tx, visitor, found.Role); err != nil || only != "" {
		return session, errSignOnRequired(only), err
	}
	if found.HasSecond {
		session = Session{Kind: kind, User: found.User}
		session.Step, err = beginStep(tx, found.ID, "password")
		return session, nil, err
	}
	session, err = s.enter(tx, visitor, found.User, kind, Proof{By: by}, found.Device)
	return session, nil, err
}

// enter opens the session of somebody who proved everything that was asked for, and knows their browser from now on.
func (s *Service) enter(tx *pg.OrgTx, visitor tenancy.Actor, u User, kind SessionKind, proof Proof, device id.ID) (Session, error) {
	session, err := s.openSession(tx, visitor, u, kind, proof)
	if err != nil {
		return Session{}, err
	}
	if kind == AsToken && session.MustEnroll {
		return Session{}, fault.New(fault.Forbidden, "second-factor-required", "Your company asks for a second factor. Set one up in your browser, then log in with its code.")
	}
	if kind == InBrowser && device == id.Nil {
		session.Device = rememberDevice(tx, u.ID)
	}
	return session, nil
}

// signInWithCode is the sign-in of a program whose person has a second factor.
func (s *Service) signInWithCode(ctx context.Context, visitor tenancy.Actor, found candidate, email, code string) (Session, error) {
	if code == "" {
		return Session{}, fault.New(fault.Unauthenticated, "second-factor-needed", "This person has a second factor. Send its code too.")
	}
	return s.second(ctx, visitor, code, func(tx *pg.OrgTx) (second, error) {
		if only, err := onlyWay(tx, visitor, found.Role); err != nil || only != "" {
			return second{}, cmp.Or(err, errSignOnRequired(only))
		}
		forgetAttempt(tx, visitor, email, found.Device)
		return second{user: found.User, by: "password", kind: AsToken, device: found.Device}, nil
	})
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
