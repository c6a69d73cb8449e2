package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func working() Settings {
	return Settings{Listen: "127.0.0.1:8080", AdminListen: "127.0.0.1:8081", PublicURL: "http://fence.localhost:8080", MailFrom: "mail@fence.localhost", Connections: 10}
}

func TestDefaultsAreInOrder(t *testing.T) {
	t.Parallel()
	if err := working().Check(); err != nil {
		t.Error(err)
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	s := Settings{Listen: "x", AdminListen: "y", PublicURL: "http://fences.example", MailFrom: "nobody", SupportEmail: "Support <us@x.example>", DatabaseURL: "mysql://x", SMTPURL: "ftp://x", TrustedProxies: []string{"10.0.0.0/8", "proxy.example"}, AddressRate: -1, S3Endpoint: "ftp://x", RateLimits: "off", RedisURL: "http://x"}
	err := s.Check()
	if err == nil {
		t.Fatal("no mistake found")
	}
	for _, name := range []string{"FENCE_LISTEN", "FENCE_ADMIN_LISTEN", "FENCE_PUBLIC_URL", "FENCE_MAIL_FROM", "FENCE_SUPPORT_EMAIL", "FENCE_DATABASE_URL", "FENCE_SYSTEM_DATABASE_URL", "FENCE_SEAL_KEY", "FENCE_CONTEXT_KEYS", "FENCE_SMTP_URL", "FENCE_CONNECTIONS", "FENCE_TRUSTED_PROXIES", "FENCE_ADDRESS_RATE",
		"FENCE_S3_ENDPOINT", "FENCE_S3_BUCKET", "FENCE_S3_ACCESS_KEY", "FENCE_S3_SECRET_KEY", "FENCE_RATE_LIMITS", "FENCE_REDIS_URL"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not told:\n%v", name, err)
		}
	}
}

func TestDumpShowsNoSecret(t *testing.T) {
	t.Parallel()
	s := working()
	s.DatabaseURL, s.SealKey, s.SMTPURL, s.S3SecretKey = "postgres://app:hunter2@db/fence", "hunter2", "smtp://u:hunter2@mail", "hunter2"
	s.RedisURL = "redis://fence:hunter2@redis"
	if d := s.Dump(); strings.Contains(d, "hunter2") || !strings.Contains(d, "FENCE_SEAL_KEY=(set, not shown)") {
		t.Errorf("dump:\n%s", d)
	}
}

func TestSecretComesFromAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("from the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := working()
	env := map[string]string{"FENCE_SEAL_KEY_FILE": path, "FENCE_SMTP_URL_FILE": path + ".missing"}
	err := s.ReadFiles(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if s.SealKey != "from the file" {
		t.Errorf("key is %q", s.SealKey)
	}
	if err == nil || !strings.Contains(err.Error(), "FENCE_SMTP_URL_FILE") {
		t.Errorf("a missing file is told as %v", err)
	}
}
