package quoting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/phone"
)

// Consent is what signers agree to about signing electronically. A changed text gets a new version.
var Consent = document.Consent{
	Version: "2026-01",
	Text: "I agree to sign this quote electronically. My electronic signature counts as if I had signed on paper. " +
		"I can ask for a paper copy at no cost, and I can decide not to sign.",
}

// frozen is a draft made ready to be sent: document and paper are rendered outside of the transaction that
// stores them.
type frozen struct {
	record     Record
	document   document.Version
	canonical  []byte
	hash       string
	pdf        []byte
	sentAt     time.Time
	validUntil time.Time
	zone       *time.Location
}

// addressee is what a paper says of the customer and the property.
type addressee struct {
	customer document.Customer
	property document.Address
	timeZone string
}

const addresseeSQL = `SELECT c.name, c.email, c.phone, p.street, p.unit, p.city, p.state, p.zip, p.time_zone, p.has_pool, c.is_sample FROM ` + quoteTables + `
	WHERE q.org_id = $1 AND q.id = $2`

// freeze reads the draft as it was at version and makes its paper with the choices of the send form. The
// transaction that sends checks the version again.
func (s *Service) freeze(ctx context.Context, a tenancy.Actor, quote id.ID, in SendInput) (*frozen, error) {
	var f frozen
	var to addressee
	var unit string
	var sample bool
	var site Site
	var c contents
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		org := a.Tenant().Org()
		r.Row(f.record.Quote.targets(), `SELECT `+quoteColumns+` FROM `+quoteTables+` WHERE q.org_id = $1 AND q.id = $2`, org, quote)
		r.Row([]any{&to.customer.Name, &to.customer.Email, &to.customer.Phone, &to.property.Street, &unit, &to.property.City, &to.property.State,
			&to.property.ZIP, &to.timeZone, &site.HasPool, &sample}, addresseeSQL, org, quote)
		r.Rows(func(rows pgx.Rows) (err error) {
			f.record.Versions, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Version, error) { return scanVersion(row) })
			return err
		}, `SELECT `+versionColumns+` FROM app.quote_versions v WHERE v.org_id = $1 AND v.quote_id = $2 AND v.state = 'draft'`, org, quote)
		r.Rows(c.scanOptions, optionsSQL, org, quote)
		r.Rows(c.scanLines, linesSQL, org, quote)
	})
	if err != nil {
		return nil, err
	}
	if sample {
		return nil, fault.New(fault.Conflict, "sample-goes-nowhere", "This is sample data, and goes to nobody. Quote a customer of your own, or yourself.")
	}
	if len(f.record.Versions) == 0 {
		return nil, refusal(statusAt(f.record.Quote.Status, f.record.Quote.LastViewedAt, f.record.Quote.ValidUntil, now))
	}
	if err := stale("quote", f.record.Quote.Version, in.Version); err != nil {
		return nil, err
	}
	if unit != "" {
		to.property.Street += ", " + unit
	}
	to.customer.Phone = phone.Format(to.customer.Phone)
	c.into(f.record.Versions)
	v := &f.record.Versions[0]
	in.onto(v)
	if err := v.readyToSend(site); err != nil {
		return nil, err
	}
	return &f, f.render(s, a, to, now)
}

// readyToSend refuses a draft that has stops, or questions without an answer.
func (v *Version) readyToSend(site Site) error {
	checks, err := v.checks(site)
	if err != nil {
		return err
	}
	open := Unanswered(checks, v.Answers)
	if len(open) == 0 {
		return nil
	}
	var p fault.Problems
	for _, c := range open {
		p.Add("/answers/"+pointerToken(c.Key), "%s", c.Message)
	}
	e := fault.As(p.Err())
	e.Code, e.Message = "checks-unanswered", fmt.Sprintf("%s to fix or answer before this quote is sent.", plural(len(open), "check"))
	return e
}

func (f *frozen) render(s *Service, a tenancy.Actor, to addressee, now time.Time) error {
	v := &f.record.Versions[0]
	zone, err := time.LoadLocation(to.timeZone)
	if err != nil {
		return fmt.Errorf("time zone of the property: %w", err)
	}
	f.zone, f.sentAt = zone, now.UTC().Truncate(time.Second)
	f.validUntil = endOfDay(f.sentAt, v.Settings.ValidityDays, zone)
	if f.document, err = v.paper(f.record.Quote.Number, a.Org, to); err != nil {
		return err
	}
	f.document.SentAt = f.sentAt
	f.document.ValidUntil = document.DayOf(f.validUntil.Add(-time.Second), zone)
	if f.canonical, err = f.document.Canonical(); err != nil {
		return err
	}
	if f.hash, err = f.document.Hash(); err != nil {
		return err
	}
	f.pdf, err = document.RenderQuote(f.document, s.Fonts)
	return err
}

// paper is what the homeowner reads of a version. Costs have no place in it.
func (v *Version) paper(number string, o tenancy.Organization, to addressee) (document.Version, error) {
	plan, err := v.Plan(nil)
	if err != nil {
		return document.Version{}, err
	}
	d := document.Version{
		Number: number, Version: v.N, TimeZone: to.timeZone,
		Organization: document.Organization{Name: o.Name, Phone: phone.Format(o.Phone), Email: o.Email, License: o.LicenseNumber, Color: o.BrandColor,
			Address: document.Address{Street: o.Street, City: o.City, State: o.State, ZIP: o.ZIP}},
		Customer: to.customer, Property: to.property, Drawing: plan,
		Included: v.Settings.Included, NotIncluded: v.Settings.NotIncluded,
		DepositWords: v.Settings.DepositWords, Terms: v.Settings.Terms, SoldAtHome: v.Settings.SoldAtHome, Consent: Consent,
	}
	for i := range v.Options {
		d.Options = append(d.Options, v.Options[i].paper(plan, v.Options[i].Tier == v.Settings.Recommended))
	}
	return d, nil
}

// paper shows an option as what is built, what is removed and what people wrote. How the price of the fence comes
// about stays with the contractor.
func (o *Option) paper(plan drawing.Plan, recommended bool) document.Option {
	out := document.Option{
		Key: o.Tier, Name: o.Name, Words: o.Words.Summary, Recommended: recommended,
		SubtotalCents: o.PriceCents, DiscountCents: o.DiscountCents, TaxCents: o.TaxCents, TotalCents: o.TotalCents, DepositCents: o.DepositCents,
	}
	for _, w := range o.Words.Differs {
		out.Differs = append(out.Differs, document.Differs{Label: w.Label, Value: w.Value})
	}
	if o.Words.WarrantyYears > 0 {
		out.Differs = append(out.Differs, document.Differs{Label: "Warranty", Value: plural(o.Words.WarrantyYears, "year")})
	}
	fence := document.Line{Description: "Fence as drawn", Quantity: math.Round(o.DrawnFt*100) / 100, Unit: "ft"}
	if n := len(plan.Layout.Gates); n > 0 {
		fence.Description = "Fence as drawn, with " + plural(n, "gate")
	}
	var others []document.Line
	for _, l := range o.Lines {
		switch {
		case l.Optional:
			out.Extras = append(out.Extras, document.Extra{Key: l.ExtraID.String(), Description: l.Description, PriceCents: l.NetCents, TaxCents: l.TaxCents})
		case l.ExtraID != nil || l.Section == SectionRemoval:
			others = append(others, document.Line{Description: l.Description, Quantity: l.Quantity, Unit: l.Unit, PriceCents: l.PriceCents})
		default:
			fence.PriceCents += l.PriceCents
		}
	}
	out.Lines = append([]document.Line{fence}, others...)
	return out
}

func sha(data []byte) []byte {
	sum := sha256.Sum256(data)
	return sum[:]
}

// unhex reads a fingerprint that we wrote; one that somebody else wrote and that is none is no fingerprint of ours.
func unhex(hash string) []byte {
	b, err := hex.DecodeString(hash)
	if err != nil {
		return nil
	}
	return b
}
