package onboarding

import (
	"bytes"
	"context"
	"crypto/sha256"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/halt"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Place is what a ZIP tells of where a company works.
type Place struct {
	City, State, TimeZone string
}

// Service makes companies.
type Service struct {
	DB     *pg.DB
	People *identity.Service
	Queue  *tasks.Queue
	Site   tenancy.Site
	// PlaceOf looks a ZIP up.
	PlaceOf func(zip string) (Place, bool)
	// SeedPrices gives the new company materials, styles, tiers and rates.
	SeedPrices func(tx *pg.OrgTx, org tenancy.Organization) error
	// Paid makes new companies customers at the payment provider, by a task.
	Paid bool
	// Customers and Quotes make what a company has to look at.
	Customers *crm.Service
	Quotes    *quoting.Service
	// Turns bound how many sign-ups are made at once; without them nobody waits.
	Turns *Turns
	// Guard keeps machines out; nil counts nobody.
	Guard *Guard
	// Disposable tells domains whose mailboxes are thrown away after minutes.
	Disposable func(domain string) bool
}

// SignUpInput is what a new owner types on the apex.
type SignUpInput struct {
	Key       string // the submission's own key: a repeat leads to the same company
	Company   string
	Email     string
	Password  string
	ZIP       string
	UTMSource string

	Comments         string // nobody sees this field: a machine fills it in
	Stamp            string // of the form, as Guard gave it
	Challenge, Proof string // after a refusal that asked for it
}

// defaultZone is where a company works that did not say.
const defaultZone = "America/Chicago"

func (in *SignUpInput) clean() error {
	var p fault.Problems
	in.Company = strings.Join(strings.Fields(norm.NFC.String(in.Company)), " ")
	switch n := utf8.RuneCountInString(in.Company); {
	case n == 0:
		p.Add("/company", "Enter the name of your company.")
	case n > 80:
		p.Add("/company", "A company's name has at most 80 characters. This one has %d.", n)
	case !utf8.ValidString(in.Company) || strings.ContainsFunc(in.Company, hidden):
		p.Add("/company", "A company's name has no hidden characters.")
	case looksLikeAddress.MatchString(in.Company):
		p.Add("/company", "Enter the company's name, not its web address.")
	case refusedName(in.Company):
		p.Add("/company", "Homeowners would take mails in this name for somebody else's. Enter the company's own name, or write to us.")
	}
	if in.Comments != "" {
		p.Add("/comments", "Leave the last field empty.")
	}
	email, err := identity.CleanEmail(in.Email)
	p.Under("", err)
	in.Email = email
	in.ZIP = strings.TrimSpace(in.ZIP)
	if in.ZIP != "" && !zipForm.MatchString(in.ZIP) {
		p.Add("/zip", "Enter a ZIP with 5 digits, like 78701.")
	}
	if len(in.UTMSource) > 100 || strings.ContainsFunc(in.UTMSource, unicode.IsControl) {
		in.UTMSource = ""
	}
	return p.Err()
}

var zipForm = regexp.MustCompile(`^\d{5}$`)

// hidden characters make a name read otherwise than it is stored. Joiners inside emoji are not hidden.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200d' || r == unicode.ReplacementChar
}

// SignedUp is where a new owner goes on.
type SignedUp struct {
	Organization tenancy.Organization
	StartURL     string // carries a code that works once, for a minute
}

// RecordSignUp is the task that notes a sign-up and where it came from.
type RecordSignUp struct {
	OrgID     id.ID  `json:"org_id"`
	UTMSource string `json:"utm_source"`
}

// Kind implements tasks.Args.
func (RecordSignUp) Kind() string { return "record_sign_up" }

// Organization implements tasks.Args.
func (t RecordSignUp) Organization() id.ID { return t.OrgID }

// SignUp makes the company, its owner and what it starts with, in one transaction.
func (s *Service) SignUp(ctx context.Context, r tenancy.Request, in SignUpInput) (SignedUp, error) {
	var p fault.Problems
	p.Under("", in.clean())
	local, domain, _ := strings.Cut(in.Email, "@")
	if s.Disposable != nil && s.Disposable(strings.ToLower(domain)) {
		p.Add("/email", "%s gives addresses away that end within minutes. Use one that stays yours: log-in links and signed quotes go there.", domain)
	}
	p.Under("", s.People.CheckPassword(in.Password, in.Company, local))
	if err := p.Err(); err != nil {
		return SignedUp{}, err
	}
	over, err := s.Turns.take(ctx) // before a proof is used up
	if err != nil {
		return SignedUp{}, err
	}
	defer over()
	if err := s.Guard.admit(ctx, r, in); err != nil { // before the password costs anything
		return SignedUp{}, err
	}
	hash, err := s.People.HashPassword(ctx, in.Password, in.Company, local)
	if err != nil {
		return SignedUp{}, err
	}
	halt.At(ctx, "sign-up/before-intent")
	org, err := s.intend(ctx, in)
	if err != nil {
		return SignedUp{}, err
	}
	halt.At(ctx, "sign-up/after-intent")
	a := tenancy.Founding(org).WithRequest(r)
	var done SignedUp
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		done, err = s.found(tx, a, in, hash)
		halt.At(ctx, "sign-up/before-commit")
		return err
	})
	if err == nil {
		halt.At(ctx, "sign-up/after-commit")
	}
	if pg.Violates(err, "organizations_pkey") || pg.Violates(err, "hosts_one_primary") {
		return s.again(ctx, a, in)
	}
	return done, err
}

// intend fixes which organization this submission makes. The password stays out of what is stored.
func (s *Service) intend(ctx context.Context, in SignUpInput) (id.ID, error) {
	if in.Key == "" {
		return id.New(), nil
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{in.Company, in.Email, in.ZIP}, "\x00")))
	var org id.ID
	var known []byte
	err := s.DB.Lookup(ctx, []any{&org, &known}, "SELECT org_id, request_hash FROM platform.intend_sign_up($1, $2, $3)", in.Key, id.New(), sum[:])
	if err != nil {
		return id.Nil, err
	}
	if !bytes.Equal(known, sum[:]) {
		return id.Nil, errOtherSignUp()
	}
	return org, nil
}

func errOtherSignUp() error {
	return fault.New(fault.Invalid, "idempotency-key-reused", "This form was sent before with other answers. Load the page again.")
}

func (s *Service) found(tx *pg.OrgTx, a tenancy.Actor, in SignUpInput, passwordHash string) (SignedUp, error) {
	trialEnds := tx.Now().Add(plan.TrialLength)
	org := tenancy.Organization{
		Name: in.Company, Email: in.Email, ZIP: in.ZIP, TimeZone: defaultZone,
		Plan: plan.Trial, PlanVersion: plan.CurrentVersion, TrialEndsAt: &trialEnds,
	}
	if place, ok := s.PlaceOf(in.ZIP); ok {
		org.TimeZone, org.City, org.State = place.TimeZone, place.City, place.State
	}
	org, err := tenancy.Found(tx, org, candidates(in.Company))
	if err != nil {
		return SignedUp{}, err
	}
	a.Org = org
	if err := openForBusiness(tx, org); err != nil {
		return SignedUp{}, err
	}
	if err := s.SeedPrices(tx, org); err != nil {
		return SignedUp{}, err
	}
	local, _, _ := strings.Cut(in.Email, "@")
	owner, err := s.People.Add(tx, a, identity.Newcomer{Name: local, Email: in.Email, Role: identity.Owner, PasswordHash: passwordHash})
	if err != nil {
		return SignedUp{}, err
	}
	if err := s.People.Welcome(tx, org, owner); err != nil {
		return SignedUp{}, err
	}
	if err := s.Queue.Enqueue(tx, RecordSignUp{OrgID: org.ID, UTMSource: in.UTMSource}); err != nil {
		return SignedUp{}, err
	}
	if err := s.Queue.Enqueue(tx, NoteEvents{OrgID: org.ID}); err != nil {
		return SignedUp{}, err
	}
	if s.Paid {
		if err := s.Queue.Enqueue(tx, billing.OpenAccount{OrgID: org.ID}); err != nil {
			return SignedUp{}, err
		}
	}
	if err := audit.Record(tx, a, audit.Deed{Action: "organization.founded", RecordType: "organization", RecordID: org.ID, After: org}); err != nil {
		return SignedUp{}, err
	}
	return s.handOver(tx, org, owner.ID)
}

func (s *Service) handOver(tx *pg.OrgTx, org tenancy.Organization, owner id.ID) (SignedUp, error) {
	code, err := identity.IssueStart(tx, owner)
	return SignedUp{Organization: org, StartURL: s.Site.Of(org.Slug, "/start?code="+code)}, err
}

// again answers a submission that came twice: the same person, shown by the password, gets a fresh code.
func (s *Service) again(ctx context.Context, a tenancy.Actor, in SignUpInput) (SignedUp, error) {
	existing, err := tenancy.InTask(ctx, s.DB, a.Org.ID)
	if err != nil {
		return SignedUp{}, err
	}
	owner, err := s.People.Prove(ctx, existing, in.Email, in.Password)
	if fault.Is(err, fault.Unauthenticated) {
		return SignedUp{}, errOtherSignUp()
	}
	if err != nil {
		return SignedUp{}, err
	}
	var done SignedUp
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		done, err = s.handOver(tx, existing.Org, owner)
		halt.At(ctx, "sign-up/before-hand-over")
		return err
	})
	halt.At(ctx, "sign-up/after-hand-over")
	return done, err
}

// openForBusiness writes hours (Monday to Friday) and the service area (the ZIP's three-digit prefix).
func openForBusiness(tx *pg.OrgTx, org tenancy.Organization) error {
	return tx.Together(func(b *pgx.Batch) {
		for day := time.Monday; day <= time.Friday; day++ {
			b.Queue(`INSERT INTO app.business_hours (org_id, weekday, opens, closes) VALUES ($1, $2, '08:00', '17:00')`, org.ID, int(day))
		}
		if org.ZIP != "" {
			b.Queue(`INSERT INTO app.service_areas (org_id, zip) VALUES ($1, $2)`, org.ID, org.ZIP[:3])
		}
	})
}
