package pricing

// seedMaterial is a material that a new company starts with, at a cost that a yard in the middle of the
// country might pay. A company types its own over them.
type seedMaterial struct {
	key, name, unit string
	cents           int64
	pack            int
}

var seedMaterials = []seedMaterial{
	{"picket.pine", "Pine picket, pressure-treated, dog-ear, 5/8 × 5-1/2 in × 6 ft", "each", 210, 1},
	{"picket.cedar", "Cedar picket, dog-ear, 5/8 × 5-1/2 in × 6 ft", "each", 285, 1},
	{"picket.cedar_select", "Cedar picket, select, flat top, 3/4 × 5-1/2 in × 6 ft", "each", 345, 1},
	{"rail.pine", "Rail, pressure-treated 2×4, 8 ft", "each", 425, 1},
	{"rail.cedar_tone", "Rail, cedar-tone treated 2×4, 8 ft", "each", 525, 1},
	{"rail.cedar", "Rail, cedar 2×4, 8 ft", "each", 795, 1},
	{"post.pine_4x4", "Post, pressure-treated 4×4, 8 ft", "each", 1150, 1},
	{"post.cedar_tone_4x4", "Post, cedar-tone treated 4×4, 9 ft", "each", 1250, 1},
	{"post.steel", "Post, galvanized steel for wood rails, 8 ft", "each", 2650, 1},
	{"gate_post.pine_4x6", "Gate post, pressure-treated 4×6, 9 ft", "each", 2600, 1},
	{"gate_post.cedar_tone_6x6", "Gate post, cedar-tone treated 6×6, 9 ft", "each", 3800, 1},
	{"gate_post.steel", "Gate post, heavy galvanized steel, 9 ft", "each", 5400, 1},
	{"screw.coated", "Deck screws, coated, 2 in", "box of 500", 2600, 500},
	{"screw.exterior", "Deck screws, exterior grade, 2 in", "box of 500", 3400, 500},
	{"screw.stainless", "Deck screws, stainless, 2 in", "box of 500", 6200, 500},
	{"gate_kit.standard", "Gate hardware: frame kit, hinges, latch", "each", 6500, 1},
	{"gate_kit.heavy", "Gate hardware, heavy: steel frame, adjustable hinges, keyed latch", "each", 12800, 1},
	{"concrete_bag", "Concrete mix, 80 lb", "bag", 620, 1},

	{"panel.vinyl", "Vinyl privacy panel, 6 × 6 ft", "each", 7200, 1},
	{"panel.composite", "Composite privacy panel, 6 × 6 ft", "each", 18900, 1},
	{"post.vinyl", "Vinyl post, 5 × 5 in, 9 ft", "each", 2900, 1},
	{"post.composite", "Composite post with steel core, 9 ft", "each", 5900, 1},
	{"post_cap.vinyl", "Post cap, vinyl", "each", 350, 1},
	{"post_cap.composite", "Post cap, composite", "each", 850, 1},

	{"fabric.roll", "Chain-link fabric, 11-1/2 gauge galvanized, 4 ft", "roll of 50 ft", 9400, 1},
	{"top_rail.1_3_8", "Top rail, 1-3/8 in, 21 ft", "each", 2350, 1},
	{"post.line_1_5_8", "Line post, 1-5/8 in, 6 ft", "each", 1350, 1},
	{"post.terminal_2_1_2", "Terminal post, 2-1/2 in, 7 ft", "each", 2250, 1},
	{"loop_cap", "Loop cap", "each", 190, 1},
	{"post_cap.dome", "Dome cap", "each", 240, 1},
	{"tension_bar", "Tension bar, 4 ft", "each", 330, 1},
	{"tension_band", "Tension band with bolt", "each", 95, 1},
	{"brace_band", "Brace band with bolt", "each", 105, 1},
	{"rail_end", "Rail end cup", "each", 145, 1},
	{"tie", "Aluminum ties", "bag of 100", 1250, 100},
	{"tension_wire", "Bottom tension wire", "ft", 12, 1},
	{"gate_kit.chain_link", "Chain-link walk gate with hinges and fork latch", "each", 11800, 1},
}
