package takeoff

// Style is what is built. Every member but Kind may be left out (nil); the default then depends on the kind
// and often on the height, see docs/engine.md. A member of another kind is refused.
type Style struct {
	Kind     StyleKind `json:"kind"`
	HeightFt *float64  `json:"height_ft,omitzero"`

	// Wood.
	PostSpacingFt   *float64  `json:"post_spacing_ft,omitzero"`
	Rails           *int      `json:"rails,omitzero"`
	Pattern         *Pattern  `json:"pattern,omitzero"`
	PicketWidthIn   *float64  `json:"picket_width_in,omitzero"`
	PicketGapIn     *float64  `json:"picket_gap_in,omitzero"` // negative: an overlap
	PicketOverlapIn *float64  `json:"picket_overlap_in,omitzero"`
	PicketWastePct  *float64  `json:"picket_waste_pct,omitzero"`
	RailWastePct    *float64  `json:"rail_waste_pct,omitzero"`
	Rounding        *Rounding `json:"rounding,omitzero"`
	RailStockFt     *float64  `json:"rail_stock_ft,omitzero"`

	// Panel (vinyl, aluminium, composite).
	PanelFt     *float64 `json:"panel_ft,omitzero"`
	RackLimitIn *float64 `json:"rack_limit_in,omitzero"`

	// Wood and panel.
	PostSizeIn     *float64 `json:"post_size_in,omitzero"`
	GatePostSizeIn *float64 `json:"gate_post_size_in,omitzero"`
	Hole           *Hole    `json:"hole,omitzero"`
	GateHole       *Hole    `json:"gate_hole,omitzero"`

	// Chain link.
	MaxSpacingFt     *float64 `json:"max_spacing_ft,omitzero"`
	FabricRollFt     *float64 `json:"fabric_roll_ft,omitzero"`
	TopRailFt        *float64 `json:"top_rail_ft,omitzero"`
	BottomWire       *bool    `json:"bottom_wire,omitzero"`
	Bands            *Bands   `json:"bands,omitzero"`
	LinePostODIn     *float64 `json:"line_post_od_in,omitzero"`
	TerminalPostODIn *float64 `json:"terminal_post_od_in,omitzero"`
	LineHole         *Hole    `json:"line_hole,omitzero"`
	TerminalHole     *Hole    `json:"terminal_hole,omitzero"`

	Concrete *ConcreteMix `json:"concrete,omitzero"`
}

// StyleKind is the family of a fence.
type StyleKind string

// The families that are known.
const (
	KindWood      StyleKind = "wood"
	KindPanel     StyleKind = "panel"
	KindChainLink StyleKind = "chain_link"
)

// Pattern is how pickets are set on the rails.
type Pattern string

// The picket patterns.
const (
	PatternSideBySide   Pattern = "side_by_side"
	PatternBoardOnBoard Pattern = "board_on_board"
	PatternShadowbox    Pattern = "shadowbox"
)

// Rounding is the length over which pickets are rounded up to whole ones.
type Rounding string

// The levels of rounding: over the whole job, over each run, over each bay.
const (
	RoundProject Rounding = "project"
	RoundRun     Rounding = "run"
	RoundBay     Rounding = "bay"
)

// Bands is the policy for tension bands at a bar: one per foot of height, or one less.
type Bands string

// The policies for tension bands.
const (
	BandsPerFoot         Bands = "per_foot"
	BandsPerFootMinusOne Bands = "per_foot_minus_one"
)

// Hole is what is dug for a post. Gravel lies at its bottom and displaces concrete.
type Hole struct {
	DiameterIn *float64 `json:"diameter_in,omitzero"`
	DepthIn    *float64 `json:"depth_in,omitzero"`
	GravelIn   *float64 `json:"gravel_in,omitzero"`
}

// ConcreteMix is how holes are filled.
type ConcreteMix struct {
	BagLb        *int              `json:"bag_lb,omitzero"`
	WastePct     *float64          `json:"waste_pct,omitzero"`
	Rounding     *ConcreteRounding `json:"rounding,omitzero"`
	SubtractPost *bool             `json:"subtract_post,omitzero"`
}

// ConcreteRounding is where bags are rounded up: over the job, or at each hole (no bag is carried on).
type ConcreteRounding string

// The levels of rounding for concrete.
const (
	ConcreteProject ConcreteRounding = "project"
	ConcreteHole    ConcreteRounding = "hole"
)
