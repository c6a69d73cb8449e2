package console

import (
	"context"
	"regexp"
	"time"

	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Task is one that failed or waits for too long. Its arguments stay where they are: they may name what is a company's.
type Task struct {
	ID          int64
	Kind        string
	OrgID       *id.ID
	Company     string // its name; empty of none
	State       string
	Attempt     int
	MaxAttempts int
	CreatedAt   time.Time
	ScheduledAt time.Time
	LastError   string
}

// GivenUp tells that nobody tries it again by themselves.
func (t Task) GivenUp() bool { return t.State == "discarded" || t.State == "cancelled" }

// lateAfter is how long a task may wait past its time before it is trouble.
const lateAfter = 10 * time.Minute

// troubledSQL is true of a task j that failed, was given up, or is late; $1 is how late. One that waits for a time to come
// is not.
const troubledSQL = `(j.state IN ('retryable', 'discarded', 'cancelled') OR j.state IN ('available', 'running', 'scheduled') AND j.scheduled_at < now() - $1::interval)`

// TroubleFilter narrows what is listed.
type TroubleFilter struct {
	Org    *id.ID
	Kind   string
	Before int64 // the last task of the page before; 0: from the newest
}

// Trouble lists tasks that failed or are late, the newest first.
func (s *Service) Trouble(ctx context.Context, f TroubleFilter) ([]Task, error) {
	all, err := pg.SystemRows[Task](ctx, s.System, `SELECT j.id, j.kind, (j.args ->> 'org_id')::uuid AS org_id, coalesce(o.name, '') AS company, j.state::text AS state, j.attempt::int AS attempt,
			j.max_attempts::int AS max_attempts, j.created_at, j.scheduled_at, coalesce(j.errors[array_upper(j.errors, 1)] ->> 'error', '') AS last_error
		FROM tasks.river_job j LEFT JOIN platform.organizations o ON o.org_id = (j.args ->> 'org_id')::uuid
		WHERE `+troubledSQL+` AND ($2::uuid IS NULL OR j.args @> jsonb_build_object('org_id', $2::uuid::text)) AND ($3 = '' OR j.kind = $3) AND ($4 = 0 OR j.id < $4)
		ORDER BY j.id DESC LIMIT $5`, lateAfter, f.Org, f.Kind, f.Before, pageSize+1)
	for i := range all {
		all[i].LastError = masked(all[i].LastError)
	}
	return all, err
}

// TroubleOf is how many tasks of a kind are in trouble.
type TroubleOf struct {
	Kind    string
	Count   int64
	GivenUp int64
	Oldest  time.Time
}

// TroubleByKind counts them, the kind with most first.
func (s *Service) TroubleByKind(ctx context.Context) ([]TroubleOf, error) {
	return pg.SystemRows[TroubleOf](ctx, s.System, `SELECT j.kind, count(*) AS count, count(*) FILTER (WHERE j.state IN ('discarded', 'cancelled')) AS given_up, min(j.created_at) AS oldest
		FROM tasks.river_job j WHERE `+troubledSQL+` GROUP BY j.kind ORDER BY count(*) DESC, j.kind`, lateAfter)
}

// againSQL has tasks done now, whoever gave them up, and writes a line of the log for each. A task that runs is left alone.
const againSQL = `WITH again AS (
	UPDATE tasks.river_job j SET state = 'available', scheduled_at = now(), finalized_at = NULL, max_attempts = CASE WHEN j.attempt >= j.max_attempts THEN least(j.attempt + 1, 32767) ELSE j.max_attempts END
	WHERE j.state <> 'running' AND ` + troubledSQL + ` AND ($2::bigint IS NULL OR j.id = $2) AND ($3 = '' OR j.kind = $3)
	RETURNING j.id, j.kind, (j.args ->> 'org_id')::uuid AS org_id),
logged AS (
	INSERT INTO platform.operator_log (id, org_id, operator_id, by_name, action, facts, at)
	SELECT gen_random_uuid(), a.org_id, $4, $5, 'task.tried_again', jsonb_build_object('kind', a.kind, 'tasks', count(*)), platform.now() FROM again a GROUP BY a.org_id, a.kind)
SELECT count(*) AS count FROM again`

// TryAgain has one task done now.
func (s *Service) TryAgain(ctx context.Context, by operator.Doer, task int64) error {
	n, err := s.again(ctx, by, &task, "")
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "task-not-stuck", "This task is running or done by now.")
	}
	return err
}

// TryAllAgain has every task of a kind done now that is in trouble, and tells how many.
func (s *Service) TryAllAgain(ctx context.Context, by operator.Doer, kind string) (int64, error) {
	if kind == "" {
		return 0, fault.InvalidField("/kind", "Say which tasks.")
	}
	return s.again(ctx, by, nil, kind)
}

func (s *Service) again(ctx context.Context, by operator.Doer, task *int64, kind string) (int64, error) {
	n, err := pg.SystemOne[struct{ Count int64 }](ctx, s.System, againSQL, lateAfter, task, kind, by.OperatorID(), by.Name)
	return n.Count, err
}

var anAddress = regexp.MustCompile(`[^\s<>"'(),;:]+@[^\s<>"'(),;:]+`)

// masked is what went wrong without the addresses in it: an error of a mail server names to whom it was going.
func masked(text string) string {
	text = anAddress.ReplaceAllString(text, "(address)")
	if r := []rune(text); len(r) > 300 {
		text = string(r[:300]) + "…"
	}
	return text
}
