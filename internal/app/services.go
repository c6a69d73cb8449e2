package app

import (
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/adoption"
	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/quoting/quotemail"
	"fenceplatform.com/fence/internal/business/support"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/mail"
	"fenceplatform.com/fence/internal/platform/openid"
	"fenceplatform.com/fence/internal/platform/outbound"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/postal"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/ui/assets"
	"fenceplatform.com/fence/internal/worker"
)

// Services are the operations of the business.
type Services struct {
	Notify    *notify.Service
	Identity  *identity.Service
	Operators *operator.Service
	Support   *support.Service
	Console   *console.Service
	SignUps   *onboarding.Service
	Accounts  *billing.Accounts // nil: no payments are taken
	Billing   *billing.Service  // likewise
	Teller    *billing.Teller
	CRM       *crm.Service
	Pricing   *pricing.Service
	Quoting   *quoting.Service
	Payments  *payment.Service
	Jobs      *fieldwork.Service
	Files     *files.Service
	Adoption  *adoption.Service
	Finder    *onboarding.Finder
	Usage     *usage.Auditor
	Calls     *usage.Calls

	outbox *mail.Outbox // nil with a mail server
}

func newServices(a *App) (Services, error) {
	var s Services
	queue, err := tasks.NewQueue()
	if err != nil {
		return s, err
	}
	deliverer, err := s.deliverer(a)
	if err != nil {
		return s, err
	}
	weak, err := weakPasswords()
	if err != nil {
		return s, err
	}
	zips, err := zipTable()
	if err != nil {
		return s, err
	}
	s.Notify = &notify.Service{DB: a.db, Queue: queue, Site: a.Site, From: a.settings.MailFrom, Deliver: deliverer}
	s.Finder = &onboarding.Finder{System: a.system, Mail: s.Notify}
	passwords := secret.NewPasswords(max(2, runtime.NumCPU()))
	s.Identity = identity.NewService(a.db, s.Notify, passwords, weak)
	keys, err := signInKeys(a.settings, a.SealKey)
	if err != nil {
		return s, err
	}
	if err := s.Identity.UseKeys(keys); err != nil {
		return s, err
	}
	s.Operators = &operator.Service{DB: a.db, System: a.system, People: s.Identity, Passwords: passwords, Keys: keys.Operators(), Log: a.log, Told: a.metrics.OperatorLoggedIn}
	s.Support = support.NewService(a.db, a.system, tenancy.NewHosts(a.db, a.Site.Base()), s.Notify, a.log)
	s.Support.Told = func(err error) { a.metrics.OperatorLoggedIn("support", err) }
	// An installation for one's own machine works with a provider on it too; a public one is not led inside.
	s.Identity.UseOpenID(openid.NewClient(outbound.New(a.settings.Embedded() && !a.settings.Public())))
	s.Console = &console.Service{System: a.system, Operators: s.Operators, Site: a.Site, Log: a.log}
	if a.payments != nil {
		s.Console.Payments = a.payments.console()
		a.metrics.Registerer().MustRegister(findings{s.Console, a.log})
	}
	s.CRM = crm.New(a.db, zips)
	s.Pricing = pricing.NewService(a.db)
	if s.Files, err = openFiles(a, queue); err != nil {
		return s, err
	}
	s.Payments = &payment.Service{DB: a.db, Notify: s.Notify}
	if a.payments != nil && a.payments.connect != nil {
		s.Payments.Accounts, s.Payments.Till = a.payments.connect, a.payments.connect
	}
	s.Jobs = &fieldwork.Service{DB: a.db, Queue: queue, Files: s.Files}
	s.Calls = usage.NewCalls(a.db, usage.Meter{Queue: queue})
	s.Usage = &usage.Auditor{
		DB: a.db, Drifted: func(m plan.Metric) { a.metrics.Drifted(string(m)) },
		Counted: map[plan.Metric]usage.Counted{
			plan.Quotes: {RecordType: "quote", List: quoting.Counted},
			plan.Jobs:   {RecordType: "job", List: fieldwork.Counted},
		},
		Levels: map[plan.Metric]func(*pg.OrgTx) (int64, error){plan.Users: identity.Seats, plan.Storage: files.Taken},
	}
	s.Adoption = &adoption.Service{DB: a.db, CRM: s.CRM}
	s.Quoting = &quoting.Service{DB: a.db, Queue: queue, Mail: quotemail.Mailer{Notify: s.Notify}, Key: a.SealKey, Address: a.Site.Of}
	if s.Quoting.Fonts, err = fonts(); err != nil {
		return s, err
	}
	s.SignUps = &onboarding.Service{
		DB: a.db, People: s.Identity, Queue: queue, Site: a.Site,
		PlaceOf: func(zip string) (onboarding.Place, bool) {
			p, err := zips.Find(zip)
			return onboarding.Place{City: p.City, State: p.State, TimeZone: p.TimeZone}, err == nil
		},
		SeedPrices: func(tx *pg.OrgTx, _ tenancy.Organization) error { return pricing.Seed(tx) },
		Paid:       a.payments != nil || a.settings.Simulated(), // a command leaves it to the server to open the account
		Customers:  s.CRM, Quotes: s.Quoting,
		Turns: onboarding.NewTurns(2 * runtime.NumCPU()), // more at once would only take connections from others
	}
	if s.SignUps.Disposable, err = disposableDomains(); err != nil {
		return s, err
	}
	if a.settings.AddressRate > 0 {
		s.SignUps.Guard = &onboarding.Guard{DB: a.db, Key: derive(a.SealKey, "fence sign-up guard"), Now: time.Now, Own: a.ownMachine}
	}
	s.Teller = &billing.Teller{DB: a.db, Mail: s.Notify}
	if a.payments != nil {
		s.Accounts = a.payments.accounts
		s.Billing = &billing.Service{DB: a.db, Queue: queue, Site: a.Site, Accounts: a.payments.accounts, Worker: a.payments.worker, Gateway: a.payments.gateway}
	}
	return s, nil
}

func (s *Services) work() worker.Services {
	return worker.Services{
		Notify: s.Notify, Quoting: s.Quoting, Fieldwork: s.Jobs, Payments: s.Payments, SignUps: s.SignUps, Finder: s.Finder, Identity: s.Identity,
		Usage: s.Usage, Accounts: s.Accounts, Billing: s.Billing, Teller: s.Teller, Files: s.Files, Operators: s.Operators, Console: s.Console,
	}
}

func (s *Services) deliverer(a *App) (mail.Deliverer, error) {
	if a.settings.SMTPURL == "" {
		s.outbox = &mail.Outbox{Dir: filepath.Join(a.settings.DataDir, "outbox")}
		return s.outbox, nil
	}
	u, err := url.Parse(a.settings.SMTPURL)
	if err != nil {
		return nil, fmt.Errorf("FENCE_SMTP_URL: not an address")
	}
	port := 587
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("FENCE_SMTP_URL: port %q", u.Port())
		}
	}
	password, _ := u.User.Password() // absent is empty
	return mail.SMTP{Host: u.Hostname(), Port: port, User: u.User.Username(), Password: password, Insecure: u.Scheme == "smtp+insecure"}, nil
}

// fonts are the faces of papers.
func fonts() (f document.Fonts, err error) {
	for weight, face := range map[int]*[]byte{400: &f.Regular, 600: &f.SemiBold, 700: &f.Bold} {
		if *face, err = assets.Font(weight); err != nil {
			return f, err
		}
	}
	return f, nil
}

// weakPasswords tells which passwords are guessed first.
func weakPasswords() (func(string) bool, error) {
	known, err := listed(assets.WeakPasswords())
	if err != nil {
		return nil, err
	}
	return func(lower string) bool { return known[lower] }, nil
}

// listed is what stands in a list, one a line.
func listed(b []byte, err error) (map[string]bool, error) {
	known := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		known[strings.TrimSpace(line)] = true
	}
	return known, err
}

// ownMachine tells the addresses of this machine, where nobody else is served.
func (a *App) ownMachine(ip string) bool {
	at, err := netip.ParseAddr(ip)
	return err == nil && at.Unmap().IsLoopback() && !a.settings.Public()
}

// disposableDomains tells the domains of mailboxes that are thrown away.
func disposableDomains() (func(string) bool, error) {
	known, err := listed(assets.DisposableDomains())
	if err != nil {
		return nil, err
	}
	return func(domain string) bool {
		for {
			if known[domain] {
				return true
			}
			_, above, ok := strings.Cut(domain, ".") // a mailbox below one of them
			if !ok || !strings.Contains(above, ".") {
				return false
			}
			domain = above
		}
	}, nil
}

func zipTable() (*postal.Table, error) {
	b, err := assets.ZIPTable()
	if err != nil {
		return nil, err
	}
	return postal.Load(b)
}
