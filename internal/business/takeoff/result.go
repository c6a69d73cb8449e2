package takeoff

// TakeOff is what a layout takes to build.
type TakeOff struct {
	NetLengthFt   float64       `json:"net_length_ft"`   // without gates
	DrawnLengthFt float64       `json:"drawn_length_ft"` // with gates, in plan
	RemovalFt     float64       `json:"removal_ft"`
	GateCount     int           `json:"gate_count"`
	Runs          []Run         `json:"runs"`
	Posts         PostCount     `json:"posts"`
	Items         []Item        `json:"items"`
	Concrete      ConcreteTotal `json:"concrete"`
	Warnings      []Warning     `json:"warnings"`
	Placed        []Post        `json:"placed"`
}

// Run is fence between two nodes or gates of one segment.
type Run struct {
	Segment       string  `json:"segment"`
	LengthFt      float64 `json:"length_ft"` // in plan
	Bays          int     `json:"bays"`      // 0 when the neighbouring posts close it
	BayFt         float64 `json:"bay_ft"`
	LinePosts     int     `json:"line_posts"`
	Grade         Grade   `json:"grade"`
	RisePerBayIn  float64 `json:"rise_per_bay_in"` // up or down
	SlopeLengthFt float64 `json:"slope_length_ft"` // along the ground
}

// Grade is how a run follows the ground.
type Grade string

// The grades: level ground, raked along the slope, or level bays in steps.
const (
	GradeLevel Grade = "level"
	GradeRack  Grade = "rack"
	GradeStep  Grade = "step"
)

// PostCount counts posts by type. Total is what is set: a wall or existing post that the fence is fastened
// to is counted as Wall and is not part of it.
type PostCount struct {
	Line   int `json:"line"`
	End    int `json:"end"`
	Corner int `json:"corner"`
	Tee    int `json:"tee"`
	Gate   int `json:"gate"`
	Wall   int `json:"wall"`
	Total  int `json:"total"`
}

// PostKind is why a post stands where it does.
type PostKind string

// The types of posts. PostWall is a fastening, not a post.
const (
	PostLine   PostKind = "line"
	PostEnd    PostKind = "end"
	PostCorner PostKind = "corner"
	PostTee    PostKind = "tee"
	PostGate   PostKind = "gate"
	PostWall   PostKind = "wall"
)

// Post is one post (or fastening) with its place on the drawing.
type Post struct {
	Kind    PostKind `json:"kind"`
	X       float64  `json:"x"`
	Y       float64  `json:"y"`
	Node    string   `json:"node,omitzero"` // when it stands at a node
	Segment string   `json:"segment"`
	AtFt    float64  `json:"at_ft"` // along the segment from its From node
}

// Item is something to buy, with the reason for its number.
type Item struct {
	Key           string   `json:"key"`
	Quantity      float64  `json:"quantity"`       // built in
	OrderQuantity float64  `json:"order_quantity"` // bought, with waste
	Unit          string   `json:"unit"`
	Rule          string   `json:"rule"`
	Formula       string   `json:"formula"`
	From          []string `json:"from"` // ids of segments, nodes or gates
	// Parts splits the item by style when several styles need it.
	Parts []Part `json:"parts,omitzero"`
}

// Part is a style's share of an item. Style is empty for the layout's default style.
type Part struct {
	Style         string  `json:"style"`
	Quantity      float64 `json:"quantity"`
	OrderQuantity float64 `json:"order_quantity"`
}

// ConcreteTotal is the concrete of all holes, waste included.
type ConcreteTotal struct {
	VolumeFt3 float64 `json:"volume_ft3"`
	Bags      int     `json:"bags"`
}

// Warning is something that a person should look at; it never changes a number.
type Warning struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	From    []string `json:"from"`
}

// The keys of items.
const (
	KeyPicket      = "picket"
	KeyRail        = "rail"
	KeyScrew       = "screw"
	KeyGatePicket  = "gate_picket"
	KeyPanel       = "panel"
	KeyPostLine    = "post_line"
	KeyPostEnd     = "post_end"
	KeyPostCorner  = "post_corner"
	KeyPostTee     = "post_tee"
	KeyPostGate    = "post_gate"
	KeyPostCap     = "post_cap"
	KeyGateKit     = "gate_kit"
	KeyFabricFt    = "fabric_ft"
	KeyFabricRoll  = "fabric_roll"
	KeyTopRail     = "top_rail"
	KeyLoopCap     = "loop_cap"
	KeyTensionBar  = "tension_bar"
	KeyTensionBand = "tension_band"
	KeyBraceBand   = "brace_band"
	KeyRailEnd     = "rail_end"
	KeyTie         = "tie"
	KeyTensionWire = "tension_wire_ft"
	KeyConcreteBag = "concrete_bag"
)
