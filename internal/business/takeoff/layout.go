package takeoff

import (
	"math"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Layout is a drawn fence: a graph of segments between nodes, gates in the segments, and what is built.
type Layout struct {
	Nodes    []Node    `json:"nodes"`
	Segments []Segment `json:"segments"`
	Gates    []Gate    `json:"gates,omitzero"`
	// Style holds for every segment that names no other.
	Style  Style            `json:"style"`
	Styles map[string]Style `json:"styles,omitzero"`
}

// Node is a corner, an end, or a point on the way; x and y lie in the plane, z is the height of the ground.
type Node struct {
	ID     string  `json:"id"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Z      float64 `json:"z,omitzero"`
	Attach Attach  `json:"attach,omitzero"`
}

// Attach says what the fence is fastened to at a node instead of a post of its own.
type Attach string

// What a node may be attached to. The empty value is AttachNone.
const (
	AttachNone         Attach = "none"
	AttachWall         Attach = "wall"
	AttachExistingPost Attach = "existing_post"
)

// Segment is one straight line of fence.
type Segment struct {
	ID        string  `json:"id"`
	From      string  `json:"from"`
	To        string  `json:"to"`
	RemovalFt float64 `json:"removal_ft,omitzero"` // old fence to take out
	Style     string  `json:"style,omitzero"`      // a key of Layout.Styles
}

// Gate lies in a segment, its near edge OffsetFt from the segment's From node.
type Gate struct {
	ID          string   `json:"id"`
	Segment     string   `json:"segment"`
	OffsetFt    float64  `json:"offset_ft"`
	OpeningIn   float64  `json:"opening_in"`
	Kind        GateKind `json:"kind"`
	Hinge       Hinge    `json:"hinge,omitzero"`
	Swing       Swing    `json:"swing,omitzero"`
	SelfClosing bool     `json:"self_closing,omitzero"`
	Lock        bool     `json:"lock,omitzero"`
}

// GateKind is how a gate opens.
type GateKind string

// The kinds of gates. A double gate has two leaves, the others one.
const (
	GateWalk       GateKind = "walk"
	GateDouble     GateKind = "double"
	GateSlide      GateKind = "slide"
	GateCantilever GateKind = "cantilever"
)

// Hinge is the side that carries the leaf, seen from outside.
type Hinge string

// The sides of a hinge; empty when it does not matter.
const (
	HingeLeft  Hinge = "left"
	HingeRight Hinge = "right"
)

// Swing is the way the leaf opens.
type Swing string

// The ways to swing; empty when it does not matter.
const (
	SwingIn  Swing = "in"
	SwingOut Swing = "out"
)

func (g Gate) leaves() int {
	if g.Kind == GateDouble {
		return 2
	}
	return 1
}

// UnmarshalJSONFrom marks coordinates that are left out as missing: nothing stands at 0, 0 by accident.
func (n *Node) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type plain Node
	p := plain{X: math.NaN(), Y: math.NaN()}
	err := json.UnmarshalDecode(dec, &p)
	*n = Node(p)
	return err
}

// UnmarshalJSONFrom marks a place or width that is left out as missing.
func (g *Gate) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type plain Gate
	p := plain{OffsetFt: math.NaN(), OpeningIn: math.NaN()}
	err := json.UnmarshalDecode(dec, &p)
	*g = Gate(p)
	return err
}
