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
	"fenceplatform.com/fence/internal/platform/secret"
)

// The throttle: so many wrong passwords within the window, then wait. A device in which the person signed in before
// has a count of its own and is let in while strangers guess: the other counts cannot lock an owner out.
const (
	throttleWindow    = 15 * time.Minute
	maxFailuresPair   = 8    // for one address from one place
	maxFailuresUser   = 10   // for one address from wherever
	maxFailuresPlace  = 60   // from one place, for whatever addresses
	maxFailuresAll    = 1000 // in the whole company
	maxFailuresDevice = 10   // from a known device
	maxWrongCodes     = 5    // of one person's second factor
)

// bucket is one count with its limit.
type bucket struct {
	name string
	most int
}

func placeBucket(a tenancy.Actor) string { return "ip:" + a.Request.Network() }

func userBucket(email string) string { return "user:" + email }

func pairBucket(a tenancy.Actor, email string) string {
	return userBucket(email) + "|" + placeBucket(a)
}

// bucketsOf are the counts that an attempt is part of, in the order in which all attempts take their rows.
func bucketsOf(a tenancy.Actor, email string, device id.ID) []bucket {
	if device != id.Nil {
		return []bucket{{"device:" + device.String(), maxFailuresDevice}}
	}
	return []bucket{{"all", maxFailuresAll}, {placeBucket(a), maxFailuresPlace}, {userBucket(email), maxFailuresUser}, {pairBucket(a, email), maxFailuresPair}}
}

// countSQL counts one more attempt. A count older than the window begins anew.
const countSQL = `INSERT INTO app.sign_in_failures AS f (org_id, bucket, failures, since) VALUES ($1, $2, 1, $3)
	ON CONFLICT (org_id, bucket) DO UPDATE SET
		failures = CASE WHEN f.since <= $3 - $4::interval THEN 1 ELSE f.failures + 1 END,
		since = CASE WHEN f.since <= $3 - $4::interval THEN $3 ELSE f.since END
	RETURNING failures, since`

// candidate is the person whom an attempt names. The hash is empty when there is nobody.
type candidate struct {
	User
	PasswordHash string
	HasSecond    bool
	Device       id.ID `db:"-"` // the known device that the attempt comes from
}

const (
	candidateColumns = userColumns + `, u.password_hash,
		EXISTS (SELECT FROM app.totp_secrets f WHERE f.org_id = u.org_id AND f.user_id = u.id AND f.confirmed_at IS NOT NULL)
		OR EXISTS (SELECT FROM app.passkeys p WHERE p.org_id = u.org_id AND p.user_id = u.id) AS has_second`
	candidateSQL = `SELECT ` + candidateColumns + ` FROM app.users u WHERE u.org_id = $1 AND u.email_lc = $2 AND u.deactivated_at IS NULL`
)

// attempt counts a sign-in as failed before its password is looked at, so that many at once cannot pass the
// limit together, and finds whom it names. An attempt that is refused is not counted: waiting helps.
func (s *Service) attempt(ctx context.Context, a tenancy.Actor, email, deviceToken string) (candidate, error) {
	var found []candidate
	var known id.ID
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) (err error) {
		found = nil
		if known, err = knownDevice(tx, email, deviceToken); err != nil {
			return err
		}
		if known == id.Nil {
			if wait := s.sprays.wait(a.Request.Network(), time.Now()); wait > 0 {
				return errTooOften(wait)
			}
		}
		err = count(tx, bucketsOf(a, email, known), func(b *pgx.Batch) {
			b.Queue(candidateSQL, tx.Tenant().Org(), email).Query(func(rows pgx.Rows) (err error) {
				found, err = pgx.CollectRows(rows, pgx.RowToStructByName[candidate])
				return err
			})
		})
		if err != nil {
			return err
		}
		sweep(tx)
		return nil
	})
	if err != nil || len(found) == 0 {
		return candidate{Device: known}, err
	}
	found[0].Device = known
	return found[0], nil
}

// count counts one more in each bucket, with further statements of the same round trip, and refuses when one is full.
func count(tx *pg.OrgTx, buckets []bucket, further func(*pgx.Batch)) error {
	var wait time.Duration
	err := tx.Together(func(b *pgx.Batch) {
		for _, one := range buckets {
			b.Queue(countSQL, tx.Tenant().Org(), one.name, tx.Now(), throttleWindow).QueryRow(func(row pgx.Row) error {
				var failures int
				var since time.Time
				err := row.Scan(&failures, &since)
				if left := since.Add(throttleWindow).Sub(tx.Now()); failures > one.most {
					wait = max(wait, left)
				}
				return err
			})
		}
		further(b)
	})
	if err == nil && wait > 0 {
		err = errTooOften(wait)
	}
	return err
}

// sweep forgets what is long over. Rows that another attempt holds are left for the next one.
func sweep(tx *pg.OrgTx) {
	tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_failures WHERE org_id = $1 AND bucket IN (
		SELECT bucket FROM app.sign_in_failures WHERE org_id = $1 AND since < $2 LIMIT 100 FOR UPDATE SKIP LOCKED)`,
		tx.Tenant().Org(), tx.Now().Add(-24*time.Hour))
	tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_steps WHERE org_id = $1 AND id IN (
		SELECT id FROM app.sign_in_steps WHERE org_id = $1 AND expires_at < $2 LIMIT 100 FOR UPDATE SKIP LOCKED)`,
		tx.Tenant().Org(), tx.Now().Add(-24*time.Hour))
}

// forgetAttempt takes back what attempt counted: the password was right. What others guessed at the same address from
// elsewhere stays counted.
func forgetAttempt(tx *pg.OrgTx, a tenancy.Actor, email string, device id.ID) {
	org := tx.Tenant().Org()
	if device != id.Nil {
		tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_failures WHERE org_id = $1 AND bucket = $2`, org, "device:"+device.String())
		return
	}
	for _, name := range []string{"all", placeBucket(a)} {
		tx.AtCommit(pg.Plain, `UPDATE app.sign_in_failures SET failures = failures - 1 WHERE org_id = $1 AND bucket = $2 AND failures > 0`, org, name)
	}
	tx.AtCommit(pg.Plain, `UPDATE app.sign_in_failures f SET failures = greatest(0, f.failures - own.failures) FROM app.sign_in_failures own
		WHERE f.org_id = $1 AND f.bucket = $2 AND own.org_id = $1 AND own.bucket = $3`, org, userBucket(email), pairBucket(a, email))
	tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_failures WHERE org_id = $1 AND bucket = $2`, org, pairBucket(a, email))
}

func errTooOften(wait time.Duration) error {
	e := fault.New(fault.RateLimited, "too-many-attempts", "Too many attempts. Try again in %d min.", int(wait.Minutes())+1)
	e.RetryAfter = wait
	return e
}

const deviceLife = 365 * 24 * time.Hour

// knownDevice is the device that a token of the person with the address names, or Nil.
func knownDevice(tx *pg.OrgTx, email, token string) (known id.ID, err error) {
	if token == "" || len(token) > 100 {
		return id.Nil, nil
	}
	rows, err := tx.Query(`SELECT d.id FROM app.known_devices d JOIN app.users u ON u.org_id = d.org_id AND u.id = d.user_id
		WHERE d.org_id = $1 AND d.token_hash = $2 AND d.expires_at > app.now() AND u.email_lc = $3`, tx.Tenant().Org(), secret.Hash(token), strings.ToLower(email))
	if err != nil {
		return id.Nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[id.ID])
	if err == nil && len(found) == 1 {
		known = found[0]
	}
	return known, err
}

// rememberDevice makes a browser known to the person who just proved to be its user.
func rememberDevice(tx *pg.OrgTx, person id.ID) string {
	token := secret.Token()
	tx.AtCommit(pg.Plain, `INSERT INTO app.known_devices (org_id, id, user_id, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		tx.Tenant().Org(), id.New(), person, secret.Hash(token), tx.Now(), tx.Now().Add(deviceLife))
	tx.AtCommit(pg.Plain, `DELETE FROM app.known_devices WHERE org_id = $1 AND user_id = $2 AND expires_at <= $3`, tx.Tenant().Org(), person, tx.Now())
	return token
}
