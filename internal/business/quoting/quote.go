package quoting

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// Quote is an offer to a customer for the fence at one property.
type Quote struct {
	ID           id.ID       `json:"id"`
	Number       string      `json:"number"` // Q-2026-000123
	CustomerID   id.ID       `json:"customer_id"`
	CustomerName string      `json:"customer_name"`
	PropertyID   id.ID       `json:"property_id"`
	Place        string      `json:"place"` // 12 Oak St
	SketchID     id.ID       `json:"sketch_id"`
	Status       Status      `json:"status"`            // of what the customer holds, or of the only draft
	CurrentN     int         `json:"current_n"`         // the version that Status and TotalCents speak of
	DraftN       *int        `json:"draft_n,omitempty"` // the version being written
	TotalCents   money.Cents `json:"total_cents"`       // of the recommended option, or of the accepted one
	ValidUntil   *time.Time  `json:"valid_until,omitempty"`
	SentAt       *time.Time  `json:"sent_at,omitempty"`
	LastViewedAt *time.Time  `json:"last_viewed_at,omitempty"`
	DecidedAt    *time.Time  `json:"decided_at,omitempty"`
	CreatedBy    id.ID       `json:"created_by"`
	CreatedName  string      `json:"created_name"`
	CreatedAt    time.Time   `json:"created_at"`
	UpdatedAt    time.Time   `json:"updated_at"`
	Version      int         `json:"version"` // of the record: what writers send back
}

// Version is one state of an offer. It does not change once it was sent.
type Version struct {
	ID            id.ID             `json:"id"`
	N             int               `json:"n"`
	Status        Status            `json:"status"`
	SketchVersion int               `json:"sketch_version"`
	Layout        jsontext.Value    `json:"layout"`
	Extras        Extras            `json:"extras"`
	PricedAt      time.Time         `json:"priced_at"`
	Zone          string            `json:"zone"`
	Settings      Settings          `json:"settings"`
	Answers       map[string]string `json:"answers"`                 // why a check is fine, by its key
	DocumentHash  string            `json:"document_hash,omitempty"` // hexadecimal SHA-256 of the frozen document
	ValidUntil    *time.Time        `json:"valid_until,omitempty"`
	SentAt        *time.Time        `json:"sent_at,omitempty"`
	FirstViewedAt *time.Time        `json:"first_viewed_at,omitempty"`
	LastViewedAt  *time.Time        `json:"last_viewed_at,omitempty"`
	ViewCount     int               `json:"view_count"`
	AcceptedAt    *time.Time        `json:"accepted_at,omitempty"`
	DeclinedAt    *time.Time        `json:"declined_at,omitempty"`
	DeclineReason string            `json:"decline_reason,omitempty"`
	ReplacedAt    *time.Time        `json:"replaced_at,omitempty"`
	ReplacedByN   *int              `json:"replaced_by_n,omitempty"`
	WithdrawnAt   *time.Time        `json:"withdrawn_at,omitempty"`
	CreatedAt     time.Time         `json:"created_at"`
	Options       []Option          `json:"options"`
}

// Option is one tier of a version, for the homeowner to choose.
type Option struct {
	ID        id.ID     `json:"id"`
	Tier      string    `json:"tier"`
	Name      string    `json:"name"`
	Words     TierWords `json:"words"`
	PostCount int       `json:"post_count"`
	DrawnFt   float64   `json:"drawn_ft"`
	Totals
	Lines []Line `json:"lines"`

	basis basis
}

// TierWords is what the homeowner reads about a tier.
type TierWords struct {
	Summary       string    `json:"summary"` // one line
	Differs       []Differs `json:"differs"` // what sets it apart
	WarrantyYears int       `json:"warranty_years,omitzero"`
}

// Differs is one row of what sets tiers apart.
type Differs struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Line is one row of an option.
type Line struct {
	ID          id.ID       `json:"id"`
	ExtraID     *id.ID      `json:"extra_id,omitempty"` // written by a person
	Section     Section     `json:"section"`
	Kind        LineKind    `json:"kind"`
	Key         string      `json:"key,omitempty"`
	Description string      `json:"description"`
	Quantity    float64     `json:"quantity"`
	Unit        string      `json:"unit"`
	Formula     string      `json:"formula,omitempty"` // how the cost came about
	CostCents   money.Cents `json:"cost_cents,omitzero"`
	PriceCents  money.Cents `json:"price_cents"`
	NetCents    money.Cents `json:"net_cents"`          // after discount
	TaxCents    money.Cents `json:"tax_cents,omitzero"` // of an optional line, which is taxed by itself
	Optional    bool        `json:"optional"`           // for the homeowner to add; no part of the option's amounts
}

// Section groups lines on the page.
type Section string

// The sections, in their order.
const (
	SectionFence   Section = "fence"
	SectionGates   Section = "gates"
	SectionRemoval Section = "removal"
	SectionCharges Section = "charges" // once a job: travel, overhead, base charge
	SectionExtras  Section = "extras"
)

// LineKind is the kind of cost behind a line.
type LineKind string

// The kinds that an extra may have; calculated lines have the kinds of pricing.
const (
	KindMaterial LineKind = "material"
	KindLabor    LineKind = "labor"
)

// Link is a recipient's secret address of one version, without the secret.
type Link struct {
	ID             id.ID      `json:"id"`
	N              int        `json:"n"`
	Kind           string     `json:"kind"` // mail or copy
	RecipientName  string     `json:"recipient_name"`
	RecipientEmail string     `json:"recipient_email"`
	CreatedAt      time.Time  `json:"created_at"`
	ViewCount      int        `json:"view_count"`
	LastViewedAt   *time.Time `json:"last_viewed_at,omitempty"`
}

// OpenedLink is a link with its secret: shown once, to who made it.
type OpenedLink struct {
	RecipientName  string `json:"recipient_name"`
	RecipientEmail string `json:"recipient_email"`
	URL            string `json:"url"`
}

// Acceptance is who accepted what, when, and how it is known.
type Acceptance struct {
	ID             id.ID       `json:"id"`
	N              int         `json:"n"`
	OptionID       id.ID       `json:"option_id"`
	OptionName     string      `json:"option_name"`
	Extras         []id.ID     `json:"extras"`
	NetCents       money.Cents `json:"net_cents"`
	TaxCents       money.Cents `json:"tax_cents"`
	TotalCents     money.Cents `json:"total_cents"`
	DepositCents   money.Cents `json:"deposit_cents"`
	Role           string      `json:"role"` // homeowner, or staff who recorded it
	RecordedName   string      `json:"recorded_name,omitempty"`
	Note           string      `json:"note,omitempty"`
	SignerName     string      `json:"signer_name"`
	SignatureKind  string      `json:"signature_kind"` // drawn, typed, recorded
	ConsentVersion string      `json:"consent_version"`
	IP             string      `json:"ip"`
	UserAgent      string      `json:"user_agent"`
	AcceptedAt     time.Time   `json:"accepted_at"`
	TimeZone       string      `json:"time_zone"`
}
