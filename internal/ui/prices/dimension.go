package prices

import (
	"strings"

	"fenceplatform.com/fence/internal/business/takeoff"
)

// dimension is a measure of a style's document that its form asks for.
type dimension struct {
	name   string // JSON pointer below the document
	label  string
	unit   string
	hint   string
	folded bool // stands with posts, holes and waste, which hardly ever change
	whole  bool
	kinds  []takeoff.StyleKind
	// value is what the document says, nil when it leaves the engine's default.
	value func(*takeoff.Style) *float64
	set   func(*takeoff.Style, *float64)
	// usual is the engine's default; a test holds them to the engine.
	usual func(*takeoff.Style) float64
}

// question is the name of the dimension's field.
func (d dimension) question() question { return question{"document/" + d.name, d.label} }

func (d dimension) of(kind takeoff.StyleKind) bool {
	for _, k := range d.kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// built is the measure that is built: what the document says, else the engine's default.
func (d dimension) built(s *takeoff.Style) float64 {
	if v := d.value(s); v != nil {
		return *v
	}
	return d.usual(s)
}

var (
	everyKind   = []takeoff.StyleKind{takeoff.KindWood, takeoff.KindPanel, takeoff.KindChainLink}
	woodOnly    = []takeoff.StyleKind{takeoff.KindWood}
	panelOnly   = []takeoff.StyleKind{takeoff.KindPanel}
	linkOnly    = []takeoff.StyleKind{takeoff.KindChainLink}
	squarePosts = []takeoff.StyleKind{takeoff.KindWood, takeoff.KindPanel}
)

func always(v float64) func(*takeoff.Style) float64 {
	return func(*takeoff.Style) float64 { return v }
}

// plain is a dimension that is a member of the document itself.
func plain(name, label, unit string, kinds []takeoff.StyleKind, usual func(*takeoff.Style) float64, member func(*takeoff.Style) **float64) dimension {
	return dimension{name: name, label: label, unit: unit, kinds: kinds, usual: usual,
		value: func(s *takeoff.Style) *float64 { return *member(s) },
		set:   func(s *takeoff.Style, v *float64) { *member(s) = v }}
}

// ofHole is a dimension of a hole: the hole is made when a measure of it is given.
func ofHole(hole, label, unit string, kinds []takeoff.StyleKind, usual func(*takeoff.Style) float64,
	of func(*takeoff.Style) **takeoff.Hole, member func(*takeoff.Hole) **float64) dimension {
	return dimension{name: hole, label: label, unit: unit, kinds: kinds, usual: usual, folded: true,
		value: func(s *takeoff.Style) *float64 {
			if h := *of(s); h != nil {
				return *member(h)
			}
			return nil
		},
		set: func(s *takeoff.Style, v *float64) {
			h := of(s)
			switch {
			case *h != nil:
				copied := **h // the document that was read is not changed
				*h = &copied
			case v == nil:
				return
			default:
				*h = &takeoff.Hole{}
			}
			*member(*h) = v
			if **h == (takeoff.Hole{}) {
				*h = nil
			}
		}}
}

func (d dimension) fold() dimension { d.folded = true; return d }

func (d dimension) hinted(hint string) dimension { d.hint = hint; return d }

// dimensions are in the order of the form.
var dimensions = append([]dimension{
	plain("height_ft", "Height", "ft", everyKind, usualHeight, func(s *takeoff.Style) **float64 { return &s.HeightFt }),
	plain("post_spacing_ft", "Posts at most apart", "ft", woodOnly, always(8), func(s *takeoff.Style) **float64 { return &s.PostSpacingFt }),
	plain("panel_ft", "Width of a panel", "ft", panelOnly, always(6), func(s *takeoff.Style) **float64 { return &s.PanelFt }),
	plain("max_spacing_ft", "Posts at most apart", "ft", linkOnly, always(10), func(s *takeoff.Style) **float64 { return &s.MaxSpacingFt }),
	rails,
	plain("picket_width_in", "Width of a picket", "in", woodOnly, always(5.5), func(s *takeoff.Style) **float64 { return &s.PicketWidthIn }),
	plain("picket_gap_in", "Gap between pickets", "in", woodOnly, always(0), func(s *takeoff.Style) **float64 { return &s.PicketGapIn }).
		hinted("Not for board on board."),
	plain("picket_overlap_in", "Overlap of pickets", "in", woodOnly, usualOverlap, func(s *takeoff.Style) **float64 { return &s.PicketOverlapIn }).
		hinted("For board on board."),
}, foldedDimensions...)

// foldedDimensions are posts, holes and waste.
var foldedDimensions = []dimension{
	plain("post_size_in", "Side of a post", "in", squarePosts, always(3.5), func(s *takeoff.Style) **float64 { return &s.PostSizeIn }).fold(),
	plain("gate_post_size_in", "Side of a gate post", "in", squarePosts, always(5.5), func(s *takeoff.Style) **float64 { return &s.GatePostSizeIn }).fold(),
	plain("line_post_od_in", "Line post across", "in", linkOnly, always(1.625), func(s *takeoff.Style) **float64 { return &s.LinePostODIn }).fold(),
	plain("terminal_post_od_in", "Terminal post across", "in", linkOnly, always(2.5), func(s *takeoff.Style) **float64 { return &s.TerminalPostODIn }).fold(),
	ofHole("hole/diameter_in", "Hole of a post, across", "in", squarePosts, always(10), holeOf, diameter),
	ofHole("hole/depth_in", "Hole of a post, deep", "in", squarePosts, always(30), holeOf, depth),
	ofHole("gate_hole/diameter_in", "Hole of a gate post, across", "in", squarePosts, always(12), gateHoleOf, diameter),
	ofHole("gate_hole/depth_in", "Hole of a gate post, deep", "in", squarePosts, always(36), gateHoleOf, depth),
	ofHole("line_hole/diameter_in", "Hole of a line post, across", "in", linkOnly, usualLineHole, lineHoleOf, diameter),
	ofHole("line_hole/depth_in", "Hole of a line post, deep", "in", linkOnly, usualDepth, lineHoleOf, depth),
	ofHole("terminal_hole/diameter_in", "Hole of a terminal post, across", "in", linkOnly, usualTerminalHole, terminalHoleOf, diameter),
	ofHole("terminal_hole/depth_in", "Hole of a terminal post, deep", "in", linkOnly, usualDepth, terminalHoleOf, depth),
	plain("rail_stock_ft", "Length of a rail as bought", "ft", woodOnly, always(8), func(s *takeoff.Style) **float64 { return &s.RailStockFt }).fold(),
	plain("picket_waste_pct", "Waste of pickets", "%", woodOnly, always(10), func(s *takeoff.Style) **float64 { return &s.PicketWastePct }).fold(),
	plain("rail_waste_pct", "Waste of rails", "%", woodOnly, always(0), func(s *takeoff.Style) **float64 { return &s.RailWastePct }).fold(),
	plain("rack_limit_in", "Panels follow a slope up to", "in", panelOnly, always(10), func(s *takeoff.Style) **float64 { return &s.RackLimitIn }).fold(),
	plain("fabric_roll_ft", "Length of a roll of fabric", "ft", linkOnly, always(50), func(s *takeoff.Style) **float64 { return &s.FabricRollFt }).fold(),
	plain("top_rail_ft", "Length of a top rail as bought", "ft", linkOnly, always(21), func(s *takeoff.Style) **float64 { return &s.TopRailFt }).fold(),
}

// rails is a whole number in the document.
var rails = dimension{name: "rails", label: "Rails", kinds: woodOnly, whole: true, usual: usualRails,
	value: func(s *takeoff.Style) *float64 {
		if s.Rails == nil {
			return nil
		}
		return new(float64(*s.Rails))
	},
	set: func(s *takeoff.Style, v *float64) {
		s.Rails = nil
		if v != nil {
			s.Rails = new(int(*v))
		}
	}}

func holeOf(s *takeoff.Style) **takeoff.Hole         { return &s.Hole }
func gateHoleOf(s *takeoff.Style) **takeoff.Hole     { return &s.GateHole }
func lineHoleOf(s *takeoff.Style) **takeoff.Hole     { return &s.LineHole }
func terminalHoleOf(s *takeoff.Style) **takeoff.Hole { return &s.TerminalHole }
func diameter(h *takeoff.Hole) **float64             { return &h.DiameterIn }
func depth(h *takeoff.Hole) **float64                { return &h.DepthIn }

// measureOf finds a dimension that is built.
func measureOf(s *takeoff.Style, name string) float64 {
	for _, d := range dimensions {
		if d.name == name {
			return d.built(s)
		}
	}
	return 0
}

func given(v *float64, otherwise float64) float64 {
	if v == nil {
		return otherwise
	}
	return *v
}

func usualHeight(s *takeoff.Style) float64 {
	if s.Kind == takeoff.KindChainLink {
		return 5
	}
	return 6
}

func usualRails(s *takeoff.Style) float64 {
	switch height := given(s.HeightFt, usualHeight(s)); {
	case height <= 5:
		return 2
	case height <= 6:
		return 3
	}
	return 4
}

// usualOverlap is what board on board overlaps when nothing is said.
func usualOverlap(s *takeoff.Style) float64 {
	if patternOf(s) != takeoff.PatternBoardOnBoard {
		return 0
	}
	return 0.24 * given(s.PicketWidthIn, 5.5)
}

func usualLineHole(s *takeoff.Style) float64     { return 4 * given(s.LinePostODIn, 1.625) }
func usualTerminalHole(s *takeoff.Style) float64 { return 4 * given(s.TerminalPostODIn, 2.5) }
func usualDepth(s *takeoff.Style) float64        { return 24 + 3*max(0, given(s.HeightFt, usualHeight(s))-4) }

func patternOf(s *takeoff.Style) takeoff.Pattern {
	if s.Pattern == nil {
		return takeoff.PatternSideBySide
	}
	return *s.Pattern
}

// measureWords is a measure with its unit: "6 ft", "5.5 in", "10 %", "3".
func measureWords(v float64, unit string) string { return strings.TrimSpace(decimal(v) + " " + unit) }
