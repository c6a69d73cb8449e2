package operator

import (
	"context"
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// So many attempts within the window, then wait. Operators are few: whoever is kept out by strangers' guesses waits, or
// is renewed on the command line.
const window = 15 * time.Minute

func pairBucket(r tenancy.Request, email string) string {
	return userBucket(email) + "|" + placeBucket(r)
}
func placeBucket(r tenancy.Request) string { return "ip:" + r.Network() }
func userBucket(email string) string       { return "user:" + email }
func codeBucket(operator id.ID) string     { return "code:" + operator.String() }

// most is how many attempts a bucket takes.
func most(bucket string) int {
	switch kind, rest, _ := strings.Cut(bucket, ":"); {
	case kind == "user" && !strings.Contains(rest, "|"):
		return 30
	case kind == "ip":
		return 60
	case kind == "code":
		return 5
	}
	return 8
}

type attempts struct {
	Bucket    string
	Failures  int
	Remaining time.Duration
}

// count counts one more in each bucket before anything is looked at, so that many at once cannot pass together, and
// refuses when one is full.
func (s *Service) count(ctx context.Context, buckets ...string) error {
	slices.Sort(buckets) // all attempts take their rows in one order
	got, err := pg.SystemRows[attempts](ctx, s.System, `INSERT INTO platform.operator_attempts AS a (bucket, failures, since)
		SELECT wanted, 1, platform.now() FROM unnest($1::text[]) AS wanted
		ON CONFLICT (bucket) DO UPDATE SET
			failures = CASE WHEN a.since <= platform.now() - $2::interval THEN 1 ELSE a.failures + 1 END,
			since = CASE WHEN a.since <= platform.now() - $2::interval THEN platform.now() ELSE a.since END
		RETURNING a.bucket, a.failures, a.since + $2::interval - platform.now() AS remaining`, buckets, window)
	if err != nil {
		return err
	}
	var wait time.Duration
	for _, a := range got {
		if a.Failures > most(a.Bucket) {
			wait = max(wait, a.Remaining)
		}
	}
	if wait <= 0 {
		return nil
	}
	e := fault.New(fault.RateLimited, "too-many-attempts", "Too many attempts. Try again in %d min.", int(wait.Minutes())+1)
	e.RetryAfter = wait
	return e
}

// forget takes a count back: what was counted was right. Counts of yesterday, and log-ins long over, go with it.
func (s *Service) forget(ctx context.Context, bucket string) error {
	_, err := pg.SystemRows[struct{ Bucket string }](ctx, s.System, `WITH swept AS (
			DELETE FROM platform.operator_sessions WHERE id IN (
				SELECT id FROM platform.operator_sessions WHERE expires_at < platform.now() - interval '30 days' LIMIT 100 FOR UPDATE SKIP LOCKED))
		DELETE FROM platform.operator_attempts WHERE bucket = $1 OR bucket IN (
			SELECT bucket FROM platform.operator_attempts WHERE since < platform.now() - interval '1 day' LIMIT 100 FOR UPDATE SKIP LOCKED) RETURNING bucket`, bucket)
	return err
}
