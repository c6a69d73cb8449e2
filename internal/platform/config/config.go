// Package config reads the settings of a process: flags and environment of one struct.
//
// Owns: Settings, their defaults and checks, the redacted dump. Does not own: what is done with them (app).
// Invariant: all mistakes are told at once; a secret can come from a file and never appears in a dump.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
	"fenceplatform.com/fence/internal/platform/redis"
)

// Settings of a serving process. Each is a flag and a FENCE_ variable; one marked secret may also be read
// from the file that FENCE_…_FILE names.
type Settings struct {
	Listen         string        `env:"FENCE_LISTEN" default:"127.0.0.1:8080" help:"Address that pages and API are served on."`
	AdminListen    string        `env:"FENCE_ADMIN_LISTEN" default:"127.0.0.1:8081" help:"Address of /livez, /readyz and /metrics."`
	PublicURL      string        `name:"public-url" env:"FENCE_PUBLIC_URL" default:"http://fence.localhost:8080" help:"Public address of the apex; companies are one label below."`
	BaseDomain     string        `env:"FENCE_BASE_DOMAIN" help:"Domain of the apex, when it is not the host of the public address."`
	DataDir        string        `env:"FENCE_DATA_DIR" type:"path" help:"Folder for the private database, files and the outbox."`
	DatabaseURL    string        `name:"database-url" env:"FENCE_DATABASE_URL" secret:"" help:"PostgreSQL as role fence_app. Empty starts a private server."`
	DatabasePooled bool          `name:"database-pooled" env:"FENCE_DATABASE_POOLED" help:"FENCE_DATABASE_URL leads to a PgBouncer that pools transactions (the other two lead to the server itself)."`
	SystemURL      string        `name:"system-database-url" env:"FENCE_SYSTEM_DATABASE_URL" secret:"" help:"The same database as role fence_system."`
	MigrateURL     string        `name:"migrate-database-url" env:"FENCE_MIGRATE_DATABASE_URL" secret:"" help:"The same database as role fence_migrate, for fence migrate."`
	S3Endpoint     string        `name:"s3-endpoint" env:"FENCE_S3_ENDPOINT" help:"S3 that files are kept in, as https://s3.us-east-1.amazonaws.com. Empty keeps them in the data folder."`
	S3Bucket       string        `name:"s3-bucket" env:"FENCE_S3_BUCKET" help:"Bucket of files there."`
	S3Region       string        `name:"s3-region" env:"FENCE_S3_REGION" default:"us-east-1" help:"Region that requests to it are signed for."`
	S3AccessKey    string        `name:"s3-access-key" env:"FENCE_S3_ACCESS_KEY" help:"Name of the key that opens it."`
	S3SecretKey    string        `name:"s3-secret-key" env:"FENCE_S3_SECRET_KEY" secret:"" help:"The key itself."`
	SMTPURL        string        `name:"smtp-url" env:"FENCE_SMTP_URL" secret:"" help:"smtp://user:password@host:port. Empty writes mail to the outbox in the data folder."`
	MailFrom       string        `env:"FENCE_MAIL_FROM" default:"mail@fence.localhost" help:"Address that mail comes from."`
	SupportEmail   string        `env:"FENCE_SUPPORT_EMAIL" help:"Address that people of companies write to when only the operator can help. Empty: the one that mail comes from."`
	SealKey        string        `env:"FENCE_SEAL_KEY" secret:"" help:"Ed25519 seed (base64, 32 bytes) that signed quotes are sealed with. Empty keeps one in the data folder."`
	ContextKeys    string        `env:"FENCE_CONTEXT_KEYS" secret:"" help:"Key (base64, 32 bytes; fence context-key makes one) that tells the database which company a request is of; two with a comma while they change. Empty keeps one in the data folder."`
	BackupDir      string        `env:"FENCE_BACKUP_DIR" type:"path" help:"Folder that backups are written to: fence doctor looks how old the newest is."`
	TrustedProxies []string      `env:"FENCE_TRUSTED_PROXIES" help:"Networks of the proxies in front, as 10.1.0.0/16,fd00::/8: their X-Forwarded-For and X-Request-Id are believed."`
	AddressRate    int           `env:"FENCE_ADDRESS_RATE" default:"50" help:"Requests a second that one address may send before log-in, thirty times as many at once; one that changes something counts ten times. 0 counts nobody."`
	RateLimits     string        `env:"FENCE_RATE_LIMITS" default:"on" enum:"on,off" help:"Whether requests of companies are counted against the rates of their plan. off is for tests on one's own machine."`
	RedisURL       string        `name:"redis-url" env:"FENCE_REDIS_URL" secret:"" help:"redis://user:password@host:port that all servers count rates in together (rediss:// with TLS; more nodes of a cluster as ?addr=host:port). Empty counts in each by itself."`
	TokenKeys      string        `env:"FENCE_TOKEN_KEYS" secret:"" help:"Keys (base64, 32 bytes, commas between) of programs' access tokens: the first signs, all prove. Empty derives one from the seal key."`
	StripeKey      string        `name:"stripe-secret-key" env:"FENCE_STRIPE_SECRET_KEY" secret:"" help:"Secret key of the Stripe account that companies pay. Empty takes no payments; with the private database, on one's own machine, it simulates them."`
	StripeAddress  string        `env:"FENCE_STRIPE_ADDRESS" help:"Address of another server that speaks Stripe's API. Empty is Stripe's own."`
	StripeSecrets  string        `name:"stripe-webhook-secrets" env:"FENCE_STRIPE_WEBHOOK_SECRETS" secret:"" help:"Signing secrets of the webhook endpoint (/webhooks/stripe at the apex), commas between: two while one is rolled."`
	ConnectHooks   string        `name:"stripe-connect-webhook-secrets" env:"FENCE_STRIPE_CONNECT_WEBHOOK_SECRETS" secret:"" help:"Signing secrets of the endpoint for companies' own accounts (/webhooks/stripe-connect at the apex, told of connected accounts), commas between: two while one is rolled. Empty lets no company take payments online."`
	Connections    int           `env:"FENCE_CONNECTIONS" default:"10" help:"Connections to the database."`
	DrainPause     time.Duration `env:"FENCE_DRAIN_PAUSE" default:"5s" help:"How long a stopping server stays reachable after /readyz says no."`
	LogLevel       string        `env:"FENCE_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"debug, info, warn or error."`
}

// ReadFiles fills secrets from the files that FENCE_…_FILE variables name.
func (s *Settings) ReadFiles(lookup func(string) (string, bool)) error {
	var problems []error
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if _, secret := f.Tag.Lookup("secret"); !secret {
			continue
		}
		name := f.Tag.Get("env") + "_FILE"
		path, ok := lookup(name)
		if !ok || path == "" {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		if v.Field(i).String() != "" {
			problems = append(problems, fmt.Errorf("%s and %s are both set: keep one", f.Tag.Get("env"), name))
			continue
		}
		v.Field(i).SetString(strings.TrimSpace(string(b)))
	}
	return errors.Join(problems...)
}

// Embedded tells that the process runs its own private database.
func (s Settings) Embedded() bool { return s.DatabaseURL == "" }

// Public tells that the platform is reached under a domain of its own, not on this machine only.
func (s Settings) Public() bool {
	u, err := url.Parse(s.PublicURL)
	return err == nil && u.Hostname() != "localhost" && !strings.HasSuffix(u.Hostname(), ".localhost")
}

// WriteTo is the address that people of companies write to.
func (s Settings) WriteTo() string {
	if s.SupportEmail != "" {
		return s.SupportEmail
	}
	return s.MailFrom
}

// Simulated tells that payments are simulated: on one's own machine, with a private database and no key of Stripe.
func (s Settings) Simulated() bool { return s.Embedded() && !s.Public() && s.StripeKey == "" }

// WebhookSecrets are the signing secrets, one by one.
func (s Settings) WebhookSecrets() []string { return listed(s.StripeSecrets) }

// ConnectSecrets are those of the endpoint for companies' own accounts.
func (s Settings) ConnectSecrets() []string { return listed(s.ConnectHooks) }

func listed(text string) (all []string) {
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// StripeLive tells that the key moves real money.
func (s Settings) StripeLive() bool {
	return strings.HasPrefix(s.StripeKey, "sk_live_") || strings.HasPrefix(s.StripeKey, "rk_live_")
}

// Check looks at everything and tells all mistakes at once.
func (s Settings) Check() error {
	var problems []error
	add := func(name, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
	}
	for name, address := range map[string]string{"FENCE_LISTEN": s.Listen, "FENCE_ADMIN_LISTEN": s.AdminListen} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			add(name, "%q is not an address like 127.0.0.1:8080", address)
		}
	}
	if (s.StripeKey == "") != (len(s.WebhookSecrets()) == 0) {
		add("FENCE_STRIPE_WEBHOOK_SECRETS", "belongs with FENCE_STRIPE_SECRET_KEY: set both or neither")
	}
	if s.StripeKey == "" && len(s.ConnectSecrets()) > 0 {
		add("FENCE_STRIPE_CONNECT_WEBHOOK_SECRETS", "means nothing without FENCE_STRIPE_SECRET_KEY")
	}
	s.checkPublic(add)
	for name, text := range map[string]string{"FENCE_DATABASE_URL": s.DatabaseURL, "FENCE_SYSTEM_DATABASE_URL": s.SystemURL, "FENCE_MIGRATE_DATABASE_URL": s.MigrateURL} {
		if u, err := url.Parse(text); text != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
			add(name, "want postgres://user:password@host:port/database")
		}
	}
	if s.DatabaseURL != "" && s.SystemURL == "" {
		add("FENCE_SYSTEM_DATABASE_URL", "is needed together with FENCE_DATABASE_URL: tasks run as their own role")
	}
	if s.DatabaseURL != "" && s.SealKey == "" {
		add("FENCE_SEAL_KEY", "is needed together with FENCE_DATABASE_URL: all replicas seal with the same key")
	}
	if s.DatabaseURL != "" && s.ContextKeys == "" {
		add("FENCE_CONTEXT_KEYS", "is needed together with FENCE_DATABASE_URL: the database believes no other")
	}
	if _, err := contextkey.Parse(s.ContextKeys); s.ContextKeys != "" && err != nil {
		add("FENCE_CONTEXT_KEYS", "%s", err)
	}
	if u, err := url.Parse(s.SMTPURL); s.SMTPURL != "" && (err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtp+insecure") {
		add("FENCE_SMTP_URL", "want smtp://user:password@host:port")
	}
	s.checkFiles(add)
	if _, err := mail.ParseAddress(s.MailFrom); err != nil {
		add("FENCE_MAIL_FROM", "%q is not an e-mail address", s.MailFrom)
	}
	if a, err := mail.ParseAddress(s.WriteTo()); s.SupportEmail != "" && (err != nil || a.Address != s.SupportEmail) {
		add("FENCE_SUPPORT_EMAIL", "%q is not an e-mail address", s.SupportEmail)
	}
	if s.Connections < 2 || s.Connections > 500 {
		add("FENCE_CONNECTIONS", "want 2 to 500, got %d", s.Connections)
	}
	if _, err := httpx.ParseProxies(s.TrustedProxies); err != nil {
		add("FENCE_TRUSTED_PROXIES", "%s", err)
	}
	if s.AddressRate < 0 || s.AddressRate > 1_000_000 {
		add("FENCE_ADDRESS_RATE", "want 0 to 1000000, got %d", s.AddressRate)
	}
	if s.RateLimits == "off" && s.Public() {
		add("FENCE_RATE_LIMITS", "off is for tests: one company could slow all others")
	}
	if s.RedisURL != "" {
		if _, err := redis.Parse(s.RedisURL); err != nil {
			add("FENCE_REDIS_URL", "%s", err)
		}
	}
	return errors.Join(problems...)
}

// checkFiles wants all of an S3 or nothing of it.
func (s Settings) checkFiles(add func(name, format string, args ...any)) {
	rest := map[string]string{"FENCE_S3_BUCKET": s.S3Bucket, "FENCE_S3_ACCESS_KEY": s.S3AccessKey, "FENCE_S3_SECRET_KEY": s.S3SecretKey}
	if s.S3Endpoint == "" {
		for name, value := range rest {
			if value != "" {
				add(name, "means nothing without FENCE_S3_ENDPOINT")
			}
		}
		return
	}
	if u, err := url.Parse(s.S3Endpoint); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
		add("FENCE_S3_ENDPOINT", "%q is not an address like https://s3.us-east-1.amazonaws.com", s.S3Endpoint)
	}
	for name, value := range rest {
		if value == "" {
			add(name, "is needed together with FENCE_S3_ENDPOINT")
		}
	}
}

func (s Settings) checkPublic(add func(name, format string, args ...any)) {
	u, err := url.Parse(s.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
		add("FENCE_PUBLIC_URL", "%q is not an address like https://fenceplatform.com", s.PublicURL)
		return
	}
	if u.Scheme == "http" && u.Hostname() != "localhost" && !strings.HasSuffix(u.Hostname(), ".localhost") {
		add("FENCE_PUBLIC_URL", "plain http works on *.localhost only; use https for %s", u.Hostname())
	}
	if s.BaseDomain != "" && s.BaseDomain != u.Hostname() {
		add("FENCE_BASE_DOMAIN", "is %s, but the public address is on %s", s.BaseDomain, u.Hostname())
	}
}

// Dump writes every setting with its variable, secrets as their presence only.
func (s Settings) Dump() string {
	var b strings.Builder
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		value := fmt.Sprint(v.Field(i).Interface())
		if list, ok := v.Field(i).Interface().([]string); ok {
			value = strings.Join(list, ",")
		}
		if _, secret := f.Tag.Lookup("secret"); secret && value != "" {
			value = "(set, not shown)"
		}
		fmt.Fprintf(&b, "%s=%s\n", f.Tag.Get("env"), value)
	}
	return b.String()
}
