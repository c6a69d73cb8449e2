package identity

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/openid"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// SignOnWay is what the log-in page says about the company's provider. Without a name there is none.
type SignOnWay struct {
	Name    string
	OnlyWay bool
}

// SignOnWay tells whether a company's people log in at a provider, for the log-in page.
func (s *Service) SignOnWay(ctx context.Context, visitor tenancy.Actor) (SignOnWay, error) {
	row, now, err := s.readSignOn(ctx, visitor)
	if fault.Is(err, fault.NotFound) {
		return SignOnWay{}, nil
	}
	if err != nil || !row.open(visitor, now) {
		return SignOnWay{}, err
	}
	return SignOnWay{row.Name, row.OnlyWay}, nil
}

// open tells that the company's plan has single sign-on and that it is turned on.
func (row signOnRow) open(a tenancy.Actor, now time.Time) bool {
	return row.Enabled && a.Entitlements(now).Has(plan.FeatureOIDC)
}

// onlyWay is the name of the provider that a person of the role has to log in at; empty when other ways are open to
// them. Owners keep theirs: a provider that is down or was set up wrongly locks nobody out for good.
func onlyWay(tx *pg.OrgTx, a tenancy.Actor, r Role) (string, error) {
	if r == Owner || !a.Entitlements(tx.Now()).Has(plan.FeatureOIDC) {
		return "", nil
	}
	row, err := findSignOn(tx)
	if err != nil || !row.Enabled || !row.OnlyWay {
		return "", err
	}
	return row.Name, nil
}

func errSignOnRequired(provider string) error {
	return fault.New(fault.Forbidden, "sign-on-required", "Your company logs in with %s. Use its button on the log-in page.", provider)
}

// Departure is a browser on its way to the provider.
type Departure struct {
	Provider string
	Address  string // at the provider
	Token    string // for the browser to keep: the answer is taken from it alone
}

// signOnLife is how long somebody may take at the provider.
const signOnLife = 10 * time.Minute

// BeginSignOn sends somebody to the company's provider, and later to the page that was asked for. Departures are
// counted by place: each is a row and a request of ours.
func (s *Service) BeginSignOn(ctx context.Context, visitor tenancy.Actor, back string) (Departure, error) {
	if len(back) > 2000 {
		back = "/"
	}
	var row signOnRow
	once := openid.Once(secret.Token())
	err := s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) (err error) {
		if row, err = findSignOn(tx); err != nil {
			return err
		}
		if !row.open(visitor, tx.Now()) {
			return fault.Missing()
		}
		if err := count(tx, []bucket{{"asked:" + placeBucket(visitor), maxFailuresPlace}}, func(*pgx.Batch) {}); err != nil {
			return err
		}
		org, now := tx.Tenant().Org(), tx.Now()
		tx.AtCommit(pg.Plain, `INSERT INTO app.sign_on_attempts (org_id, token_hash, issuer, back, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			org, secret.Hash(string(once)), row.Issuer, back, now, now.Add(signOnLife))
		tx.AtCommit(pg.Plain, `DELETE FROM app.sign_on_attempts WHERE org_id = $1 AND token_hash IN (
			SELECT token_hash FROM app.sign_on_attempts WHERE org_id = $1 AND expires_at < $2 LIMIT 100 FOR UPDATE SKIP LOCKED)`, org, now)
		return nil
	})
	if err != nil {
		return Departure{}, err
	}
	party, err := s.party(visitor, row)
	if err != nil {
		return Departure{}, err
	}
	address, err := s.openid.Begin(ctx, party, once)
	return Departure{row.Name, address, string(once)}, signOnFault(row, err)
}

// SignOnAnswer is what a browser comes back from the provider with, and what it kept.
type SignOnAnswer struct {
	Token  string // that it left with
	State  string
	Code   string
	Error  string // instead of a code: why there is none, in the provider's word
	Issuer string // who says so
	Device string // the token of a known device
}

// FinishSignOn opens the session of somebody whom the provider proved, and tells which page they asked for. An answer
// is taken once, whatever comes of it, and only from the browser that left with its token.
func (s *Service) FinishSignOn(ctx context.Context, visitor tenancy.Actor, in SignOnAnswer) (session Session, back string, err error) {
	once := openid.Once(in.Token)
	if in.Token == "" || len(in.Token) > 100 || !once.Answers(in.State) {
		return Session{}, "", errSignOnOver()
	}
	row, back, err := s.takeAttempt(ctx, visitor, in.Token)
	if err != nil {
		return Session{}, "", err
	}
	if in.Error != "" || in.Code == "" {
		return Session{}, back, fault.New(fault.Unauthenticated, "sign-on-refused", "%s did not log you in. Try again, or ask whoever looks after it.", row.Name)
	}
	party, err := s.party(visitor, row)
	if err != nil {
		return Session{}, back, err
	}
	who, err := s.openid.Finish(ctx, party, once, openid.Answer{Code: in.Code, Issuer: in.Issuer})
	if err != nil {
		return Session{}, back, signOnFault(row, err)
	}
	err = s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		session, err = s.enterBySignOn(tx, visitor, row, who, in.Device)
		return err
	})
	return session, back, err
}

// takeAttempt uses up a log-in that is at the provider. One that is over, of another browser or company, or of a
// provider that the company has no more, never was.
func (s *Service) takeAttempt(ctx context.Context, visitor tenancy.Actor, token string) (row signOnRow, back string, err error) {
	err = s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) (err error) {
		var issuer string
		err = tx.QueryRow(`DELETE FROM app.sign_on_attempts WHERE org_id = $1 AND token_hash = $2 AND expires_at > $3 RETURNING issuer, back`,
			tx.Tenant().Org(), secret.Hash(token), tx.Now()).Scan(&issuer, &back)
		if errors.Is(err, pgx.ErrNoRows) {
			return errSignOnOver()
		}
		if err != nil {
			return err
		}
		row, err = findSignOn(tx)
		if err == nil && (!row.open(visitor, tx.Now()) || row.Issuer != issuer) {
			err = errSignOnOver()
		}
		return err
	})
	return row, back, err
}

// enterBySignOn opens the session of whom the provider proved, or asks for the second factor where the company wants
// that too.
func (s *Service) enterBySignOn(tx *pg.OrgTx, visitor tenancy.Actor, row signOnRow, who openid.Subject, device string) (Session, error) {
	u, err := s.signOnPerson(tx, visitor, row, who)
	if err != nil {
		return Session{}, err
	}
	tx.AtCommit(pg.Plain, `UPDATE app.sign_in_failures SET failures = failures - 1 WHERE org_id = $1 AND bucket = $2 AND failures > 0`,
		tx.Tenant().Org(), "asked:"+placeBucket(visitor)) // who gets in has not asked too often
	asked, err := hasSecond(tx, u.ID)
	if err != nil {
		return Session{}, err
	}
	if asked && row.SecondFactorToo {
		session := Session{Kind: InBrowser, User: u}
		session.Step, err = beginStep(tx, u.ID, "oidc")
		return session, err
	}
	known, err := knownDevice(tx, u.Email, device)
	if err != nil {
		return Session{}, err
	}
	return s.enter(tx, visitor, u, InBrowser, Proof{By: "oidc", enough: !row.SecondFactorToo}, known)
}

// hasSecond tells whether a person has a second factor of their own.
func hasSecond(tx *pg.OrgTx, person id.ID) (has bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT FROM app.totp_secrets f WHERE f.org_id = $1 AND f.user_id = $2 AND f.confirmed_at IS NOT NULL)
		OR EXISTS (SELECT FROM app.passkeys p WHERE p.org_id = $1 AND p.user_id = $2)`, tx.Tenant().Org(), person).Scan(&has)
	return has, err
}

func errSignOnOver() error {
	return fault.New(fault.Invalid, "sign-on-over", "This log-in took too long, was finished already, or was begun in another browser. Start again.")
}

// signOnFault says to somebody who logs in that it does not work with the provider. What exactly is wrong is for those
// who set it up: TestSignOn tells them.
func signOnFault(row signOnRow, err error) error {
	trouble, ok := errors.AsType[*openid.Error](err)
	if !ok {
		return err
	}
	because := errors.New(trouble.Words) // and nothing that came from the provider: it may be long, and a secret
	switch trouble.Kind {
	case openid.Unreachable:
		return fault.New(fault.Unavailable, "sign-on-unavailable", "%s does not answer. Try again in a minute, or log in with your password.", row.Name).Because(because)
	case openid.Unusable, openid.Stranger:
		return fault.New(fault.Unavailable, "sign-on-unavailable", "The connection to %s does not work. Ask your admin to test it; meanwhile log in with your password.", row.Name).Because(because)
	}
	return fault.New(fault.Unauthenticated, "sign-on-refused", "%s did not prove who you are. Start again.", row.Name).Because(because)
}
