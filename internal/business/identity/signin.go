package identity

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// The throttle: so many wrong passwords from one place within the window, then wait.
const (
	throttleWindow  = 15 * time.Minute
	maxFailuresPair = 8  // for one address from one place
	maxFailuresIP   = 60 // from one place, for whatever addresses
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
	var found struct {
		User
		PasswordHash string
	}
	failures := map[string]failure{}
	now, err := s.db.Read(ctx, visitor.Tenant(), func(r *pg.Reading) {
		r.Rows(func(rows pgx.Rows) error {
			got, err := pgx.CollectOneRow(rows, func(row pgx.CollectableRow) (User, error) {
				var u User
				return u, row.Scan(&u.ID, &u.Name, &u.Email, &u.Role, &u.EmailVerifiedAt, &u.DeactivatedAt, &u.CreatedAt, &u.Version, &found.PasswordHash)
			})
			if err == pgx.ErrNoRows {
				return nil
			}
			found.User = got
			return err
		}, `SELECT `+userColumns+`, u.password_hash FROM app.users u WHERE u.org_id = $1 AND u.email_lc = $2 AND u.deactivated_at IS NULL`, visitor.Tenant().Org(), email)
		queueFailures(r, visitor, email, failures)
	})
	if err != nil {
		return Session{}, err
	}
	if wait := throttled(visitor, email, failures, now); wait > 0 {
		e := fault.New(fault.RateLimited, "too-many-attempts", "Too many attempts. Try again in %d min.", int(wait.Minutes())+1)
		e.RetryAfter = wait
		return Session{}, e
	}
	right, err := s.passwords.Matches(ctx, found.PasswordHash, in.Password)
	if err != nil {
		return Session{}, err
	}
	if !right {
		if err := s.noteFailure(ctx, visitor, email); err != nil {
			return Session{}, err
		}
		return Session{}, errWrongPair()
	}
	var session Session
	err = s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_failures WHERE org_id = $1 AND bucket = $2`, visitor.Tenant().Org(), pairBucket(visitor, email))
		session, err = openSession(tx, visitor, found.User, in.Kind)
		return err
	})
	return session, err
}

func errWrongPair() error {
	return fault.New(fault.Unauthenticated, "wrong-sign-in", "E-mail or password is not right.")
}

type failure struct {
	failures int
	since    time.Time
}

func ipBucket(a tenancy.Actor) string { return "ip:" + a.Request.IP }
func pairBucket(a tenancy.Actor, email string) string {
	return "user:" + email + "|ip:" + a.Request.IP
}

func queueFailures(r *pg.Reading, a tenancy.Actor, email string, dst map[string]failure) {
	r.Rows(func(rows pgx.Rows) error {
		var bucket string
		var f failure
		_, err := pgx.ForEachRow(rows, []any{&bucket, &f.failures, &f.since}, func() error {
			dst[bucket] = f
			return nil
		})
		return err
	}, `SELECT bucket, failures, since FROM app.sign_in_failures WHERE org_id = $1 AND bucket IN ($2, $3)`,
		a.Tenant().Org(), ipBucket(a), pairBucket(a, email))
}

func throttled(a tenancy.Actor, email string, failures map[string]failure, now time.Time) time.Duration {
	var wait time.Duration
	for bucket, most := range map[string]int{ipBucket(a): maxFailuresIP, pairBucket(a, email): maxFailuresPair} {
		f := failures[bucket]
		if left := f.since.Add(throttleWindow).Sub(now); f.failures >= most && left > wait {
			wait = left
		}
	}
	return wait
}

// noteFailure commits by itself: the sign-in it belongs to fails.
func (s *Service) noteFailure(ctx context.Context, a tenancy.Actor, email string) error {
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		for _, bucket := range []string{ipBucket(a), pairBucket(a, email)} {
			tx.AtCommit(pg.Plain, `INSERT INTO app.sign_in_failures AS f (org_id, bucket, failures, since) VALUES ($1, $2, 1, $3)
				ON CONFLICT (org_id, bucket) DO UPDATE SET
					failures = CASE WHEN f.since < $3 - $4::interval THEN 1 ELSE f.failures + 1 END,
					since = CASE WHEN f.since < $3 - $4::interval THEN $3 ELSE f.since END`,
				a.Tenant().Org(), bucket, tx.Now(), throttleWindow)
		}
		tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_failures WHERE org_id = $1 AND since < $2`, a.Tenant().Org(), tx.Now().Add(-24*time.Hour))
		return nil
	})
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
