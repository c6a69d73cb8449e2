package takeoff

// member is one optional member of a style and the kinds that know it.
type member struct {
	name  string
	kinds [2]StyleKind
	given func(*Style) bool
}

var (
	onlyWood      = [2]StyleKind{KindWood}
	onlyPanel     = [2]StyleKind{KindPanel}
	onlyChainLink = [2]StyleKind{KindChainLink}
	squarePosted  = [2]StyleKind{KindWood, KindPanel}
)

// members lists what not every kind has. A member that the kind does not know would change nothing, and
// whoever wrote it would not notice: it is refused.
var members = [...]member{
	{"post_spacing_ft", onlyWood, func(s *Style) bool { return s.PostSpacingFt != nil }},
	{"rails", onlyWood, func(s *Style) bool { return s.Rails != nil }},
	{"pattern", onlyWood, func(s *Style) bool { return s.Pattern != nil }},
	{"picket_width_in", onlyWood, func(s *Style) bool { return s.PicketWidthIn != nil }},
	{"picket_gap_in", onlyWood, func(s *Style) bool { return s.PicketGapIn != nil }},
	{"picket_overlap_in", onlyWood, func(s *Style) bool { return s.PicketOverlapIn != nil }},
	{"picket_waste_pct", onlyWood, func(s *Style) bool { return s.PicketWastePct != nil }},
	{"rail_waste_pct", onlyWood, func(s *Style) bool { return s.RailWastePct != nil }},
	{"rounding", onlyWood, func(s *Style) bool { return s.Rounding != nil }},
	{"rail_stock_ft", onlyWood, func(s *Style) bool { return s.RailStockFt != nil }},
	{"panel_ft", onlyPanel, func(s *Style) bool { return s.PanelFt != nil }},
	{"rack_limit_in", onlyPanel, func(s *Style) bool { return s.RackLimitIn != nil }},
	{"post_size_in", squarePosted, func(s *Style) bool { return s.PostSizeIn != nil }},
	{"gate_post_size_in", squarePosted, func(s *Style) bool { return s.GatePostSizeIn != nil }},
	{"hole", squarePosted, func(s *Style) bool { return s.Hole != nil }},
	{"gate_hole", squarePosted, func(s *Style) bool { return s.GateHole != nil }},
	{"max_spacing_ft", onlyChainLink, func(s *Style) bool { return s.MaxSpacingFt != nil }},
	{"fabric_roll_ft", onlyChainLink, func(s *Style) bool { return s.FabricRollFt != nil }},
	{"top_rail_ft", onlyChainLink, func(s *Style) bool { return s.TopRailFt != nil }},
	{"bottom_wire", onlyChainLink, func(s *Style) bool { return s.BottomWire != nil }},
	{"bands", onlyChainLink, func(s *Style) bool { return s.Bands != nil }},
	{"line_post_od_in", onlyChainLink, func(s *Style) bool { return s.LinePostODIn != nil }},
	{"terminal_post_od_in", onlyChainLink, func(s *Style) bool { return s.TerminalPostODIn != nil }},
	{"line_hole", onlyChainLink, func(s *Style) bool { return s.LineHole != nil }},
	{"terminal_hole", onlyChainLink, func(s *Style) bool { return s.TerminalHole != nil }},
}

func (r resolver) refuseForeign(s *Style) {
	for i := range members {
		m := &members[i]
		if m.given(s) && m.kinds[0] != s.Kind && m.kinds[1] != s.Kind {
			r.check.Add(r.pointer(m.name), "is not a member of a %s style", s.Kind)
		}
	}
}
