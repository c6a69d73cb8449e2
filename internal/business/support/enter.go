package support

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// codeLife is how long the code works that carries an operator from the apex to the company's host.
const codeLife = time.Minute

// tokenPrefix tells a reader of logs what a leaked credential is.
const tokenPrefix = "fo_"

// IsToken tells whether a cookie is support's, so that nobody else has to look it up.
func IsToken(token string) bool { return strings.HasPrefix(token, tokenPrefix) }

// runs is true of an access a that its operator has now.
const runs = ` AND a.state = 'granted' AND a.expires_at > app.now() AND platform.operator_works(a.operator_id)`

// Open makes the one-time code with which an operator goes in. An older one is worth nothing from then on.
func (s *Service) Open(ctx context.Context, op operator.Account, r tenancy.Request, wanted id.ID) (host, code string, err error) {
	l, err := s.line(ctx, op, wanted)
	if err != nil {
		return "", "", err
	}
	door, err := s.asOperator(ctx, op, r, l.Host)
	if err != nil {
		return "", "", err
	}
	code = secret.Token()
	err = s.db.InOrg(ctx, door.Tenant(), func(tx *pg.OrgTx) error {
		tag, err := tx.Exec(`UPDATE app.support_access a SET code_hash = $4, code_expires_at = $5 WHERE a.org_id = $1 AND a.id = $2 AND a.operator_id = $3`+runs,
			tx.Tenant().Org(), wanted, op.ID, secret.Hash(code), tx.Now().Add(codeLife))
		if err == nil && tag.RowsAffected() == 0 {
			err = fault.New(fault.Conflict, "support-over", "This access is over, or it was not granted.")
		}
		return err
	})
	return l.Host, code, err
}

// Session is an operator's stay on a company's host. Its token is shown this once.
type Session struct {
	Token     string
	ExpiresAt time.Time
}

// guest is an operator whom the owner let in.
type guest struct {
	AccessID     id.ID
	SessionID    id.ID
	OperatorID   id.ID
	OperatorName string
	Purpose      string
	Writes       bool
	ExpiresAt    time.Time
	DecidedBy    id.ID
	DeciderName  string
}

const guestColumns = `a.id AS access_id, a.operator_id, a.operator_name, a.purpose, a.writes, a.expires_at, a.decided_by,
	(SELECT u.name FROM app.users u WHERE u.org_id = a.org_id AND u.id = a.decided_by) AS decider_name`

// actor goes in as the office does, with what is left of its rights.
func (g guest) actor(visitor tenancy.Actor) tenancy.Actor {
	let := tenancy.SupportAccess{ID: g.AccessID, Writes: g.Writes, Until: g.ExpiresAt, Purpose: g.Purpose}
	a := visitor.Supporting(g.OperatorID, g.OperatorName, let, g.DecidedBy, g.DeciderName, identity.Office.Permissions())
	a.SessionID = g.SessionID
	return a
}

// Enter takes the code, once, and opens the session.
func (s *Service) Enter(ctx context.Context, visitor tenancy.Actor, code string) (session Session, err error) {
	if s.Told != nil {
		defer func() { s.Told(err) }()
	}
	session = Session{Token: tokenPrefix + secret.Token()}
	err = s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		org, opened := tx.Tenant().Org(), id.New()
		g, err := pg.CollectOne[guest](tx, `UPDATE app.support_access a SET code_hash = NULL, code_expires_at = NULL
			WHERE a.org_id = $1 AND a.code_hash = $2 AND a.code_expires_at > app.now()`+runs+` RETURNING $3::uuid AS session_id, `+guestColumns, org, secret.Hash(code), opened)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.Invalid, "link-used", "This link was used already, or it is too old. Open the access again.")
		}
		if err != nil {
			return err
		}
		session.ExpiresAt = g.ExpiresAt
		tx.AtCommit(pg.Plain, `INSERT INTO app.support_sessions (org_id, id, access_id, token_hash, ip, user_agent, created_at) VALUES ($1, $2, $3, $4, $5, left($6, 300), $7)`,
			org, opened, g.AccessID, secret.Hash(session.Token), visitor.Request.IP, visitor.Request.UserAgent, tx.Now())
		s.log.Info("support entered", "organization", org, "operator", g.OperatorID, "access", g.AccessID)
		return audit.Record(tx, g.actor(visitor), audit.Deed{Action: "support.entered", RecordType: "support_access", RecordID: g.AccessID})
	})
	return session, err
}

// Authenticate finds whose session a token is. It asks the database each time, so that what ended, ended.
func (s *Service) Authenticate(ctx context.Context, t pg.Tenant, token string) (tenancy.Actor, time.Time, error) {
	var g guest
	var of tenancy.Organization
	now, err := s.db.Read(ctx, t, func(r *pg.Reading) {
		pg.One(r, &g, `SELECT s.id AS session_id, `+guestColumns+` FROM app.support_sessions s JOIN app.support_access a ON a.org_id = s.org_id AND a.id = s.access_id
			WHERE s.org_id = $1 AND s.token_hash = $2`+runs, t.Org(), secret.Hash(token))
		tenancy.QueueOrganization(r, t, &of)
	})
	if fault.Is(err, fault.NotFound) {
		return tenancy.Actor{}, now, errOver()
	}
	if err != nil {
		return tenancy.Actor{}, now, err
	}
	return g.actor(tenancy.Of(t, of)), now, nil
}

// viewed is what the log says about a view.
type viewed struct {
	Page string `json:"page"`
}

// NoteView writes into the company's log that support asks for a page, before it is answered: what cannot be noted is
// not shown. Access that has ended meanwhile is over.
func (s *Service) NoteView(ctx context.Context, a tenancy.Actor, page string) error {
	err := s.db.InOrg(ctx, a.Noting(), func(tx *pg.OrgTx) error {
		var still bool
		err := tx.QueryRow(`SELECT true FROM app.support_access a WHERE a.org_id = $1 AND a.id = $2`+runs+` FOR SHARE OF a`, tx.Tenant().Org(), a.Support.ID).Scan(&still)
		if errors.Is(err, pgx.ErrNoRows) {
			return errOver()
		}
		if err != nil {
			return err
		}
		return audit.Record(tx, a, audit.Deed{Action: "support.viewed", RecordType: "support_access", RecordID: a.Support.ID, After: viewed{page}})
	})
	if err == nil || fault.Is(err, fault.Unauthenticated) {
		return err
	}
	return fault.New(fault.Unavailable, "support-not-noted", "This view could not be noted in the company's log, so it is not shown. Try again in a moment.").Because(err)
}

func errOver() error {
	return fault.New(fault.Unauthenticated, "unauthenticated", "Log in to go on.")
}
