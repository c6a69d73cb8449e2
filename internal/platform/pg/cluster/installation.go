package cluster

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the oldest PostgreSQL that the schema is written and tested for.
const oldestMajor = 15

// debianBinDirs is where Debian and Ubuntu keep each major version, outside PATH.
const debianBinDirs = "/usr/lib/postgresql/*/bin"

// installation is one set of PostgreSQL's server programs.
type installation struct {
	binDir string
	major  int
}

func (i installation) program(name string) string { return filepath.Join(i.binDir, name) }

// installation chooses the programs for this cluster: those of the data's own major version, or the
// newest for a cluster that is yet to be made.
func (h *home) installation(ctx context.Context, binDir string) (installation, error) {
	found, err := installations(ctx, candidateDirs(binDir))
	if err != nil {
		return installation{}, err
	}
	if len(found) == 0 {
		return installation{}, refuse(CodeNotInstalled,
			"PostgreSQL %d or newer is not installed: install the package postgresql-%d (apt-get install postgresql-%d), or set FENCE_DATABASE_URL.",
			oldestMajor, oldestMajor, oldestMajor)
	}
	major, err := h.dataMajor()
	if errors.Is(err, fs.ErrNotExist) {
		return newest(found)
	}
	if err != nil {
		return installation{}, explain(h.data(), err)
	}
	for _, inst := range found {
		if inst.major == major {
			return inst, nil
		}
	}
	return installation{}, refuse(CodeOtherMajor,
		"The data in %s is of PostgreSQL %d and this machine has %s: install the package postgresql-%d, or move the directory away to begin with an empty one.",
		h.data(), major, majors(found), major)
}

func newest(found []installation) (installation, error) {
	best := slices.MaxFunc(found, func(a, b installation) int { return a.major - b.major })
	if best.major < oldestMajor {
		return installation{}, refuse(CodeTooOld,
			"PostgreSQL %d is too old: install %d or newer (apt-get install postgresql-%d), or set FENCE_DATABASE_URL.",
			best.major, oldestMajor, oldestMajor)
	}
	return best, nil
}

// dataMajor reads the version that wrote the data directory.
func (h *home) dataMajor() (int, error) {
	text, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// candidateDirs lists where programs may be, Debian's places first.
func candidateDirs(binDir string) []string {
	if binDir != "" {
		return []string{binDir}
	}
	dirs, _ := filepath.Glob(debianBinDirs) // the pattern is well formed
	if path, err := exec.LookPath("postgres"); err == nil {
		// Distributions link single programs into PATH; the others are beside the real file.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	return dirs
}

// installations keeps the directories that hold a server; client packages leave some without.
func installations(ctx context.Context, dirs []string) ([]installation, error) {
	var found []installation
	for _, dir := range dirs {
		inst := installation{binDir: dir}
		if !executable(inst.program("postgres")) || !executable(inst.program("initdb")) {
			continue
		}
		out, err := exec.CommandContext(ctx, inst.program("postgres"), "--version").Output()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			continue
		}
		if inst.major = majorOf(string(out)); inst.major > 0 {
			found = append(found, inst)
		}
	}
	return found, nil
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// majorOf reads "postgres (PostgreSQL) 15.20 (Debian …)"; 0 when it says something else.
func majorOf(version string) int {
	m := versionLine.FindStringSubmatch(version)
	if m == nil {
		return 0
	}
	major, _ := strconv.Atoi(m[1]) // digits; too many give 0 or a version that nobody has
	return major
}

func majors(found []installation) string {
	var names []string
	for _, inst := range found {
		if name := strconv.Itoa(inst.major); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}
