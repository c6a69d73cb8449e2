package console

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/platform/pg"
)

// Health are the figures that say whether the platform keeps up.
type Health struct {
	Companies     int64
	SignUpsDay    int64
	ActiveDay     int64
	TasksWaiting  int64
	TasksRunning  int64
	TasksOldest   *time.Time // of those that are due
	TasksFailing  int64
	TasksGivenUp  int64
	MailsDay      int64
	MailsWaiting  int64 // past ten minutes
	CustomersLate int64 // dirty for more than ten minutes
	CustomersDead int64
	FindingsOpen  int64
	Version       string // of PostgreSQL
	Size          int64  // of the database, in bytes
	Connections   int64
	MostConns     int64
	Now           time.Time
}

// Health asks the database.
func (s *Service) Health(ctx context.Context) (Health, error) {
	return pg.SystemOne[Health](ctx, s.System, `SELECT
		(SELECT count(*) FROM platform.organizations) AS companies,
		(SELECT count(*) FROM platform.organizations o WHERE o.created_at > platform.now() - interval '24 hours') AS sign_ups_day,
		(SELECT count(*) FROM platform.organizations o WHERE o.last_active_at > platform.now() - interval '24 hours') AS active_day,
		(SELECT count(*) FROM tasks.river_job j WHERE j.state = 'available') AS tasks_waiting,
		(SELECT count(*) FROM tasks.river_job j WHERE j.state = 'running') AS tasks_running,
		(SELECT min(j.scheduled_at) FROM tasks.river_job j WHERE j.state = 'available') AS tasks_oldest,
		(SELECT count(*) FROM tasks.river_job j WHERE j.state = 'retryable') AS tasks_failing,
		(SELECT count(*) FROM tasks.river_job j WHERE j.state IN ('discarded', 'cancelled')) AS tasks_given_up,
		(SELECT count(*) FROM platform.mails m WHERE m.sent_at > platform.now() - interval '24 hours') AS mails_day,
		(SELECT count(*) FROM platform.mails m WHERE m.sent_at IS NULL AND m.created_at < platform.now() - interval '10 minutes') AS mails_waiting,
		(SELECT count(*) FROM platform.billing_customers c WHERE c.wanted > c.done AND c.dead_at IS NULL AND c.next_at < clock_timestamp() - interval '10 minutes') AS customers_late,
		(SELECT count(*) FROM platform.billing_customers c WHERE c.dead_at IS NOT NULL) AS customers_dead,
		(SELECT count(*) FROM platform.billing_findings f WHERE f.settled_at IS NULL) AS findings_open,
		current_setting('server_version') AS version, pg_database_size(current_database()) AS size,
		(SELECT count(*) FROM pg_stat_activity a WHERE a.datname = current_database()) AS connections, current_setting('max_connections')::bigint AS most_conns,
		platform.now() AS now`)
}

const mailsKept = 90 * 24 * time.Hour

// Tidy is the nightly task that lets old lines go.
type Tidy struct{}

// Kind implements tasks.SystemArgs.
func (Tidy) Kind() string { return "console_tidy" }

// Tidy lets lines of mails go that are older than any page shows.
func (s *Service) Tidy(ctx context.Context, _ Tidy) error {
	return pg.SystemExec(ctx, s.System, `DELETE FROM platform.mails m WHERE m.created_at < platform.now() - $1::interval`, mailsKept)
}
