package pricing

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/money"
)

// Input is a layout with everything that its price depends on.
type Input struct {
	Layout takeoff.Layout `json:"layout"`
	Terms
}

// Terms is everything a price depends on but the layout. ParseInput fills in what a document leaves out; in
// Go every factor and pack must be given (Unzoned, Pack: 1): zero is not a default, it is refused.
type Terms struct {
	Prices      Prices  `json:"prices"`
	Zone        Zone    `json:"zone"`
	Travel      Travel  `json:"travel"`
	OverheadPct float64 `json:"overhead_pct"` // on direct cost
	Method      Method  `json:"method"`
	// AdjustmentPct raises or lowers what the method gives: how one tier differs from another.
	AdjustmentPct float64 `json:"adjustment_pct,omitzero"`
	// BaseChargeCents is added to the price once a job, after the adjustment.
	BaseChargeCents money.Cents `json:"base_charge_cents,omitzero"`
	DiscountPct     float64     `json:"discount_pct"` // on price
	Tax             Tax         `json:"tax"`
}

// Prices is what the company pays.
type Prices struct {
	Items map[string]ItemPrice `json:"items"` // by the key of the take-off's item
	// Styles holds prices by style and key, for what differs between the styles of one layout.
	Styles            map[string]map[string]ItemPrice `json:"styles,omitzero"`
	Labor             Labor                           `json:"labor"`
	RemovalCentsPerFt money.Cents                     `json:"removal_cents_per_ft"`
	// EquipmentCents is hired once a job: auger, skid steer.
	EquipmentCents money.Cents `json:"equipment_cents,omitzero"`
}

// ItemPrice is the cost of one pack of an item.
type ItemPrice struct {
	CostCents money.Cents `json:"cost_cents"`
	Pack      int         `json:"pack"` // how many come together; 1 for single pieces
}

// Labor is hours by what drives them, and their rate.
type Labor struct {
	RateCentsPerHour money.Cents `json:"rate_cents_per_hour"`
	PerPostHours     float64     `json:"per_post_hours"`
	PerFtHours       float64     `json:"per_ft_hours"` // of net length
	PerGateHours     float64     `json:"per_gate_hours"`
}

// Zone scales each kind of cost to a place. Removal is labor; travel is what it is.
type Zone struct {
	MaterialFactor  float64 `json:"material_factor"`
	LaborFactor     float64 `json:"labor_factor"`
	EquipmentFactor float64 `json:"equipment_factor"`
}

// Unzoned changes no cost.
var Unzoned = Zone{MaterialFactor: 1, LaborFactor: 1, EquipmentFactor: 1}

// Travel charges every step begun past the free miles.
type Travel struct {
	Miles     float64     `json:"miles"`
	FreeMiles float64     `json:"free_miles"`
	StepMiles float64     `json:"step_miles"`
	StepCents money.Cents `json:"step_cents"`
}

// Method is how a price is made. Only the member that belongs to the kind may differ from zero.
type Method struct {
	Kind       MethodKind  `json:"kind"`
	Pct        float64     `json:"pct"`
	CentsPerFt money.Cents `json:"cents_per_ft"` // of drawn length
	Cents      money.Cents `json:"cents"`
}

// MethodKind is a way to make a price.
type MethodKind string

// The ways to make a price: a share of the price, a surcharge on cost, by length, or as agreed.
const (
	MethodMargin  MethodKind = "margin"
	MethodMarkup  MethodKind = "markup"
	MethodPerFoot MethodKind = "per_foot"
	MethodFixed   MethodKind = "fixed"
)

// Tax is what the state wants, by how the contract is written.
type Tax struct {
	Mode TaxMode `json:"mode"`
	Rate float64 `json:"rate"`
}

// TaxMode is what a tax is taken on.
type TaxMode string

// The modes: no tax, contractor pays on materials (nothing is charged), on materials only, on everything.
const (
	TaxNone      TaxMode = "none"
	TaxLumpSum   TaxMode = "lump_sum"
	TaxSeparated TaxMode = "separated"
	TaxFull      TaxMode = "full"
)

// Price is what a job costs and what is asked for it.
type Price struct {
	MaterialCents  money.Cents `json:"material_cents"`
	LaborCents     money.Cents `json:"labor_cents"`
	RemovalCents   money.Cents `json:"removal_cents"`
	EquipmentCents money.Cents `json:"equipment_cents,omitzero"`
	TravelCents    money.Cents `json:"travel_cents"`
	DirectCents    money.Cents `json:"direct_cents"`
	OverheadCents  money.Cents `json:"overhead_cents"`
	CostCents      money.Cents `json:"cost_cents"`
	PriceCents     money.Cents `json:"price_cents"` // base charge included
	// BaseChargeCents is the part of PriceCents that was added once a job.
	BaseChargeCents money.Cents `json:"base_charge_cents,omitzero"`
	DiscountCents   money.Cents `json:"discount_cents"`
	NetCents        money.Cents `json:"net_cents"`
	TaxCents        money.Cents `json:"tax_cents"`
	TotalCents      money.Cents `json:"total_cents"`
	// MarginPct is what is left of net after cost, in percent of net: a discount lowers it.
	MarginPct       float64           `json:"margin_pct"`
	PricePerFtCents money.Cents       `json:"price_per_ft_cents"` // price by drawn length
	Lines           []Line            `json:"lines"`
	Warnings        []takeoff.Warning `json:"warnings"`
}

// UnmarshalJSONFrom gives what a document leaves out: single pieces. A price that is left out is missing.
func (p *ItemPrice) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type plain ItemPrice
	in := plain{CostCents: missing, Pack: 1}
	err := json.UnmarshalDecode(dec, &in)
	*p = ItemPrice(in)
	return err
}
