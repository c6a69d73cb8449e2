package onboarding

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/phone"
)

// CompanyInput is what the company says about itself to its customers.
type CompanyInput struct {
	Version       int    `json:"version"`
	Name          string `json:"name"`
	Phone         string `json:"phone"`
	Email         string `json:"email"`
	Street        string `json:"street"`
	City          string `json:"city"`
	State         string `json:"state"`
	ZIP           string `json:"zip"`
	LicenseNumber string `json:"license_number"`
	BrandColor    string `json:"brand_color"`
	TimeZone      string `json:"time_zone"`
	// NoProductEvents has the platform note nothing of how the company comes along, and forget what it noted.
	NoProductEvents bool `json:"no_product_events"`
}

var (
	stateForm = regexp.MustCompile(`^[A-Z]{2}$`)
	colorForm = regexp.MustCompile(`^#[0-9A-F]{6}$`)
)

func (in *CompanyInput) clean() error {
	var p fault.Problems
	for _, f := range []struct {
		name string
		text *string
		most int
	}{
		{"/name", &in.Name, 80}, {"/street", &in.Street, 200}, {"/city", &in.City, 100}, {"/license_number", &in.LicenseNumber, 60},
	} {
		*f.text = strings.Join(strings.Fields(norm.NFC.String(*f.text)), " ")
		if utf8.RuneCountInString(*f.text) > f.most {
			p.Add(f.name, "At most %d characters.", f.most)
		}
		if strings.ContainsFunc(*f.text, hidden) {
			p.Add(f.name, "This has hidden characters.")
		}
	}
	if in.Email = strings.TrimSpace(in.Email); in.Email != "" { // answers to quotes go there: a mail with another thing never leaves
		email, err := identity.CleanEmail(in.Email)
		p.Under("", err)
		in.Email = email
	}
	switch {
	case in.Name == "":
		p.Add("/name", "Enter the name of your company.")
	case looksLikeAddress.MatchString(in.Name) || refusedName(in.Name):
		p.Add("/name", "Homeowners would take mails in this name for somebody else's. Enter the company's own name, or write to us.")
	}
	if in.Phone != "" {
		number, err := phone.Parse(in.Phone)
		if err != nil {
			p.Under("/phone", err)
		}
		in.Phone = number
	}
	in.State, in.BrandColor, in.ZIP = strings.ToUpper(in.State), strings.ToUpper(in.BrandColor), strings.TrimSpace(in.ZIP)
	if in.ZIP != "" && !zipForm.MatchString(in.ZIP) {
		p.Add("/zip", "Enter a ZIP with 5 digits, like 78701.")
	}
	if in.State != "" && !stateForm.MatchString(in.State) {
		p.Add("/state", "Enter the two letters of the state, like TX.")
	}
	if in.BrandColor != "" && !colorForm.MatchString(in.BrandColor) {
		p.Add("/brand_color", "Enter a color like #0F4C75.")
	}
	if _, err := time.LoadLocation(in.TimeZone); err != nil || !strings.Contains(in.TimeZone, "/") {
		p.Add("/time_zone", "Choose a time zone from the list.")
	}
	return p.Err()
}

// EditCompany changes what the company says about itself. A stale version is a Conflict.
func (s *Service) EditCompany(ctx context.Context, a tenancy.Actor, in CompanyInput) (tenancy.Organization, error) {
	if err := in.clean(); err != nil {
		return tenancy.Organization{}, err
	}
	if err := a.Require(tenancy.SettingsWrite); err != nil {
		return tenancy.Organization{}, err
	}
	return tenancy.Once(ctx, s.DB, a, "organization.edit", in, func(tx *pg.OrgTx) (tenancy.Organization, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return tenancy.Organization{}, err
		}
		before, err := tenancy.LockOrganization(tx)
		if err != nil {
			return tenancy.Organization{}, err
		}
		if before.Version != in.Version {
			return tenancy.Organization{}, fault.Stale("company")
		}
		after := before.Moved(in.TimeZone, tx.Now())
		after.Name, after.Phone, after.Email, after.Street, after.City = in.Name, in.Phone, in.Email, in.Street, in.City
		after.State, after.ZIP, after.LicenseNumber, after.BrandColor = in.State, in.ZIP, in.LicenseNumber, in.BrandColor
		after.NoProductEvents = in.NoProductEvents
		after.Version++
		notePhone(tx, after)
		err = tx.Together(func(b *pgx.Batch) {
			b.Queue(`UPDATE app.organizations SET name = $2, phone = $3, email = $4, street = $5, city = $6, state = $7, zip = $8,
				license_number = $9, brand_color = $10, time_zone = $11, version = $12,
				period_since = $13, former_anchor = $14, former_zone = $15, former_since = $16, no_product_events = $17 WHERE org_id = $1`,
				after.ID, after.Name, after.Phone, after.Email, after.Street, after.City, after.State, after.ZIP, after.LicenseNumber, after.BrandColor, after.TimeZone, after.Version,
				after.PeriodSince, after.FormerAnchor, after.FormerZone, after.FormerSince, after.NoProductEvents)
			if after.NoProductEvents {
				b.Queue(`SELECT platform.forget_product_events()`)
			}
			b.Queue(`SELECT platform.summarize_organization($1, $2, $3)`, after.Name, after.Plan, after.TrialEndsAt)
		})
		if err != nil {
			return tenancy.Organization{}, err
		}
		return after, audit.Record(tx, a, audit.Deed{Action: "organization.edited", RecordType: "organization", RecordID: after.ID, Before: before, After: after})
	})
}

// Company reads the company for its settings page.
func (s *Service) Company(ctx context.Context, a tenancy.Actor) (tenancy.Organization, error) {
	if err := a.Require(tenancy.SettingsRead); err != nil {
		return tenancy.Organization{}, err
	}
	var o tenancy.Organization
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) { tenancy.QueueOrganization(r, a.Tenant(), &o) })
	return o, err
}
