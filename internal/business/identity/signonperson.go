package identity

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/openid"
	"fenceplatform.com/fence/internal/platform/pg"
)

// signOnPerson is whom the provider means. Who came before is known by the provider's subject; who comes for the first
// time is met by e-mail.
func (s *Service) signOnPerson(tx *pg.OrgTx, visitor tenancy.Actor, row signOnRow, who openid.Subject) (User, error) {
	email, err := CleanEmail(who.Email)
	if err != nil || !who.Verified || !slices.Contains(row.Domains, email[strings.LastIndexByte(email, '@')+1:]) {
		return User{}, errOutside(row)
	}
	u, err := linked(tx, row, who)
	if errors.Is(err, pgx.ErrNoRows) {
		return s.meet(tx, visitor, row, who, email)
	}
	if err != nil {
		return User{}, err
	}
	return u, letIn(row, u)
}

// linked finds who is known by the provider's subject.
func linked(tx *pg.OrgTx, row signOnRow, who openid.Subject) (User, error) {
	return pg.CollectOne[User](tx, `SELECT `+userColumns+` FROM app.sign_on_links l JOIN app.users u ON u.org_id = l.org_id AND u.id = l.user_id
		WHERE l.org_id = $1 AND l.issuer = $2 AND l.subject = $3`, tx.Tenant().Org(), row.Issuer, who.ID)
}

// letIn refuses whom a provider does not let in. Owners come in by themselves only: whoever runs the provider, or set
// up another one, would be an owner otherwise.
func letIn(row signOnRow, u User) error {
	switch {
	case u.DeactivatedAt != nil:
		return fault.New(fault.Unauthenticated, "sign-on-unknown", "You are deactivated here. Ask your admin to let you in again.")
	case u.Role == Owner:
		return fault.New(fault.Unauthenticated, "sign-on-owner", "Owners log in with their password and second factor, not with %s.", row.Name)
	}
	return nil
}

// meet finds by e-mail who comes for the first time: somebody who works here, who is invited, or, where the company
// wants that, whoever has an address of its domains. From then on the subject is theirs.
func (s *Service) meet(tx *pg.OrgTx, visitor tenancy.Actor, row signOnRow, who openid.Subject, email string) (User, error) {
	// Of two first log-ins at once the second one finds what the first one left.
	if _, err := tx.Exec(`SELECT FROM app.sign_on WHERE org_id = $1 FOR UPDATE`, tx.Tenant().Org()); err != nil {
		return User{}, err
	}
	if u, err := linked(tx, row, who); !errors.Is(err, pgx.ErrNoRows) {
		if err == nil {
			err = letIn(row, u)
		}
		return u, err
	}
	u, err := s.withAddress(tx, visitor, row, who, email)
	if err != nil {
		return User{}, err
	}
	if err := letIn(row, u); err != nil {
		return User{}, err
	}
	org := tx.Tenant().Org()
	_, err = tx.Exec(`INSERT INTO app.sign_on_links (org_id, issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4, $5)`, org, row.Issuer, who.ID, u.ID, tx.Now())
	if pg.Violates(err, "sign_on_links_once") {
		return User{}, fault.New(fault.Unauthenticated, "sign-on-taken", "%s knows somebody else by your address here. Ask your admin to let it meet you anew.", row.Name)
	}
	if err != nil {
		return User{}, err
	}
	tx.AtCommit(pg.Plain, `UPDATE app.users SET email_verified_at = $3, version = version + 1 WHERE org_id = $1 AND id = $2 AND email_verified_at IS NULL`, org, u.ID, tx.Now())
	as := visitor.As(tenancy.Person, u.ID, u.Name, string(u.Role), nil)
	return u, audit.Record(tx, as, audit.Deed{Action: "person.sign_on_linked", RecordType: "person", RecordID: u.ID, After: map[string]string{"issuer": row.Issuer, "email": u.Email}})
}

// withAddress is the person with the address, made one where they are invited or may come by themselves.
func (s *Service) withAddress(tx *pg.OrgTx, visitor tenancy.Actor, row signOnRow, who openid.Subject, email string) (User, error) {
	org, lower := tx.Tenant().Org(), strings.ToLower(email)
	u, err := pg.CollectOne[User](tx, `SELECT `+userColumns+` FROM app.users u WHERE u.org_id = $1 AND u.email_lc = $2`, org, lower)
	if !errors.Is(err, pgx.ErrNoRows) {
		return u, err
	}
	n := Newcomer{Email: email, Role: row.NewcomerRole, Verified: true}
	var invitedAs string
	err = tx.QueryRow(`UPDATE app.invitations i SET accepted_at = $3 WHERE i.org_id = $1 AND i.email_lc = $2
		AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $3 RETURNING i.name, i.role`, org, lower, tx.Now()).Scan(&invitedAs, &n.Role)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return User{}, err
	}
	if n.Role == "" {
		return User{}, fault.New(fault.Unauthenticated, "sign-on-unknown", "%s is nobody here yet. Ask your admin to invite you.", email)
	}
	n.Name = firstName(who.Name, invitedAs, lower[:strings.LastIndexByte(lower, '@')], lower)
	return s.Add(tx, visitor, n)
}

// firstName is the first of the texts that is a name.
func firstName(texts ...string) string {
	for _, t := range texts {
		if name, err := CleanName(t); err == nil {
			return name
		}
	}
	return "Newcomer"
}

func errOutside(row signOnRow) error {
	return fault.New(fault.Unauthenticated, "sign-on-outside", "%s did not confirm an e-mail address of your company. Ask whoever looks after it.", row.Name)
}

// UnlinkSignOn has the provider meet a person anew, for when they got another account there: the next log-in finds
// them by e-mail. They are logged out.
func (s *Service) UnlinkSignOn(ctx context.Context, a tenancy.Actor, in MemberInput) (User, error) {
	if err := a.Require(tenancy.PeopleWrite); err != nil {
		return User{}, err
	}
	return member(ctx, s, a, "people.unlink_sign_on", in, func(tx *pg.OrgTx, u User) (User, error) {
		org, after := tx.Tenant().Org(), u
		after.Version++
		tx.AtCommit(pg.Plain, `DELETE FROM app.sign_on_links WHERE org_id = $1 AND user_id = $2`, org, u.ID)
		tx.AtCommit(pg.Plain, `UPDATE app.users SET version = $3 WHERE org_id = $1 AND id = $2`, org, u.ID, after.Version)
		tx.AtCommit(pg.Plain, `UPDATE app.sessions SET ended_at = $3 WHERE org_id = $1 AND user_id = $2 AND ended_at IS NULL AND authenticated_by = 'oidc'`, org, u.ID, tx.Now())
		return after, audit.Record(tx, a, audit.Deed{Action: "person.sign_on_unlinked", RecordType: "person", RecordID: u.ID})
	})
}
