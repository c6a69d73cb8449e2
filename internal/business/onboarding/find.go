package onboarding

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Finder tells people by mail in which companies they work. Nobody who asks is told anything: an address that we
// know and one that we do not take the same steps, and the look-up is a task of the system's role.
type Finder struct {
	System *pg.System
	Mail   *notify.Service
}

// FindCompany is the task that looks an address up and mails what it finds.
type FindCompany struct {
	Email  string `json:"email"`
	MailID id.ID  `json:"mail_id"`
}

// Kind implements tasks.SystemArgs.
func (FindCompany) Kind() string { return "find_company" }

// How often a place may ask, and how often an address is mailed, within an hour.
const (
	findWindow  = time.Hour
	maxFromIP   = 10
	maxMailsFor = 3
)

// attempts is how often a bucket was counted within the hour.
type attempts struct {
	Asked     int
	Remaining time.Duration
}

// Ask takes a request and says nothing about what it will lead to.
func (f *Finder) Ask(ctx context.Context, r tenancy.Request, email string) error {
	address, err := identity.CleanEmail(email)
	if err != nil {
		return err
	}
	wait, err := f.count(ctx, "ip:"+r.Network(), maxFromIP)
	if err != nil {
		return err
	}
	if wait > 0 {
		e := fault.New(fault.RateLimited, "too-many-attempts", "Too many attempts. Try again in %d min.", int(wait.Minutes())+1)
		e.RetryAfter = wait
		return e
	}
	return tasks.EnqueueSystem(ctx, f.System, FindCompany{Email: address, MailID: id.New()})
}

// count counts one more of a bucket and tells how long to wait when it is too many.
func (f *Finder) count(ctx context.Context, bucket string, most int) (time.Duration, error) {
	got, err := pg.SystemRows[attempts](ctx, f.System, `SELECT asked, remaining FROM platform.count_finding($1, $2)`, bucket, findWindow)
	if err != nil || len(got) == 0 || got[0].Asked <= most {
		return 0, err
	}
	return max(got[0].Remaining, time.Second), nil
}

// Answer mails the companies of an address, if there are any, and not more than a few times an hour.
func (f *Finder) Answer(ctx context.Context, task FindCompany) error {
	found, err := pg.SystemRows[notify.FoundCompany](ctx, f.System, `SELECT name, host FROM platform.find_companies($1)`, task.Email)
	if err != nil || len(found) == 0 {
		return err
	}
	sum := sha256.Sum256([]byte(strings.ToLower(task.Email)))
	wait, err := f.count(ctx, "to:"+hex.EncodeToString(sum[:]), maxMailsFor)
	if err != nil || wait > 0 {
		return err
	}
	return f.Mail.Companies(ctx, task.MailID, task.Email, found, time.Now())
}
