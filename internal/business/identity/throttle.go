package identity

import (
	"context"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// The throttle: so many wrong passwords from one place within the window, then wait.
const (
	throttleWindow   = 15 * time.Minute
	maxFailuresPair  = 8  // for one address from one place
	maxFailuresPlace = 60 // from one place, for whatever addresses
)

// place is where an attempt comes from: an IPv4 address, or the network that one IPv6 customer is given.
func place(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	network, _ := a.Prefix(64) // 64 bits fit
	return network.String()
}

func placeBucket(a tenancy.Actor) string { return "ip:" + place(a.Request.IP) }

func pairBucket(a tenancy.Actor, email string) string {
	return "user:" + email + "|" + placeBucket(a)
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
}

// attempt counts a sign-in as failed before its password is looked at, so that many at once cannot pass the
// limit together, and finds whom it names. An attempt that is refused is not counted: waiting helps.
func (s *Service) attempt(ctx context.Context, a tenancy.Actor, email string) (candidate, error) {
	var found []candidate
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		var wait time.Duration
		count := func(b *pgx.Batch, bucket string, most int) {
			b.Queue(countSQL, tx.Tenant().Org(), bucket, tx.Now(), throttleWindow).QueryRow(func(row pgx.Row) error {
				var failures int
				var since time.Time
				err := row.Scan(&failures, &since)
				if left := since.Add(throttleWindow).Sub(tx.Now()); failures > most {
					wait = max(wait, left)
				}
				return err
			})
		}
		err := tx.Together(func(b *pgx.Batch) {
			count(b, placeBucket(a), maxFailuresPlace)
			count(b, pairBucket(a, email), maxFailuresPair)
			b.Queue(`SELECT `+userColumns+`, u.password_hash FROM app.users u
				WHERE u.org_id = $1 AND u.email_lc = $2 AND u.deactivated_at IS NULL`, tx.Tenant().Org(), email).Query(func(rows pgx.Rows) (err error) {
				found, err = pgx.CollectRows(rows, pgx.RowToStructByName[candidate])
				return err
			})
		})
		if err != nil {
			return err
		}
		if wait > 0 {
			return errTooOften(wait)
		}
		// Rows that another attempt holds are left for the next one.
		tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_failures WHERE org_id = $1 AND bucket IN (
			SELECT bucket FROM app.sign_in_failures WHERE org_id = $1 AND since < $2 LIMIT 100 FOR UPDATE SKIP LOCKED)`,
			tx.Tenant().Org(), tx.Now().Add(-24*time.Hour))
		return nil
	})
	if err != nil || len(found) == 0 {
		return candidate{}, err
	}
	return found[0], nil
}

// forgetAttempt takes back what attempt counted: the password was right.
func forgetAttempt(tx *pg.OrgTx, a tenancy.Actor, email string) {
	org := tx.Tenant().Org()
	tx.AtCommit(pg.Plain, `UPDATE app.sign_in_failures SET failures = failures - 1 WHERE org_id = $1 AND bucket = $2 AND failures > 0`, org, placeBucket(a))
	tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_failures WHERE org_id = $1 AND bucket = $2`, org, pairBucket(a, email))
}

func errTooOften(wait time.Duration) error {
	e := fault.New(fault.RateLimited, "too-many-attempts", "Too many attempts. Try again in %d min.", int(wait.Minutes())+1)
	e.RetryAfter = wait
	return e
}
