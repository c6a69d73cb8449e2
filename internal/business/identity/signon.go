package identity

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"golang.org/x/net/idna"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/openid"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SignOn is how a company's people log in at the company's own identity provider. The client's secret is no part of
// it: it goes in and is never shown.
type SignOn struct {
	Name            string   `json:"name"` // of the provider, as the button says it
	Issuer          string   `json:"issuer"`
	ClientID        string   `json:"client_id"`
	Domains         []string `json:"domains"`       // whose e-mail addresses are let in
	NewcomerRole    Role     `json:"newcomer_role"` // of who is not here and not invited; empty: they stay out
	OnlyWay         bool     `json:"only_way"`      // there is no other way in, but for owners
	SecondFactorToo bool     `json:"second_factor_too"`
	Enabled         bool     `json:"enabled"`
	Version         int      `json:"version"` // 1 before anything was set up
}

// SignOnInput is a SignOn as it is to be, with the client's secret. Without a secret the old one stays.
type SignOnInput struct {
	SignOn
	ClientSecret string `json:"client_secret"`
}

// signOnRow is a SignOn with what only the log-in needs.
type signOnRow struct {
	SignOn
	ClientSecret []byte
}

const signOnSQL = `SELECT w.name, w.issuer, w.client_id, w.domains, coalesce(w.newcomer_role, '') AS newcomer_role, w.only_way, w.second_factor_too, w.enabled, w.version, w.client_secret
	FROM app.sign_on w WHERE w.org_id = $1`

// NewcomerRoles are the roles that somebody can come into by the provider's word alone: none that can let others in.
var NewcomerRoles = []Role{Office, Estimator, Crew, Accountant}

const (
	maxSignOnName   = 40
	maxIssuer       = 500
	maxClientID     = 255
	maxClientSecret = 1000
	maxDomains      = 50
)

// everybodys are domains in which anybody gets an address.
var everybodys = []string{"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com", "me.com", "aol.com", "proton.me", "gmx.com"}

func (in *SignOnInput) clean(check func(issuer string) error) error {
	var p fault.Problems
	in.Name, in.Issuer, in.ClientID, in.ClientSecret = strings.TrimSpace(in.Name), strings.TrimSpace(in.Issuer), strings.TrimSpace(in.ClientID), strings.TrimSpace(in.ClientSecret)
	if !lineOf(in.Name, 1, maxSignOnName) {
		p.Add("/name", "Name the provider with 1 to %d characters, like Okta or Google.", maxSignOnName)
	}
	if err := check(in.Issuer); err != nil || len(in.Issuer) > maxIssuer {
		p.Add("/issuer", "%s", issuerWords(err))
	}
	if !lineOf(in.ClientID, 1, maxClientID) {
		p.Add("/client_id", "Enter the client id that the provider gave you.")
	}
	if !lineOf(in.ClientSecret, 0, maxClientSecret) {
		p.Add("/client_secret", "A client secret is one line of at most %d characters.", maxClientSecret)
	}
	if in.NewcomerRole != "" && !slices.Contains(NewcomerRoles, in.NewcomerRole) {
		p.Add("/newcomer_role", "Choose office, estimator, crew or accountant, or nobody.")
	}
	in.Domains = cleanDomains(in.Domains, in.NewcomerRole != "", &p)
	return p.Err()
}

func lineOf(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	return n >= least && n <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, hidden)
}

func issuerWords(err error) string {
	if trouble, ok := errors.AsType[*openid.Error](err); ok {
		return trouble.Words
	}
	if err != nil {
		return err.Error()
	}
	return "An issuer's address has at most 500 characters."
}

// cleanDomains reads domains as people type them: small, ASCII, without what stands before an @, each once.
func cleanDomains(typed []string, newcomers bool, p *fault.Problems) []string {
	var clean []string
	for _, text := range typed {
		domain, err := idna.Lookup.ToASCII(strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "@")))
		switch {
		case err != nil || !strings.Contains(domain, ".") || len(domain) > 253:
			p.Add("/domains", "A domain is like acmefence.com, without what stands before the @.")
			return clean
		case newcomers && slices.Contains(everybodys, domain):
			p.Add("/domains", "Anybody gets an address of %s, so nobody comes in for the first time by having one.", domain)
			return clean
		case !slices.Contains(clean, domain):
			clean = append(clean, domain)
		}
	}
	if len(clean) == 0 || len(clean) > maxDomains {
		p.Add("/domains", "Enter 1 to %d domains of your people's e-mail addresses.", maxDomains)
	}
	return clean
}

// SignOn reads how the company's people log in at its provider; a SignOn of version 1 when it was never set up.
func (s *Service) SignOn(ctx context.Context, a tenancy.Actor) (SignOn, error) {
	if err := a.Require(tenancy.SettingsRead); err != nil {
		return SignOn{}, err
	}
	row, _, err := s.readSignOn(ctx, a)
	if fault.Is(err, fault.NotFound) {
		return SignOn{Version: 1}, nil
	}
	return row.SignOn, err
}

func (s *Service) readSignOn(ctx context.Context, a tenancy.Actor) (row signOnRow, now time.Time, err error) {
	now, err = s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) { pg.One(r, &row, signOnSQL, a.Tenant().Org()) })
	return row, now, err
}

// SetSignOn says how the company's people log in at its provider, from the next log-in on. The old secret stays when
// none is given; but it is of one provider, and never sent to another.
func (s *Service) SetSignOn(ctx context.Context, a tenancy.Actor, in SignOnInput) (SignOn, error) {
	if err := in.clean(s.openid.Check); err != nil {
		return SignOn{}, err
	}
	if err := a.Require(tenancy.SettingsWrite); err != nil {
		return SignOn{}, err
	}
	return tenancy.Once(ctx, s.db, a, "company.set_sign_on", s.withoutSecret(in), func(tx *pg.OrgTx) (SignOn, error) {
		if err := a.RequireFeature(plan.FeatureOIDC, tx.Now()); err != nil {
			return SignOn{}, err
		}
		if err := a.RequireWritable(tx.Now()); err != nil {
			return SignOn{}, err
		}
		if _, err := tenancy.LockOrganization(tx); err != nil { // two who set it up for the first time follow each other
			return SignOn{}, err
		}
		before, err := findSignOn(tx)
		if err != nil {
			return SignOn{}, err
		}
		if before.Version != in.Version {
			return SignOn{}, fault.Stale("single sign-on").With("current_version", before.Version)
		}
		if in.ClientSecret == "" && (before.ClientSecret == nil || in.Issuer != before.Issuer) {
			return SignOn{}, fault.InvalidField("/client_secret", "Enter the client secret that this provider gave you.")
		}
		return s.storeSignOn(tx, a, before, in)
	})
}

// withoutSecret is the input as it may be remembered: with the secret's keyed hash in its place.
func (s *Service) withoutSecret(in SignOnInput) SignOnInput {
	in.ClientSecret = hex.EncodeToString(s.keys.hashCode(id.Nil, id.Nil, in.ClientSecret))
	return in
}

// findSignOn reads the row in a transaction; of version 1 when there is none.
func findSignOn(tx *pg.OrgTx) (signOnRow, error) {
	row, err := pg.CollectOne[signOnRow](tx, signOnSQL, tx.Tenant().Org())
	if errors.Is(err, pgx.ErrNoRows) {
		return signOnRow{SignOn: SignOn{Version: 1}}, nil
	}
	return row, err
}

func (s *Service) storeSignOn(tx *pg.OrgTx, a tenancy.Actor, before signOnRow, in SignOnInput) (SignOn, error) {
	org, sealed := tx.Tenant().Org(), before.ClientSecret
	if in.ClientSecret != "" {
		var err error
		if sealed, err = s.keys.seal(clientSecret, org, id.Nil, []byte(in.ClientSecret)); err != nil {
			return SignOn{}, err
		}
	}
	after := in.SignOn
	after.Version = before.Version + 1
	_, err := tx.Exec(`INSERT INTO app.sign_on (org_id, name, issuer, client_id, client_secret, domains, newcomer_role, only_way, second_factor_too, enabled, updated_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, nullif($7, ''), $8, $9, $10, $11, $12)
		ON CONFLICT (org_id) DO UPDATE SET name = excluded.name, issuer = excluded.issuer, client_id = excluded.client_id, client_secret = excluded.client_secret,
			domains = excluded.domains, newcomer_role = excluded.newcomer_role, only_way = excluded.only_way, second_factor_too = excluded.second_factor_too,
			enabled = excluded.enabled, updated_at = excluded.updated_at, version = excluded.version`,
		org, after.Name, after.Issuer, after.ClientID, sealed, after.Domains, after.NewcomerRole, after.OnlyWay, after.SecondFactorToo, after.Enabled, tx.Now(), after.Version)
	if err != nil {
		return SignOn{}, err
	}
	deed := audit.Deed{Action: "company.sign_on", RecordType: "organization", RecordID: org, After: signOnLogged{after, in.ClientSecret != ""}}
	if before.Version > 1 {
		deed.Before = before.SignOn
	}
	return after, audit.Record(tx, a, deed)
}

// signOnLogged is what the log keeps.
type signOnLogged struct {
	SignOn
	SecretReplaced bool `json:"secret_replaced"`
}

// TestSignOn asks the provider everything that a log-in asks, and says what is wrong. What it tried was saved before.
func (s *Service) TestSignOn(ctx context.Context, a tenancy.Actor) (openid.Report, error) {
	if err := a.Require(tenancy.SettingsWrite); err != nil {
		return openid.Report{}, err
	}
	if err := a.RequireOwnRights(); err != nil {
		return openid.Report{}, err
	}
	row, now, err := s.readSignOn(ctx, a)
	if err != nil {
		return openid.Report{}, err
	}
	if err := a.RequireFeature(plan.FeatureOIDC, now); err != nil {
		return openid.Report{}, err
	}
	party, err := s.party(a, row)
	if err != nil {
		return openid.Report{}, err
	}
	report, err := s.openid.Test(ctx, party)
	if trouble, ok := errors.AsType[*openid.Error](err); ok {
		err = fault.New(fault.Invalid, "sign-on-unusable", "%s", trouble.Words)
	}
	return report, err
}

// party is the company as its provider knows it.
func (s *Service) party(a tenancy.Actor, row signOnRow) (openid.Party, error) {
	opened, err := s.keys.open(clientSecret, a.Tenant().Org(), id.Nil, row.ClientSecret)
	return openid.Party{Issuer: row.Issuer, ClientID: row.ClientID, Secret: string(opened), Redirect: s.SignOnRedirect(a.Org)}, err
}

// SignOnPath is where a provider sends people back to, on the company's host.
const SignOnPath = "/login/oidc/callback"

// SignOnRedirect is the address that a company registers at its provider.
func (s *Service) SignOnRedirect(org tenancy.Organization) string {
	return s.notify.Site.Of(org.Slug, SignOnPath)
}
