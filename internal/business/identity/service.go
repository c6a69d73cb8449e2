package identity

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/openid"
	"fenceplatform.com/fence/internal/platform/outbound"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// Service is what people can do about who they are.
type Service struct {
	db        *pg.DB
	notify    *notify.Service
	passwords *secret.Passwords
	weak      func(lower string) bool
	recent    *recentActors
	keys      Keys
	uses      uses
	sprays    *sprays
	keyUse    *KeyUse
	openid    *openid.Client
}

// NewService needs to know which passwords are well known. Its keys are its own until UseKeys.
func NewService(db *pg.DB, n *notify.Service, p *secret.Passwords, weak func(string) bool) *Service {
	return &Service{db: db, notify: n, passwords: p, weak: weak, recent: newRecentActors(), keys: ownKeys(), sprays: newSprays(), keyUse: newKeyUse(db),
		openid: openid.NewClient(outbound.New(false))}
}

// UseOpenID has the service talk to identity providers in another way, as to those of this machine. Before requests only.
func (s *Service) UseOpenID(c *openid.Client) { s.openid = c }

// CheckPassword refuses a new password that is guessed first, or is made of what it belongs to.
func (s *Service) CheckPassword(password string, own ...string) error {
	return CheckPassword(password, s.weak, own...)
}

// HashPassword checks a new password and returns what is stored of it. It takes its time: never inside a
// transaction.
func (s *Service) HashPassword(ctx context.Context, password string, own ...string) (string, error) {
	if err := CheckPassword(password, s.weak, own...); err != nil {
		return "", err
	}
	return s.passwords.Hash(ctx, password)
}

// Newcomer is somebody who becomes a user.
type Newcomer struct {
	Name         string
	Email        string
	Role         Role
	PasswordHash string // empty: no password, until a mailed link sets one
	Verified     bool   // the address proved itself: an invitation was mailed to it, or the company's provider says so
}

// Add makes a newcomer a user, counted against the plan.
func (s *Service) Add(tx *pg.OrgTx, a tenancy.Actor, n Newcomer) (User, error) {
	u := User{ID: id.New(), Name: n.Name, Email: n.Email, Role: n.Role, CreatedAt: tx.Now(), Version: 1}
	if n.Verified {
		now := tx.Now()
		u.EmailVerifiedAt = &now
	}
	_, err := tx.Exec(`INSERT INTO app.users (org_id, id, name, email, role, password_hash, email_verified_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, tx.Tenant().Org(), u.ID, u.Name, u.Email, u.Role, n.PasswordHash, u.EmailVerifiedAt, u.CreatedAt)
	if pg.Violates(err, "users_email_once") {
		return User{}, fault.InvalidField("/email", "This person is in your company already.")
	}
	if err != nil {
		return User{}, err
	}
	if err := s.meter().Grow(tx, a, plan.Users); err != nil {
		return User{}, err
	}
	if err := s.tellSeats(tx, a, true); err != nil {
		return User{}, err
	}
	return u, audit.Record(tx, a, audit.Deed{Action: "person.added", RecordType: "person", RecordID: u.ID, After: u})
}

// TellOfSecondTrial mails an owner that the trial of a further company is shorter, and ends then; known is the address or
// the card that had one before.
func (s *Service) TellOfSecondTrial(tx *pg.OrgTx, org tenancy.Organization, to, known string, end time.Time) error {
	return s.notify.SecondTrial(tx, org, to, known, end)
}

// Welcome mails the owner of a new company the link that confirms the address.
func (s *Service) Welcome(tx *pg.OrgTx, org tenancy.Organization, owner User) error {
	code, err := issueCode(tx, owner.ID, forConfirm)
	if err != nil {
		return err
	}
	return s.notify.Welcome(tx, org, owner.Email, code)
}
