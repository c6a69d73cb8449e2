package identity

import (
	"context"
	"encoding/json" // the library's documents are written for it: its omitempty means another thing elsewhere
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Passkey is a key on one of a person's devices; we have its public half. It works on the company's own host only.
type Passkey struct {
	ID         id.ID
	Name       string
	CreatedAt  time.Time
	LastUsedAt *time.Time
}

const (
	maxPasskeys   = 20
	challengeLife = 5 * time.Minute
)

// Challenge is what a device is asked to sign: the options as the browser wants them, and the name under which the
// answer comes back.
type Challenge struct {
	ID      id.ID
	Options []byte // JSON
}

func queuePasskeys(r *pg.Reading, a tenancy.Actor, dst *[]Passkey) {
	pg.All(r, dst, `SELECT id, name, created_at, last_used_at FROM app.passkeys WHERE org_id = $1 AND user_id = $2 ORDER BY created_at, id LIMIT 50`, a.Tenant().Org(), a.UserID)
}

// relyingParty is the company's own host: a passkey of one company is unknown to every other.
func (s *Service) relyingParty(org tenancy.Organization) (*webauthn.WebAuthn, error) {
	origin := s.notify.Site.Of(org.Slug, "")
	u, err := url.Parse(origin)
	if err != nil {
		return nil, err
	}
	return webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: org.Name, RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		// The device asks for finger, face or PIN: so a passkey is two factors in one.
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired},
	})
}

// keyHolder is a person as the library wants to see one.
type keyHolder struct {
	user        User
	credentials []webauthn.Credential
}

func (h keyHolder) WebAuthnID() []byte                         { return h.user.ID[:] }
func (h keyHolder) WebAuthnName() string                       { return h.user.Email }
func (h keyHolder) WebAuthnDisplayName() string                { return h.user.Name }
func (h keyHolder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

func holderOf(tx *pg.OrgTx, u User) (keyHolder, error) {
	h := keyHolder{user: u}
	rows, err := tx.Query(`SELECT credential FROM app.passkeys WHERE org_id = $1 AND user_id = $2 LIMIT 50`, tx.Tenant().Org(), u.ID)
	if err != nil {
		return h, err
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	for _, text := range texts {
		var c webauthn.Credential
		if err := json.Unmarshal(text, &c); err != nil {
			return h, err
		}
		h.credentials = append(h.credentials, c)
	}
	return h, err
}

// ask stores what a device is asked, so that its answer is taken once.
func ask(tx *pg.OrgTx, person *id.ID, purpose string, asked *webauthn.SessionData, options any) (Challenge, error) {
	kept, err := json.Marshal(asked)
	if err != nil {
		return Challenge{}, err
	}
	c := Challenge{ID: id.New()}
	if c.Options, err = json.Marshal(options); err != nil {
		return Challenge{}, err
	}
	tx.AtCommit(pg.Plain, `DELETE FROM app.passkey_challenges WHERE org_id = $1 AND id IN (
		SELECT id FROM app.passkey_challenges WHERE org_id = $1 AND expires_at < $2 LIMIT 100 FOR UPDATE SKIP LOCKED)`, tx.Tenant().Org(), tx.Now())
	tx.AtCommit(pg.Plain, `INSERT INTO app.passkey_challenges (org_id, id, user_id, purpose, asked, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.Tenant().Org(), c.ID, person, purpose, kept, tx.Now(), tx.Now().Add(challengeLife))
	return c, nil
}

// asked takes a challenge back, once.
func asked(tx *pg.OrgTx, challenge id.ID, purpose string) (webauthn.SessionData, *id.ID, error) {
	var of webauthn.SessionData
	var person *id.ID
	var kept []byte
	rows, err := tx.Query(`DELETE FROM app.passkey_challenges WHERE org_id = $1 AND id = $2 AND purpose = $3 AND expires_at > $4 RETURNING user_id, asked`,
		tx.Tenant().Org(), challenge, purpose, tx.Now())
	if err != nil {
		return of, nil, err
	}
	found := false
	if _, err = pgx.ForEachRow(rows, []any{&person, &kept}, func() error { found = true; return nil }); err != nil {
		return of, nil, err
	}
	if !found {
		return of, nil, errPasskey()
	}
	err = json.Unmarshal(kept, &of)
	// The library looks at the wall's clock, we have asked the database's.
	of.Expires = time.Time{}
	return of, person, err
}

func errPasskey() error {
	return fault.New(fault.Unauthenticated, "passkey-refused", "This passkey did not work here. Try again, or log in with your password.")
}

// BeginPasskey asks a device of the actor for a new passkey.
func (s *Service) BeginPasskey(ctx context.Context, a tenancy.Actor, password string) (Challenge, error) {
	if err := s.confirm(ctx, a, password); err != nil {
		return Challenge{}, err
	}
	party, err := s.relyingParty(a.Org)
	if err != nil {
		return Challenge{}, err
	}
	var c Challenge
	err = s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		u, err := findUser(tx, a.UserID)
		if err != nil {
			return err
		}
		h, err := holderOf(tx, u)
		if err != nil {
			return err
		}
		if len(h.credentials) >= maxPasskeys {
			return fault.New(fault.Conflict, "too-many-passkeys", "You have %d passkeys. Remove one that you do not use.", maxPasskeys)
		}
		options, data, err := party.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.credentials).CredentialDescriptors()))
		if err != nil {
			return err
		}
		c, err = ask(tx, &a.UserID, "register", data, options.Response)
		return err
	})
	return c, err
}

// AddPasskeyInput is a device's answer.
type AddPasskeyInput struct {
	Challenge id.ID
	Answer    string // JSON
	Name      string
}

// maxPasskeyAnswer bounds what is parsed; devices send some kilobytes.
const maxPasskeyAnswer = 64 << 10

// AddPasskey keeps the public half of a new passkey. Other devices are signed out, this one gets a new token.
func (s *Service) AddPasskey(ctx context.Context, a tenancy.Actor, in AddPasskeyInput) (Session, error) {
	if err := itself(a); err != nil {
		return Session{}, err
	}
	name := strings.TrimSpace(in.Name)
	if name == "" {
		name = device(a.Request.UserAgent)
	}
	if utf8.RuneCountInString(name) > 80 || strings.ContainsFunc(name, hidden) {
		return Session{}, fault.InvalidField("/name", "Name the passkey with 1 to 80 characters, as the device that has it.")
	}
	party, err := s.relyingParty(a.Org)
	if err != nil {
		return Session{}, err
	}
	if len(in.Answer) > maxPasskeyAnswer {
		return Session{}, errPasskey()
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes([]byte(in.Answer))
	if err != nil {
		return Session{}, errPasskey()
	}
	defer s.recent.forgetOrg(a.Tenant())
	var session Session
	err = s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		data, person, err := asked(tx, in.Challenge, "register")
		if err != nil {
			return err
		}
		if person == nil || *person != a.UserID {
			return errPasskey()
		}
		u, err := findUser(tx, a.UserID)
		if err != nil {
			return err
		}
		made, err := party.CreateCredential(keyHolder{user: u}, data, answer)
		if err != nil {
			return fault.As(errPasskey()).Because(err)
		}
		if err := keepPasskey(tx, a.UserID, name, made); err != nil {
			return err
		}
		if session, err = s.renew(tx, a); err != nil {
			return err
		}
		if err := s.notify.SecurityNotice(tx, a.Org, u.Email, "A passkey was added", "The passkey \""+name+"\" can now log in as "+u.Email+"."); err != nil {
			return err
		}
		return audit.Record(tx, a, audit.Deed{Action: "second_factor.added", RecordType: "person", RecordID: a.UserID, After: map[string]string{"kind": "passkey", "name": name}})
	})
	return session, err
}

func keepPasskey(tx *pg.OrgTx, person id.ID, name string, c *webauthn.Credential) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO app.passkeys (org_id, id, user_id, credential_id, credential, name, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.Tenant().Org(), id.New(), person, c.ID, text, name, tx.Now())
	if pg.Violates(err, "passkeys_credential") {
		return fault.New(fault.Conflict, "passkey-known", "This passkey is here already.")
	}
	return err
}

// RemovePasskey forgets one of the actor's passkeys.
func (s *Service) RemovePasskey(ctx context.Context, a tenancy.Actor, passkey id.ID, password string) (Session, error) {
	if err := s.confirm(ctx, a, password); err != nil {
		return Session{}, err
	}
	defer s.recent.forgetOrg(a.Tenant())
	var session Session
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		tag, err := tx.Exec(`DELETE FROM app.passkeys WHERE org_id = $1 AND user_id = $2 AND id = $3`, tx.Tenant().Org(), a.UserID, passkey)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.Missing()
		}
		session, err = s.factorGone(tx, a, "passkey", "A passkey was removed")
		return err
	})
	return session, err
}
