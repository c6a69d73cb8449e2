package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// keyAge is when a key that signs contexts should be changed.
	keyAge = 180 * 24 * time.Hour
	// rotation is how long an old key may stay beside the new one.
	rotation = 7 * 24 * time.Hour
	// backupAge is a day, and time to make the backup.
	backupAge = 26 * time.Hour
)

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func days(d time.Duration) string { return plural(int(d.Hours()/24), "day") }

// keys looks how old the keys of contexts are, and who can read the keys that lie in the data folder.
func keys(ctx context.Context, p *Patient, r *Result) {
	installed, err := installedKeys(ctx, p.At.App)
	if err != nil {
		r.problem("the ages of the context keys cannot be read: %v", err)
	}
	age, known := installed[p.Keys.ID()]
	switch {
	case err != nil:
	case !known:
		r.problem("the database does not know the key that this installation signs with: run `fence migrate up` with the same FENCE_CONTEXT_KEYS")
	case age > keyAge:
		r.problem("the key of contexts is %s old: change it (docs/operating.md, context keys)", days(age))
	default:
		r.Says = "the key of contexts is " + days(age) + " old"
	}
	if len(installed) > 1 && known && age > rotation {
		r.problem("the database still believes an old key: take it out of FENCE_CONTEXT_KEYS and run `fence migrate up`")
	}
	for _, name := range []string{"seal.key", "context.key", "payments.key", "payments.webhook.key", "payments.journal"} {
		info, err := os.Stat(filepath.Join(p.Settings.DataDir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it came by the environment
		}
		if err != nil {
			r.problem("%s cannot be looked at: %v", name, err)
		} else if info.Mode().Perm()&0o077 != 0 {
			r.problem("%s in %s can be read by others: chmod 600", name, p.Settings.DataDir)
		}
	}
}

// payments says who is paid, and what of it waits for somebody.
func payments(ctx context.Context, p *Patient, r *Result) {
	switch s := p.Settings; {
	case s.Simulated():
		r.Says = "simulated: no money moves"
	case s.StripeKey == "":
		r.Says = "none are taken: there is no FENCE_STRIPE_SECRET_KEY"
	case s.StripeLive():
		r.Says = "taken by Stripe (fence stripe check compares the account)"
	default:
		r.Says = "taken by Stripe in test mode: no money moves"
		if s.Public() {
			r.Says += ", and everybody's plan is for nothing"
		}
	}
	var open int
	if err := ask(ctx, p.At.System, "SELECT count(*)::int FROM platform.billing_findings WHERE settled_at IS NULL", &open); err != nil {
		r.problem("open findings cannot be counted: %v", err)
		return
	}
	if open == 0 {
		r.Says += "; no finding is open"
		return
	}
	r.Says += "; " + plural(open, "finding") + " open, see /operator/findings"
}

// installedKeys are the ages of the keys that the database believes.
func installedKeys(ctx context.Context, url string) (map[string]time.Duration, error) {
	conn, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	ages := map[string]time.Duration{}
	rows, _ := conn.Query(ctx, "SELECT id, greatest(extract(epoch FROM now() - installed_at), 0)::float8 FROM vault.key_ages()") // rows tell the error too
	var key string
	var seconds float64
	_, err = pgx.ForEachRow(rows, []any{&key, &seconds}, func() error {
		ages[key] = time.Duration(seconds * float64(time.Second))
		return nil
	})
	return ages, err
}

func backups(_ context.Context, p *Patient, r *Result) {
	dir := p.Settings.BackupDir
	if dir == "" {
		r.problem("no folder of backups is named: set FENCE_BACKUP_DIR")
		return
	}
	var newest time.Time
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() > 0 && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return err
	})
	age := p.Now().Sub(newest)
	switch {
	case err != nil:
		r.problem("backups cannot be looked at: %v", err)
	case newest.IsZero():
		r.problem("there is no backup in %s", dir)
	case age > backupAge:
		r.problem("the newest backup in %s is %s old", dir, age.Round(time.Hour))
	default:
		r.Says = "the newest is " + age.Round(time.Minute).String() + " old"
	}
}
