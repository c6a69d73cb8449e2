package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// settings of every private cluster. initdb's own file is read first, because it holds what initdb
// found to work on this machine (shared memory above all), and ALTER SYSTEM, which is read last, is for
// whoever tunes a big one.
const settings = `
max_connections = 100
shared_buffers = 128MB
work_mem = 4MB
maintenance_work_mem = 64MB
max_wal_size = 512MB
wal_compression = on
random_page_cost = 1.1
jit = off
timezone = 'UTC'
password_encryption = 'scram-sha-256'

# One file per weekday, overwritten a week later. Terse leaves out DETAIL lines, which quote the values
# of rows: the log must not hold what customers typed.
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_error_verbosity = terse
log_checkpoints = off
`

// durable is the default: what is acknowledged survives a power cut.
const durable = `
fsync = on
full_page_writes = on
synchronous_commit = on
`

// fastAndLoose is for tests, which run many databases at once and throw them away.
const fastAndLoose = `
max_connections = 300
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
`

const confHeader = "# Written by fence at every start. Changes here are lost; use ALTER SYSTEM.\n"

func (h *home) settingsFile() string { return filepath.Join(h.conf(), "postgresql.conf") }
func (h *home) hbaFile() string      { return filepath.Join(h.conf(), "hba.conf") }
func (h *home) identFile() string    { return filepath.Join(h.conf(), "ident.conf") }

// configure writes the three files. They lie outside the data directory, where only we can write, so
// that root never writes into a directory of PostgreSQL's account.
func (h *home) configure(acct account, our string, o Options) error {
	if err := os.Mkdir(h.conf(), dirMode()); err != nil && !errors.Is(err, fs.ErrExist) {
		return explain(h.conf(), err)
	}
	durability := durable
	if o.FastAndLoose {
		durability = fastAndLoose
	}
	include := fmt.Sprintf("include = %s\n", quoted(filepath.Join(h.data(), "postgresql.conf")))
	files := map[string]string{
		h.settingsFile(): include + settings + durability,
		h.hbaFile():      "local all all peer map=fence\nlocal replication all peer map=fence\n",
		h.identFile():    identMap([]string{our, acct.name}, o.Roles),
	}
	for path, text := range files {
		if err := replaceFile(path, confHeader+text, dirMode()&0o644|0o600); err != nil {
			return explain(path, err)
		}
	}
	return nil
}

// identMap lets each account be each role: whoever may read the data files needs no finer map.
func identMap(accounts, extraRoles []string) string {
	var b strings.Builder
	roles := slices.Concat([]string{Superuser}, platformRoles, extraRoles)
	for _, account := range slices.Compact(accounts) {
		for _, role := range roles {
			fmt.Fprintf(&b, "fence \"%s\" \"%s\"\n", account, strings.ReplaceAll(role, `"`, `""`))
		}
	}
	return b.String()
}

// replaceFile writes path so that a full disk or a kill leaves the old text or the new, never a part.
func replaceFile(path, text string, mode fs.FileMode) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // best effort: the first error is the one to tell
	}
	return err
}

// quoted is a string literal of postgresql.conf.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
