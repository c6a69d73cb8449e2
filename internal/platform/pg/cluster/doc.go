// Package cluster runs the private PostgreSQL that `fence serve` uses when it is given no database.
//
// Owns: finding PostgreSQL's programs, the account they run as, the data directory, its configuration,
// the postmaster's life from start to stop, and the sentences that say why one cannot be started.
// Does not own: databases, roles and grants inside the cluster (`fence db init`), schema (migrate),
// connections (pg), backups.
//
// Words: a cluster is one data directory of PostgreSQL; the postmaster is its first process; an orphan
// is a postmaster whose fence was killed. The layout below the platform's data directory is
//
//	postgres/         ours, never writable by the account that PostgreSQL runs as
//	postgres/lock     held (flock) by the one fence that serves this directory, with its process id
//	postgres/conf/    settings, pg_hba and pg_ident, written again at every start
//	postgres/start.log  what PostgreSQL said before its own log was open
//	postgres/data/    PostgreSQL's data directory, 0700; its log is in log/ there, one file per weekday
//	postgres/socket/  the only way in, 0700; both directories belong to PostgreSQL's account
//
// Root may pass a 0700 directory of another account, and without root both accounts are the same, so
// 0700 needs no group. A socket path may have 107 bytes: when postgres/socket is too deep the socket
// goes to a short directory named by a hash of the data directory.
//
// Invariants:
//   - PostgreSQL listens on the socket only, and whoever connects is checked by the kernel (peer); the
//     map names our account, PostgreSQL's account and nobody else. There is no trust and no password.
//   - PostgreSQL never runs as root: as root it runs as "postgres" or a system account "fence".
//   - A data directory appears whole: initdb works beside it and the result is renamed.
//   - What is acknowledged survives kill -9 of fence, of PostgreSQL, or of both.
//
// Lifecycle: Start adopts an orphan or launches a postmaster, in a session of its own so that Ctrl-C
// reaches fence alone; a postmaster that dies is launched again; Stop ends it and waits. Attach is for
// a second process (`fence org create` beside a running server) and never stops anything.
package cluster
