package api

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

type quoteSummary struct {
	ID           id.ID       `json:"id"`
	Number       string      `json:"number" doc:"Q-2026-000123"`
	CustomerID   id.ID       `json:"customer_id"`
	CustomerName string      `json:"customer_name"`
	PropertyID   id.ID       `json:"property_id"`
	Place        string      `json:"place"`
	SketchID     id.ID       `json:"sketch_id"`
	Status       string      `json:"status" enum:"draft,sent,viewed,expired,accepted,declined,replaced,withdrawn,void" doc:"Of what the customer holds, or of the only draft."`
	CurrentN     int         `json:"current_n" doc:"The version of the offer that status and total speak of."`
	DraftN       *int        `json:"draft_n" doc:"The version that is being written."`
	TotalCents   money.Cents `json:"total_cents" doc:"Of the recommended option, or of the accepted one."`
	ValidUntil   *time.Time  `json:"valid_until"`
	SentAt       *time.Time  `json:"sent_at"`
	LastViewedAt *time.Time  `json:"last_viewed_at"`
	DecidedAt    *time.Time  `json:"decided_at"`
	CreatedName  string      `json:"created_name"`
	CreatedAt    time.Time   `json:"created_at"`
	UpdatedAt    time.Time   `json:"updated_at"`
	Version      int         `json:"version" doc:"Of the record, for If-Match."`
}

func newQuoteSummary(q quoting.Quote) quoteSummary {
	return quoteSummary{
		ID: q.ID, Number: q.Number, CustomerID: q.CustomerID, CustomerName: q.CustomerName, PropertyID: q.PropertyID, Place: q.Place,
		SketchID: q.SketchID, Status: string(q.Status), CurrentN: q.CurrentN, DraftN: q.DraftN, TotalCents: q.TotalCents,
		ValidUntil: inUTC(q.ValidUntil), SentAt: inUTC(q.SentAt), LastViewedAt: inUTC(q.LastViewedAt), DecidedAt: inUTC(q.DecidedAt),
		CreatedName: q.CreatedName, CreatedAt: q.CreatedAt.UTC(), UpdatedAt: q.UpdatedAt.UTC(), Version: q.Version,
	}
}

// quote is a quote whole.
type quote struct {
	Quote         quoteSummary   `json:"quote"`
	Versions      []quoteVersion `json:"versions" doc:"The newest first."`
	Links         []quoteLink    `json:"links"`
	Acceptance    *acceptance    `json:"acceptance"`
	Papers        []paperInfo    `json:"papers"`
	Checks        []check        `json:"checks" doc:"Of the newest version."`
	SketchVersion int            `json:"sketch_version" doc:"Now; a version with another is older than its sketch."`
}

type quoteVersion struct {
	N             int               `json:"n"`
	Status        string            `json:"status" enum:"draft,sent,viewed,expired,accepted,declined,replaced,withdrawn,void"`
	SketchVersion int               `json:"sketch_version"`
	Layout        jsontext.Value    `json:"layout" doc:"The engine's layout."`
	Extras        sketchExtras      `json:"extras" doc:"Of the drawing."`
	PricedAt      time.Time         `json:"priced_at"`
	Zone          string            `json:"zone"`
	Settings      quoteSettings     `json:"settings"`
	Answers       map[string]string `json:"answers" doc:"Why a check is fine, by its key."`
	DocumentHash  string            `json:"document_hash,omitempty" doc:"SHA-256 of the frozen document."`
	ValidUntil    *time.Time        `json:"valid_until"`
	SentAt        *time.Time        `json:"sent_at"`
	FirstViewedAt *time.Time        `json:"first_viewed_at"`
	LastViewedAt  *time.Time        `json:"last_viewed_at"`
	ViewCount     int               `json:"view_count"`
	AcceptedAt    *time.Time        `json:"accepted_at"`
	DeclinedAt    *time.Time        `json:"declined_at"`
	DeclineReason string            `json:"decline_reason,omitempty"`
	ReplacedAt    *time.Time        `json:"replaced_at"`
	ReplacedByN   *int              `json:"replaced_by_n"`
	WithdrawnAt   *time.Time        `json:"withdrawn_at"`
	CreatedAt     time.Time         `json:"created_at"`
	Options       []quoteOption     `json:"options" doc:"One for each tier."`
}

type quoteSettings struct {
	Recommended   string      `json:"recommended" doc:"A tier's key, or empty."`
	DiscountBP    int         `json:"discount_bp" doc:"Basis points of price, or discount_cents."`
	DiscountCents money.Cents `json:"discount_cents"`
	ValidityDays  int         `json:"validity_days" doc:"From the day it is sent."`
	DepositBP     int         `json:"deposit_bp" doc:"Basis points of total, or deposit_cents."`
	DepositCents  money.Cents `json:"deposit_cents"`
	DepositWords  string      `json:"deposit_words"`
	TaxMode       string      `json:"tax_mode" enum:"none,lump_sum,separated,full"`
	TaxRate       float64     `json:"tax_rate"`
	Included      []string    `json:"included"`
	NotIncluded   []string    `json:"not_included"`
	Terms         string      `json:"terms"`
	Message       string      `json:"message" doc:"For the mail."`
	SoldAtHome    bool        `json:"sold_at_home" doc:"Brings the right to cancel and its notices."`
}

func newQuoteSettings(s quoting.Settings) quoteSettings {
	return quoteSettings{
		Recommended: s.Recommended, DiscountBP: s.DiscountBP, DiscountCents: s.DiscountCents, ValidityDays: s.ValidityDays, DepositBP: s.DepositBP,
		DepositCents: s.DepositCents, DepositWords: s.DepositWords, TaxMode: string(s.TaxMode), TaxRate: s.TaxRate, Included: s.Included,
		NotIncluded: s.NotIncluded, Terms: s.Terms, Message: s.Message, SoldAtHome: s.SoldAtHome,
	}
}

type quoteOption struct {
	Tier          string       `json:"tier"`
	Name          string       `json:"name"`
	Summary       string       `json:"summary"`
	Differs       []differs    `json:"differs" doc:"What sets the tiers apart."`
	WarrantyYears int          `json:"warranty_years"`
	PostCount     int          `json:"post_count"`
	DrawnFt       float64      `json:"drawn_ft"`
	CostCents     *money.Cents `json:"cost_cents,omitempty" doc:"Left out for roles that may not see costs."`
	PriceCents    money.Cents  `json:"price_cents"`
	DiscountCents money.Cents  `json:"discount_cents"`
	NetCents      money.Cents  `json:"net_cents"`
	TaxCents      money.Cents  `json:"tax_cents"`
	TotalCents    money.Cents  `json:"total_cents"`
	DepositCents  money.Cents  `json:"deposit_cents"`
	Lines         []quoteLine  `json:"lines"`
}

type differs struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

type quoteLine struct {
	ExtraID     *id.ID       `json:"extra_id" doc:"Of a line that a person wrote."`
	Section     string       `json:"section" enum:"fence,gates,removal,charges,extras"`
	Kind        string       `json:"kind"`
	Key         string       `json:"key,omitempty"`
	Description string       `json:"description"`
	Quantity    float64      `json:"quantity"`
	Unit        string       `json:"unit"`
	CostCents   *money.Cents `json:"cost_cents,omitempty" doc:"Left out for roles that may not see costs."`
	Formula     string       `json:"formula,omitempty" doc:"Of the cost."`
	PriceCents  money.Cents  `json:"price_cents"`
	NetCents    money.Cents  `json:"net_cents" doc:"After discount."`
	TaxCents    money.Cents  `json:"tax_cents" doc:"Of an optional line, which is taxed by itself."`
	Optional    bool         `json:"optional" doc:"For the homeowner to add; no part of the option's amounts."`
}

type quoteLink struct {
	ID             id.ID      `json:"id"`
	N              int        `json:"n"`
	Kind           string     `json:"kind" enum:"mail,copy"`
	RecipientName  string     `json:"recipient_name"`
	RecipientEmail string     `json:"recipient_email"`
	CreatedAt      time.Time  `json:"created_at"`
	ViewCount      int        `json:"view_count"`
	LastViewedAt   *time.Time `json:"last_viewed_at"`
}

type acceptance struct {
	ID            id.ID       `json:"id"`
	N             int         `json:"n"`
	OptionName    string      `json:"option_name"`
	Extras        []id.ID     `json:"extras"`
	NetCents      money.Cents `json:"net_cents"`
	TaxCents      money.Cents `json:"tax_cents"`
	TotalCents    money.Cents `json:"total_cents"`
	DepositCents  money.Cents `json:"deposit_cents"`
	Role          string      `json:"role" enum:"homeowner,staff" doc:"staff recorded it."`
	RecordedName  string      `json:"recorded_name,omitempty"`
	Note          string      `json:"note,omitempty"`
	SignerName    string      `json:"signer_name"`
	SignatureKind string      `json:"signature_kind" enum:"drawn,typed,recorded"`
	AcceptedAt    time.Time   `json:"accepted_at"`
	TimeZone      string      `json:"time_zone"`
}

type paperInfo struct {
	N         int       `json:"n"`
	Kind      string    `json:"kind" enum:"sent,signed"`
	SHA256    string    `json:"sha256"`
	CreatedAt time.Time `json:"created_at"`
}

func newQuote(r quoting.Record) quote {
	out := quote{
		Quote: newQuoteSummary(r.Quote), SketchVersion: r.SketchVersion, Checks: each(r.Checks, newCheck),
		Versions: each(r.Versions, func(v quoting.Version) quoteVersion { return newQuoteVersion(v, r.CostsSeen) }),
		Links: each(r.Links, func(l quoting.Link) quoteLink {
			l.CreatedAt, l.LastViewedAt = l.CreatedAt.UTC(), inUTC(l.LastViewedAt)
			return quoteLink(l)
		}),
		Papers: each(r.Documents, func(d quoting.DocumentInfo) paperInfo {
			return paperInfo{N: d.N, Kind: d.Kind, SHA256: d.SHA256, CreatedAt: d.CreatedAt.UTC()}
		}),
	}
	if a := r.Acceptance; a != nil {
		out.Acceptance = &acceptance{
			ID: a.ID, N: a.N, OptionName: a.OptionName, Extras: a.Extras, NetCents: a.NetCents, TaxCents: a.TaxCents, TotalCents: a.TotalCents,
			DepositCents: a.DepositCents, Role: a.Role, RecordedName: a.RecordedName, Note: a.Note, SignerName: a.SignerName,
			SignatureKind: a.SignatureKind, AcceptedAt: a.AcceptedAt.UTC(), TimeZone: a.TimeZone,
		}
	}
	return out
}

func newQuoteVersion(v quoting.Version, costsSeen bool) quoteVersion {
	return quoteVersion{
		N: v.N, Status: string(v.Status), SketchVersion: v.SketchVersion, Layout: v.Layout, Extras: sketchExtras(v.Extras), PricedAt: v.PricedAt.UTC(),
		Zone: v.Zone, Settings: newQuoteSettings(v.Settings), Answers: v.Answers, DocumentHash: v.DocumentHash, ValidUntil: inUTC(v.ValidUntil),
		SentAt: inUTC(v.SentAt), FirstViewedAt: inUTC(v.FirstViewedAt), LastViewedAt: inUTC(v.LastViewedAt), ViewCount: v.ViewCount,
		AcceptedAt: inUTC(v.AcceptedAt), DeclinedAt: inUTC(v.DeclinedAt), DeclineReason: v.DeclineReason, ReplacedAt: inUTC(v.ReplacedAt),
		ReplacedByN: v.ReplacedByN, WithdrawnAt: inUTC(v.WithdrawnAt), CreatedAt: v.CreatedAt.UTC(),
		Options: each(v.Options, func(o quoting.Option) quoteOption { return newQuoteOption(o, costsSeen) }),
	}
}

func newQuoteOption(o quoting.Option, costsSeen bool) quoteOption {
	out := quoteOption{
		Tier: o.Tier, Name: o.Name, Summary: o.Words.Summary, WarrantyYears: o.Words.WarrantyYears, PostCount: o.PostCount, DrawnFt: o.DrawnFt,
		Differs:    each(o.Words.Differs, func(d quoting.Differs) differs { return differs(d) }),
		PriceCents: o.PriceCents, DiscountCents: o.DiscountCents, NetCents: o.NetCents, TaxCents: o.TaxCents, TotalCents: o.TotalCents,
		DepositCents: o.DepositCents,
		Lines: each(o.Lines, func(l quoting.Line) quoteLine {
			line := quoteLine{
				ExtraID: l.ExtraID, Section: string(l.Section), Kind: string(l.Kind), Key: l.Key, Description: l.Description, Quantity: l.Quantity,
				Unit: l.Unit, PriceCents: l.PriceCents, NetCents: l.NetCents, TaxCents: l.TaxCents, Optional: l.Optional,
			}
			if costsSeen {
				line.CostCents, line.Formula = &l.CostCents, l.Formula
			}
			return line
		}),
	}
	if costsSeen {
		out.CostCents = &o.CostCents
	}
	return out
}
