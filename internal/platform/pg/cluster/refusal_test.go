package cluster_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"fenceplatform.com/fence/internal/platform/pg/cluster"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A process id in a stale file may be free, or belong to a program that has nothing to do with us.
func TestStalePIDFileIsCleared(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"free process id":       "2147483646\n%[1]s\n1700000000\n5432\n%[2]s\n\n  5432001    123456\nready   \n",
		"another program's":     itoa(os.Getpid()) + "\n%[1]s\n1700000000\n5432\n%[2]s\n\n  5432001    123456\nready   \n",
		"killed before writing": "",
		"garbage":               "not a number\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := cluster.Options{DataDir: dataDir(t), FastAndLoose: true}
			stopped(t, start(t, o))
			data, socket := filepath.Join(o.DataDir, "postgres/data"), filepath.Join(o.DataDir, "postgres/socket")
			if strings.Contains(text, "%") {
				text = fmt.Sprintf(text, data, socket)
			}
			writeAsOwner(t, filepath.Join(data, "postmaster.pid"), text)
			writeAsOwner(t, filepath.Join(socket, ".s.PGSQL.5432.lock"), itoa(os.Getpid())+"\n"+data+"\n1700000000\n5432\n"+socket+"\n")
			connect(t, start(t, o).SuperuserURL("postgres"))
		})
	}
}

// writeAsOwner writes a file that belongs to whom its directory belongs.
func writeAsOwner(t *testing.T, path, text string) {
	t.Helper()
	info, err := os.Stat(filepath.Dir(path))
	must(t, err)
	stat := info.Sys().(*syscall.Stat_t)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	must(t, os.Chown(path, int(stat.Uid), int(stat.Gid)))
}

func TestOtherMajorVersionIsRefused(t *testing.T) {
	t.Parallel()
	o := cluster.Options{DataDir: dataDir(t), FastAndLoose: true}
	stopped(t, start(t, o))
	version := filepath.Join(o.DataDir, "postgres/data/PG_VERSION")
	real, err := os.ReadFile(version)
	must(t, err)
	writeAsOwner(t, version, "11\n")
	_, err = cluster.Start(t.Context(), o)
	refused(t, err, cluster.CodeOtherMajor, "PostgreSQL 11", "postgresql-11", o.DataDir)
	writeAsOwner(t, version, string(real))
	connect(t, start(t, o).SuperuserURL("postgres"))
}

func TestDirectoryOfAnotherUserIsRefused(t *testing.T) {
	t.Parallel()
	const nobody = 65534
	if foreign := os.Getenv(nestedVariable); foreign != "" {
		_, err := cluster.Start(t.Context(), cluster.Options{DataDir: foreign})
		refused(t, err, cluster.CodeForeign, "user root", "FENCE_DATA_DIR")
	}
	if os.Geteuid() != 0 {
		return // giving files away takes root, whose run started this one
	}
	for _, part := range []string{"postgres", "postgres/data"} {
		dir := dataDir(t)
		must(t, os.MkdirAll(filepath.Join(dir, part), 0o755))
		must(t, os.Chown(filepath.Join(dir, part), nobody, nobody))
		_, err := cluster.Start(t.Context(), cluster.Options{DataDir: dir})
		refused(t, err, cluster.CodeForeign, "user nobody", "FENCE_DATA_DIR", filepath.Join(dir, part))
	}
}

func TestDirectoryThatPostgresCannotReachIsRefused(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // without root PostgreSQL is the same user
	}
	dir := filepath.Join(dataDir(t), "closed")
	must(t, os.Mkdir(dir, 0o700))
	_, err := cluster.Start(t.Context(), cluster.Options{DataDir: filepath.Join(dir, "deeper")})
	refused(t, err, cluster.CodeUnreachable, "chmod o+x "+dir)
}

func TestUnwritableDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	file := filepath.Join(dir, "file")
	must(t, os.WriteFile(file, nil, 0o600))
	_, err := cluster.Start(t.Context(), cluster.Options{DataDir: filepath.Join(file, "data")})
	refused(t, err, cluster.CodeUnwritable, file, "FENCE_DATA_DIR")
	if os.Geteuid() == 0 {
		return // root may write everywhere
	}
	must(t, os.Chmod(dir, 0o500))
	defer os.Chmod(dir, 0o700) // for the cleanup
	_, err = cluster.Start(t.Context(), cluster.Options{DataDir: dir})
	refused(t, err, cluster.CodeUnwritable, dir, "FENCE_DATA_DIR")
}

func TestMissingOrOldPostgresIsRefused(t *testing.T) {
	t.Parallel()
	_, err := cluster.Start(t.Context(), cluster.Options{DataDir: dataDir(t), BinDir: dataDir(t)})
	refused(t, err, cluster.CodeNotInstalled, "apt-get install postgresql-15", "FENCE_DATABASE_URL")
	_, err = cluster.Start(t.Context(), cluster.Options{DataDir: dataDir(t), BinDir: fakeInstallation(t, "13.4", "exit 1")})
	refused(t, err, cluster.CodeTooOld, "PostgreSQL 13", "apt-get install postgresql-15")
}

func TestFailingInitdbIsToldInOneSentence(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ script, code, word string }{
		"full disk": {`echo 'initdb: error: could not write file "x": No space left on device' >&2; exit 1`, cluster.CodeDiskFull, "free some space"},
		"last page": {`echo 'FATAL: could not extend file "x": wrote only 4096 of 8192 bytes' >&2; exit 1`, cluster.CodeDiskFull, "free some space"},
		"anything":  {`echo 'initdb: error: the moon is wrong.' >&2; exit 1`, cluster.CodeNoStart, "the moon is wrong"},
		"silence":   {`exit 1`, cluster.CodeNoStart, "without a word"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := dataDir(t)
			_, err := cluster.Start(t.Context(), cluster.Options{DataDir: dir, BinDir: fakeInstallation(t, "15.20", test.script)})
			refused(t, err, test.code, test.word, dir)
			if got := entries(t, filepath.Join(dir, "postgres")); len(got) != 1 || got[0] != "lock" {
				t.Errorf("left behind: got %v, want the lock alone", got)
			}
		})
	}
}

func TestBrokenConfigurationIsToldInOneSentence(t *testing.T) {
	t.Parallel()
	o := cluster.Options{DataDir: dataDir(t), FastAndLoose: true}
	stopped(t, start(t, o))
	writeAsOwner(t, filepath.Join(o.DataDir, "postgres/data/postgresql.auto.conf"), "no_such_setting = 1\n")
	_, err := cluster.Start(t.Context(), o)
	refused(t, err, cluster.CodeNoStart, "configuration file", "start.log")
}

func TestDeepDirectoryGetsAShortSocket(t *testing.T) {
	t.Parallel()
	deep := filepath.Join(dataDir(t), strings.Repeat("deep-and-deeper/", 9))
	c := start(t, cluster.Options{DataDir: deep, FastAndLoose: true})
	connect(t, c.SuperuserURL("postgres"))
	if got := len(filepath.Join(c.SocketDir(), ".s.PGSQL.5432")); got > 107 {
		t.Errorf("socket path: got %d bytes, want at most 107", got)
	}
	stopped(t, c)
	if _, err := os.Stat(c.SocketDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("short socket directory after Stop: got %v, want it gone", err)
	}
}

func TestCommaInTheDirectoryIsNotTakenForTwoHosts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), `Smith, "Sons" & Co's data`)
	connect(t, start(t, cluster.Options{DataDir: dir, FastAndLoose: true}).SuperuserURL("postgres"))
}

func TestDefaultDataDir(t *testing.T) {
	if os.Geteuid() == 0 {
		if got, err := cluster.DefaultDataDir(); err != nil || got != "/var/lib/fence" {
			t.Errorf("as root: got %s (%v), want /var/lib/fence", got, err)
		}
		return
	}
	t.Setenv("HOME", "/home/pat")
	for xdg, want := range map[string]string{"": "/home/pat/.local/share/fence", "/data": "/data/fence", "relative": "/home/pat/.local/share/fence"} {
		t.Setenv("XDG_DATA_HOME", xdg)
		if got, err := cluster.DefaultDataDir(); err != nil || got != want {
			t.Errorf("XDG_DATA_HOME=%q: got %s (%v), want %s", xdg, got, err, want)
		}
	}
}
