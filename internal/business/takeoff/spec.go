package takeoff

import (
	"math"

	"fenceplatform.com/fence/internal/business/takeoff/document"
)

// spec is a style with every default filled in and every member checked.
type spec struct {
	name string // key in Layout.Styles, empty for the default style
	kind StyleKind

	heightFt  float64
	spacingFt float64

	rails        int
	pattern      Pattern
	picketIn     float64
	gapIn        float64
	overlapIn    float64
	picketWaste  float64 // percent
	railWaste    float64 // percent
	rounding     Rounding
	railStockFt  float64
	postIn       float64
	rackLimitIn  float64
	rollFt       float64
	topRailFt    float64
	bottomWire   bool
	bandsAtBar   int
	ordinaryHole hole // line posts of chain link, all but gate posts otherwise
	strongHole   hole // terminal posts of chain link, gate posts otherwise
	mix          mix
}

type hole struct {
	diameterIn, depthIn float64
	volumeFt3           float64 // of concrete
}

type mix struct {
	bagLb    int
	yieldFt3 float64
	wastePct float64
	perHole  bool
	subtract bool
}

// terminalHole tells whether a post of the given kind stands in the stronger hole.
func (s *spec) terminalHole(kind PostKind) bool {
	if s.kind == KindChainLink {
		return kind != PostLine
	}
	return kind == PostGate
}

// resolver reads one style; prefix is the JSON pointer of the style.
type resolver struct {
	check  *document.Check
	prefix string
}

// pointer is called for problems only, so that good input costs no strings.
func (r resolver) pointer(member string) string { return r.prefix + "/" + member }

func (r resolver) number(member string, v *float64, absent, lo, hi float64) float64 {
	if v == nil {
		return absent
	}
	if !within(*v, lo, hi) {
		r.check.Number(r.pointer(member), *v, lo, hi)
		return absent
	}
	return *v
}

func (r resolver) whole(member string, v *int, absent, lo, hi int) int {
	if v == nil {
		return absent
	}
	if *v < lo || *v > hi {
		r.check.Whole(r.pointer(member), int64(*v), int64(lo), int64(hi))
		return absent
	}
	return *v
}

// choice reads one of a few words; the first is the default.
func choice[T ~string](r resolver, member string, v *T, words ...T) T {
	if v == nil {
		return words[0]
	}
	for _, w := range words {
		if *v == w {
			return w
		}
	}
	list := string(words[0])
	for _, w := range words[1:] {
		list += ", " + string(w)
	}
	r.check.Add(r.pointer(member), "must be one of %s", list)
	return words[0]
}

// resolve fills in a style by its kind.
func resolve(s *Style, name string, check *document.Check) spec {
	r := resolver{check, "/style"}
	if name != "" {
		r.prefix = "/styles/" + pointerToken(name)
	}
	out := spec{name: name, kind: s.Kind}
	switch s.Kind {
	case KindWood:
		r.wood(s, &out)
	case KindPanel:
		r.panel(s, &out)
	case KindChainLink:
		r.chainLink(s, &out)
	default:
		check.Add(r.pointer("kind"), "must be wood, panel or chain_link")
		return out
	}
	r.refuseForeign(s)
	return out
}

func (r resolver) wood(s *Style, out *spec) {
	out.heightFt = r.number("height_ft", s.HeightFt, 6, 1, 20)
	out.spacingFt = r.number("post_spacing_ft", s.PostSpacingFt, 8, 1, 50)
	out.rails = r.whole("rails", s.Rails, railsByHeight(out.heightFt), 1, 12)
	out.pattern = choice(r, "pattern", s.Pattern, PatternSideBySide, PatternBoardOnBoard, PatternShadowbox)
	out.picketIn = r.number("picket_width_in", s.PicketWidthIn, 5.5, 0.5, 48)
	r.spread(s, out)
	out.picketWaste = r.number("picket_waste_pct", s.PicketWastePct, 10, 0, 100)
	out.railWaste = r.number("rail_waste_pct", s.RailWastePct, 0, 0, 100)
	out.rounding = choice(r, "rounding", s.Rounding, RoundProject, RoundRun, RoundBay)
	out.railStockFt = r.number("rail_stock_ft", s.RailStockFt, 8, 2, 50)
	r.squarePosts(s, out)
}

// railsByHeight is the trade's habit: 2 up to 5 ft, 3 up to 6 ft, 4 above.
func railsByHeight(heightFt float64) int {
	switch {
	case heightFt <= 5:
		return 2
	case heightFt <= 6:
		return 3
	default:
		return 4
	}
}

// minCoverIn is the least width that a picket must add to the row; below it counts run away.
const minCoverIn = 0.25

// usualOverlap is the share of a picket's width that board on board overlaps when nothing is said.
const usualOverlap = 0.24

// spread settles how far apart pickets are: a gap or an overlap, never both.
func (r resolver) spread(s *Style, out *spec) {
	gap := r.number("picket_gap_in", s.PicketGapIn, 0, -48, 48)
	overlap := r.number("picket_overlap_in", s.PicketOverlapIn, 0, 0, 48)
	member := "picket_overlap_in"
	if s.PicketOverlapIn == nil {
		member = "picket_gap_in"
		switch {
		case gap < 0:
			overlap, gap = -gap, 0
		case out.pattern == PatternBoardOnBoard && gap == 0:
			overlap = usualOverlap * out.picketIn
		}
	}
	switch {
	case overlap > 0 && gap != 0:
		r.check.Add(r.pointer("picket_gap_in"), "cannot be given beside picket_overlap_in")
	case gap > 0 && out.pattern == PatternBoardOnBoard:
		r.check.Add(r.pointer("picket_gap_in"), "board on board has an overlap, not a gap")
	case overlap > 0 && out.pattern == PatternShadowbox:
		r.check.Add(r.pointer(member), "shadowbox has a gap, not an overlap")
	case overlap > out.picketIn-minCoverIn:
		r.check.Add(r.pointer(member), "the overlap must leave %v in of each picket to see", minCoverIn)
	default:
		out.gapIn, out.overlapIn = gap, overlap
	}
}

func (r resolver) panel(s *Style, out *spec) {
	out.heightFt = r.number("height_ft", s.HeightFt, 6, 1, 20)
	out.spacingFt = r.number("panel_ft", s.PanelFt, 6, 1, 50)
	out.rackLimitIn = r.number("rack_limit_in", s.RackLimitIn, 10, 0, 240)
	r.squarePosts(s, out)
}

func (r resolver) squarePosts(s *Style, out *spec) {
	r.mix(s.Concrete, &out.mix)
	post := r.number("post_size_in", s.PostSizeIn, 3.5, 0.5, 24)
	gatePost := r.number("gate_post_size_in", s.GatePostSizeIn, 5.5, 0.5, 24)
	out.postIn = post
	out.ordinaryHole = r.hole("hole", s.Hole, 10, 30, out.mix, square(post))
	out.strongHole = r.hole("gate_hole", s.GateHole, 12, 36, out.mix, square(gatePost))
}

func (r resolver) chainLink(s *Style, out *spec) {
	out.heightFt = r.number("height_ft", s.HeightFt, 5, 1, 20)
	out.spacingFt = r.number("max_spacing_ft", s.MaxSpacingFt, 10, 1, 50)
	out.rollFt = r.number("fabric_roll_ft", s.FabricRollFt, 50, 1, 1000)
	out.topRailFt = r.number("top_rail_ft", s.TopRailFt, 21, 1, 100)
	out.bottomWire = s.BottomWire != nil && *s.BottomWire
	out.bandsAtBar = int(math.Ceil(out.heightFt - tiny))
	if choice(r, "bands", s.Bands, BandsPerFoot, BandsPerFootMinusOne) == BandsPerFootMinusOne {
		out.bandsAtBar--
	}
	line := r.number("line_post_od_in", s.LinePostODIn, 1.625, 0.5, 24)
	terminal := r.number("terminal_post_od_in", s.TerminalPostODIn, 2.5, 0.5, 24)
	r.mix(s.Concrete, &out.mix)
	depth := 24 + 3*math.Max(0, out.heightFt-4)
	out.ordinaryHole = r.hole("line_hole", s.LineHole, 4*line, depth, out.mix, round(line))
	out.strongHole = r.hole("terminal_hole", s.TerminalHole, 4*terminal, depth, out.mix, round(terminal))
}

// section is a post's cross-section: what it displaces, and the narrowest hole that takes it.
type section struct{ areaIn2, acrossIn float64 }

func square(sideIn float64) section { return section{sideIn * sideIn, sideIn * math.Sqrt2} }

func round(odIn float64) section { return section{math.Pi * odIn * odIn / 4, odIn} }

func (r resolver) hole(member string, given *Hole, diameterIn, depthIn float64, m mix, post section) hole {
	var in Hole
	if given != nil {
		in = *given
	}
	sub := resolver{r.check, r.prefix + "/" + member}
	h := hole{
		diameterIn: sub.number("diameter_in", in.DiameterIn, diameterIn, 1, 120),
		depthIn:    sub.number("depth_in", in.DepthIn, depthIn, 1, 240),
	}
	gravelIn := sub.number("gravel_in", in.GravelIn, 0, 0, 240)
	if gravelIn > h.depthIn {
		sub.check.Add(sub.pointer("gravel_in"), "is more than the hole's depth")
		return h
	}
	if post.acrossIn >= h.diameterIn {
		sub.check.Add(sub.pointer("diameter_in"), "is too narrow for its post (%.2f in across)", post.acrossIn)
		return h
	}
	areaIn2 := math.Pi * h.diameterIn * h.diameterIn / 4
	if m.subtract {
		areaIn2 -= post.areaIn2
	}
	h.volumeFt3 = areaIn2 * (h.depthIn - gravelIn) / 1728
	return h
}

func (r resolver) mix(given *ConcreteMix, out *mix) {
	var in ConcreteMix
	if given != nil {
		in = *given
	}
	sub := resolver{r.check, r.prefix + "/concrete"}
	out.bagLb, out.yieldFt3 = 80, bagYieldFt3(80)
	if in.BagLb != nil {
		out.bagLb, out.yieldFt3 = *in.BagLb, bagYieldFt3(*in.BagLb)
		if out.yieldFt3 == 0 {
			sub.check.Add(sub.pointer("bag_lb"), "must be 40, 50, 60 or 80")
		}
	}
	out.wastePct = sub.number("waste_pct", in.WastePct, 10, 0, 100)
	out.perHole = choice(sub, "rounding", in.Rounding, ConcreteProject, ConcreteHole) == ConcreteHole
	out.subtract = in.SubtractPost == nil || *in.SubtractPost
}

// bagYieldFt3 is what a bag of concrete mix fills, by the manufacturers' bags; 0 for a bag nobody sells.
func bagYieldFt3(lb int) float64 {
	switch lb {
	case 40:
		return 0.30
	case 50:
		return 0.375
	case 60:
		return 0.45
	case 80:
		return 0.60
	default:
		return 0
	}
}
