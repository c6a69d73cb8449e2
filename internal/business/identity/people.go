package identity

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// Invitation asks somebody to become a user.
type Invitation struct {
	ID        id.ID     `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Role      Role      `json:"role"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

const invitationColumns = `i.id, i.email, i.name, i.role, i.created_at, i.expires_at`

// People are the users of a company and who was asked to join.
type People struct {
	Users       []User
	Invitations []Invitation
	Seats       usage.Standing
	Facts       map[id.ID]PersonFacts
}

// PersonFacts are what the list of people says beside who they are.
type PersonFacts struct {
	SecondFactor bool
	LastSeenAt   *time.Time // to a few minutes
}

// factColumns are PersonFacts of a user u.
const factColumns = `EXISTS (SELECT FROM app.totp_secrets t WHERE t.org_id = $1 AND t.user_id = u.id AND t.confirmed_at IS NOT NULL)
			OR EXISTS (SELECT FROM app.passkeys p WHERE p.org_id = $1 AND p.user_id = u.id) AS second_factor,
		(SELECT max(coalesce(s.last_used_at, s.created_at)) FROM app.sessions s WHERE s.org_id = $1 AND s.user_id = u.id) AS last_seen_at`

// People lists everybody, the owner first.
func (s *Service) People(ctx context.Context, a tenancy.Actor) (People, error) {
	if err := a.Require(tenancy.PeopleRead); err != nil {
		return People{}, err
	}
	var p People
	var used map[plan.Metric]int64
	var listed []struct {
		User
		PersonFacts
	}
	now, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &listed, `SELECT `+userColumns+`, `+factColumns+` FROM app.users u WHERE u.org_id = $1 ORDER BY u.created_at, u.id LIMIT 1000`, a.Tenant().Org())
		pg.All(r, &p.Invitations, `SELECT `+invitationColumns+` FROM app.invitations i
			WHERE i.org_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL ORDER BY i.created_at DESC, i.id LIMIT 1000`, a.Tenant().Org())
		usage.QueueStandings(r, a.Tenant(), &used)
	})
	p.Facts = map[id.ID]PersonFacts{}
	for _, l := range listed {
		p.Users = append(p.Users, l.User)
		p.Facts[l.ID] = l.PersonFacts
	}
	if err == nil {
		p.Seats = usage.Standings(a, used, now)[0]
	}
	return p, err
}

// PersonView is one person with what is known of them.
type PersonView struct {
	User
	PersonFacts
	SignOn    bool // the company's provider knows them
	OnlyOwner bool `db:"-"` // the company would be without one
	Keys      int  `db:"-"` // API keys that rest with the person
	Invited   int  `db:"-"` // open invitations in the person's name
	Work      Work `db:"-"` // what waits for the person
}

// Person reads one person of the company.
func (s *Service) Person(ctx context.Context, a tenancy.Actor, who id.ID) (PersonView, error) {
	if err := a.Require(tenancy.PeopleRead); err != nil {
		return PersonView{}, err
	}
	var v PersonView
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.One(r, &v, `SELECT `+userColumns+`, `+factColumns+`,
			EXISTS (SELECT FROM app.sign_on_links l WHERE l.org_id = $1 AND l.user_id = u.id) AS sign_on
			FROM app.users u WHERE u.org_id = $1 AND u.id = $2`, a.Tenant().Org(), who)
		r.Row([]any{&v.OnlyOwner, &v.Keys, &v.Invited, &v.Work.Leads, &v.Work.Appointments}, `SELECT NOT EXISTS (SELECT FROM app.users o WHERE o.org_id = $1 AND o.role = 'owner' AND o.deactivated_at IS NULL AND o.id <> $2),
			(SELECT count(*) FROM app.api_keys k WHERE k.org_id = $1 AND k.user_id = $2 AND k.revoked_at IS NULL),
			(SELECT count(*) FROM app.invitations i WHERE i.org_id = $1 AND i.invited_by = $2 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > app.now()),
			`+workColumns, a.Tenant().Org(), who)
	})
	return v, err
}

// InviteInput says who is asked to join, and as what.
type InviteInput struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Role  Role   `json:"role"`
}

func (in *InviteInput) clean() error {
	var p fault.Problems
	var err error
	if in.Email, err = CleanEmail(in.Email); err != nil {
		p.Under("", err)
	}
	if in.Name != "" {
		if in.Name, err = CleanName(in.Name); err != nil {
			p.Under("", err)
		}
	}
	if !in.Role.Known() || in.Role == Owner {
		p.Add("/role", "Choose admin, office, estimator, crew or accountant.")
	}
	return p.Err()
}

const invitationLife = 7 * 24 * time.Hour

// Invite mails somebody a link to join. Inviting an address again replaces the link.
func (s *Service) Invite(ctx context.Context, a tenancy.Actor, in InviteInput) (Invitation, error) {
	if err := in.clean(); err != nil {
		return Invitation{}, err
	}
	if err := a.Require(tenancy.PeopleWrite); err != nil {
		return Invitation{}, err
	}
	return tenancy.Once(ctx, s.db, a, "people.invite", in, func(tx *pg.OrgTx) (Invitation, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return Invitation{}, err
		}
		if err := s.roomForOneMore(tx, a, in.Email); err != nil {
			return Invitation{}, err
		}
		code := secret.Token()
		i := Invitation{ID: id.New(), Email: in.Email, Name: in.Name, Role: in.Role, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(invitationLife)}
		org := tx.Tenant().Org()
		if _, err := tx.Exec(`UPDATE app.invitations SET revoked_at = $3 WHERE org_id = $1 AND email_lc = lower($2) AND accepted_at IS NULL AND revoked_at IS NULL`, org, in.Email, tx.Now()); err != nil {
			return Invitation{}, err
		}
		if _, err := tx.Exec(`INSERT INTO app.invitations (org_id, id, email, name, role, invited_by, code_hash, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, org, i.ID, i.Email, i.Name, i.Role, a.UserID, secret.Hash(code), i.CreatedAt, i.ExpiresAt); err != nil {
			if pg.Violates(err, "invitations_one_open") {
				return Invitation{}, fault.New(fault.Conflict, "invited-meanwhile", "Somebody else invited this person a moment ago.")
			}
			return Invitation{}, err
		}
		if err := s.notify.Invite(tx, a.Org, a.Name, i.Email, i.Role.Label(), code); err != nil {
			return Invitation{}, err
		}
		return i, audit.Record(tx, a, audit.Deed{Action: "person.invited", RecordType: "invitation", RecordID: i.ID, After: i})
	})
}

// roomForOneMore refuses an invitation that could not be accepted. The seat itself is counted at joining.
func (s *Service) roomForOneMore(tx *pg.OrgTx, a tenancy.Actor, email string) error {
	var known bool
	var used int64
	err := tx.QueryRow(`SELECT EXISTS (SELECT FROM app.users WHERE org_id = $1 AND email_lc = lower($2)),
		coalesce((SELECT used FROM app.usage_levels WHERE org_id = $1 AND metric = $3), 0)`, tx.Tenant().Org(), email, plan.Users).Scan(&known, &used)
	if err != nil {
		return err
	}
	if known {
		return fault.InvalidField("/email", "This person is in your company already.")
	}
	if limit := a.Entitlements(tx.Now()).Limit(plan.Users); limit != plan.Unlimited && used >= limit {
		return usage.Reached(a, plan.Users, used, limit, nil)
	}
	return nil
}

// Invited reads the invitation of a mailed link, for the page that asks for name and password.
func (s *Service) Invited(ctx context.Context, visitor tenancy.Actor, code string) (Invitation, error) {
	var i Invitation
	_, err := s.db.Read(ctx, visitor.Tenant(), func(r *pg.Reading) {
		pg.One(r, &i, `SELECT `+invitationColumns+` FROM app.invitations i WHERE i.org_id = $1 AND i.code_hash = $2
			AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > app.now()`, visitor.Tenant().Org(), secret.Hash(code))
	})
	if fault.Is(err, fault.NotFound) {
		return Invitation{}, errUsedCode()
	}
	return i, err
}

// invitedWords are what a guesser tries first of who is invited. Without an invitation there is nobody to guess at.
func (s *Service) invitedWords(ctx context.Context, visitor tenancy.Actor, code, name string) []string {
	i, err := s.Invited(ctx, visitor, code)
	if err != nil {
		return nil // Join says so
	}
	return contextWords(User{Name: name, Email: i.Email}, visitor.Org)
}

// JoinInput is what an invited person says.
type JoinInput struct {
	Code     string
	Name     string
	Password string
}

// Join makes the invited person a user and signs them in. The seat is counted here.
func (s *Service) Join(ctx context.Context, visitor tenancy.Actor, in JoinInput) (Session, error) {
	var p fault.Problems
	name, err := CleanName(in.Name)
	if err != nil {
		p.Under("", err)
	}
	if err := CheckPassword(in.Password, s.weak, s.invitedWords(ctx, visitor, in.Code, name)...); err != nil {
		p.Under("", err)
	}
	if err := p.Err(); err != nil {
		return Session{}, err
	}
	hash, err := s.passwords.Hash(ctx, in.Password)
	if err != nil {
		return Session{}, err
	}
	var session Session
	err = s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		var i Invitation
		err := tx.QueryRow(`UPDATE app.invitations i SET accepted_at = $3 WHERE i.org_id = $1 AND i.code_hash = $2
			AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $3 RETURNING i.id, i.email, i.role`,
			tx.Tenant().Org(), secret.Hash(in.Code), tx.Now()).Scan(&i.ID, &i.Email, &i.Role)
		if errors.Is(err, pgx.ErrNoRows) {
			return errUsedCode()
		}
		if err != nil {
			return err
		}
		if only, err := onlyWay(tx, visitor, i.Role); err != nil || only != "" {
			return cmp.Or(err, errSignOnRequired(only))
		}
		u, err := s.Add(tx, visitor, Newcomer{Name: name, Email: i.Email, Role: i.Role, PasswordHash: hash, Verified: true})
		if err != nil {
			return err
		}
		session, err = s.enter(tx, visitor, u, InBrowser, Proof{By: "invitation"}, id.Nil)
		return err
	})
	return session, err
}
