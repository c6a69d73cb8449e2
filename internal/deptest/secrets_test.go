package deptest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// leaks are forms that only secrets have. The examples are put together here so that this file has none.
var leaks = []struct {
	what    string
	form    *regexp.Regexp
	example string
}{
	{"a private key", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE ` + `KEY-----`), "-----BEGIN EC PRIVATE " + "KEY-----"},
	{"a key of PGP", regexp.MustCompile(`-----BEGIN PGP PRIVATE ` + `KEY BLOCK`), "-----BEGIN PGP PRIVATE " + "KEY BLOCK-----"},
	{"a key of AWS", regexp.MustCompile(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`), "AKIA" + "ABCDEFGHIJKLMNOP"},
	{"a key of Stripe", regexp.MustCompile(`\b(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{16,}`), "sk_" + "live_0123456789abcdef"},
	{"a secret of a webhook", regexp.MustCompile(`\bwhsec_[0-9A-Za-z+/=]{16,}`), "whsec_" + "0123456789abcdef"},
	{"a token of GitHub", regexp.MustCompile(`\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{22,})`), "ghp_" + strings.Repeat("a", 36)},
	{"a token of Slack", regexp.MustCompile(`\bxox[abeoprs]-[0-9A-Za-z-]{10,}`), "xoxb-" + "0123456789-abc"},
	{"a key of Google", regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}`), "AIza" + strings.Repeat("a", 35)},
	{"a token of npm", regexp.MustCompile(`\bnpm_[0-9A-Za-z]{36}`), "npm_" + strings.Repeat("a", 36)},
	{"a signed token", regexp.MustCompile(`\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{20,}`), "eyJ" + strings.Repeat("a", 12) + ".eyJ" + strings.Repeat("b", 12) + "." + strings.Repeat("c", 24)},
	{"a session or key of ours", regexp.MustCompile(`\bf[skr]_[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}`), "fs_" + strings.Repeat("a", 22) + "." + strings.Repeat("b", 43)},
	{"a password in an address", regexp.MustCompile(`\b(?:postgres|postgresql|redis|rediss|amqp|smtp|mongodb)://[^:/\s"'` + "`" + `]+:[^@\s"'` + "`" + `]{12,}@[a-z0-9.-]+\.(?:com|net|io|org)`), "postgres://app:" + "correcthorsebattery@db.prod." + "com/fence"},
}

// kept are files that git ignores, or that come from others by lock file.
func kept(path string, d fs.DirEntry) bool {
	return d.IsDir() && path != "." && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == ".cache" || d.Name() == "dist" || path == "bin")
}

// TestSourceHoldsNoSecrets reads every file of the repository.
func TestSourceHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	for _, l := range leaks {
		if !l.form.MatchString(l.example) {
			t.Errorf("%s is not found where it is: %s", l.what, l.example)
		}
	}
	read := 0
	root := os.DirFS(filepath.Join("..", ".."))
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if kept(path, d) {
			return fs.SkipDir
		}
		if d.IsDir() || !d.Type().IsRegular() {
			return nil
		}
		if name := d.Name(); name == "seal.key" || name == ".env" || strings.HasSuffix(name, ".pem") || strings.HasSuffix(name, ".p12") || name == "id_rsa" || name == ".htpasswd" {
			t.Errorf("%s is a file of secrets", path)
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		read++
		for _, l := range leaks {
			if at := l.form.FindIndex(text); at != nil {
				t.Errorf("%s:%d holds %s", path, 1+bytes.Count(text[:at[0]], []byte("\n")), l.what)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 300 {
		t.Errorf("only %d files were read", read)
	}
}
