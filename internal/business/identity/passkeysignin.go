package identity

import (
	"context"
	"encoding/json" // as in passkey.go
	"errors"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// BeginPasskeySignIn asks for a passkey of whoever it is; with the step of a sign-in under way, for one of that
// person. Questions are counted by place: each is a row.
func (s *Service) BeginPasskeySignIn(ctx context.Context, visitor tenancy.Actor, step string) (Challenge, error) {
	party, err := s.relyingParty(visitor.Org)
	if err != nil {
		return Challenge{}, err
	}
	var c Challenge
	err = s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		if err := count(tx, []bucket{{"asked:" + placeBucket(visitor), maxFailuresPlace}}, func(*pgx.Batch) {}); err != nil {
			return err
		}
		var whose *id.ID
		options, data, err := party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
		if step != "" {
			u, stepErr := takeStep(tx, step)
			if stepErr != nil {
				return stepErr
			}
			h, holderErr := holderOf(tx, u.User)
			if holderErr != nil {
				return holderErr
			}
			whose = &u.ID
			options.Response.AllowedCredentials = webauthn.Credentials(h.credentials).CredentialDescriptors()
		}
		if err != nil {
			return err
		}
		c, err = ask(tx, whose, "sign_in", data, options.Response)
		return err
	})
	return c, err
}

// PasskeySignInInput is a device's answer.
type PasskeySignInInput struct {
	Challenge id.ID
	Answer    string // JSON
	Step      string // of a sign-in under way
	Device    string // the token of a known device
}

// SignInWithPasskey opens a session for the holder of a passkey: alone, because the device asked for finger, face or
// PIN, or as the second factor of a sign-in under way.
func (s *Service) SignInWithPasskey(ctx context.Context, visitor tenancy.Actor, in PasskeySignInInput) (Session, error) {
	party, err := s.relyingParty(visitor.Org)
	if err != nil {
		return Session{}, err
	}
	if len(in.Answer) > maxPasskeyAnswer {
		return Session{}, errPasskey()
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(in.Answer))
	if err != nil {
		return Session{}, errPasskey()
	}
	var session Session
	var refused error
	err = s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		session, refused = Session{}, nil
		u, proof, err := s.provePasskey(tx, party, answer, in)
		if fault.Is(err, fault.Unauthenticated) || fault.Is(err, fault.Invalid) {
			refused = err // the question was answered: it is used up
			return nil
		}
		if err != nil {
			return err
		}
		if in.Step == "" {
			if only, err := onlyWay(tx, visitor, u.Role); err != nil || only != "" {
				refused = errSignOnRequired(only)
				return err
			}
		}
		known, err := knownDevice(tx, u.Email, in.Device)
		if err != nil {
			return err
		}
		session, err = s.enter(tx, visitor, u, InBrowser, proof, known)
		return err
	})
	if err == nil {
		err = refused
	}
	return session, err
}

// provePasskey tells whose passkey gave the answer.
func (s *Service) provePasskey(tx *pg.OrgTx, party *webauthn.WebAuthn, answer *protocol.ParsedCredentialAssertionData, in PasskeySignInInput) (User, Proof, error) {
	data, whose, err := asked(tx, in.Challenge, "sign_in")
	if err != nil {
		return User{}, Proof{}, err
	}
	var holder keyHolder
	find := func(rawID, userHandle []byte) (webauthn.User, error) {
		u, err := passkeyUser(tx, rawID)
		if err == nil {
			holder, err = holderOf(tx, u)
		}
		return holder, err
	}
	used, err := party.ValidateDiscoverableLogin(find, data, answer)
	if err != nil {
		return User{}, Proof{}, fault.As(errPasskey()).Because(err)
	}
	u := holder.user
	if whose != nil && *whose != u.ID {
		return User{}, Proof{}, errPasskey()
	}
	if used.Authenticator.CloneWarning {
		return User{}, Proof{}, errPasskey() // its counter went back: there are two of it
	}
	proof := Proof{By: "passkey"}
	if in.Step != "" {
		of, err := takeStep(tx, in.Step)
		if err != nil {
			return User{}, Proof{}, err
		}
		if of.ID != u.ID {
			return User{}, Proof{}, errPasskey()
		}
		endStep(tx, in.Step)
		proof = Proof{By: of.ProvedBy, Second: "passkey"}
	}
	return u, proof, usedPasskey(tx, used, tx.Now())
}

// passkeyUser finds whose passkey it is.
func passkeyUser(tx *pg.OrgTx, credential []byte) (User, error) {
	u, err := pg.CollectOne[User](tx, `SELECT `+userColumns+` FROM app.passkeys p JOIN app.users u ON u.org_id = p.org_id AND u.id = p.user_id
		WHERE p.org_id = $1 AND p.credential_id = $2 AND u.deactivated_at IS NULL`, tx.Tenant().Org(), credential)
	if errors.Is(err, pgx.ErrNoRows) {
		err = errPasskey()
	}
	return u, err
}

func usedPasskey(tx *pg.OrgTx, c *webauthn.Credential, at time.Time) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	tx.AtCommit(pg.Plain, `UPDATE app.passkeys SET credential = $3, last_used_at = $4 WHERE org_id = $1 AND credential_id = $2`, tx.Tenant().Org(), c.ID, text, at)
	return nil
}
