package pricing

import (
	"fenceplatform.com/fence/internal/business/takeoff"
)

// seedStyle is a style that a new company starts with. buys is by item; an item that buys nothing comes with
// another.
type seedStyle struct {
	key, name string
	document  takeoff.Style
	buys      map[string]string
}

func seedStyles() []seedStyle {
	return []seedStyle{
		{"pine-privacy-6ft", "Pine privacy, 6 ft", woodPrivacy(), with(woodBuys("picket.pine", "rail.pine"),
			posts("post.pine_4x4", "gate_post.pine_4x6", "gate_kit.standard"), map[string]string{"screw": "screw.coated"})},
		{"cedar-privacy-6ft", "Cedar privacy, 6 ft", woodPrivacy(), with(woodBuys("picket.cedar", "rail.cedar_tone"),
			posts("post.cedar_tone_4x4", "gate_post.cedar_tone_6x6", "gate_kit.standard"))},
		{"cedar-board-on-board-6ft", "Cedar board on board, steel posts, 6 ft", boardOnBoard(), with(woodBuys("picket.cedar_select", "rail.cedar"),
			posts("post.steel", "gate_post.steel", "gate_kit.heavy"), map[string]string{"screw": "screw.stainless"})},
		{"vinyl-privacy-6ft", "Vinyl privacy, 6 ft", panel(), with(posts("post.vinyl", "post.vinyl", "gate_kit.heavy"),
			map[string]string{"panel": "panel.vinyl", "post_cap": "post_cap.vinyl"})},
		{"composite-privacy-6ft", "Composite privacy, 6 ft", panel(), with(posts("post.composite", "post.composite", "gate_kit.heavy"),
			map[string]string{"panel": "panel.composite", "post_cap": "post_cap.composite"})},
		{"chain-link-4ft", "Chain link, 4 ft", takeoff.Style{Kind: takeoff.KindChainLink, HeightFt: new(4.0), MaxSpacingFt: new(10.0)},
			with(posts("post.terminal_2_1_2", "post.terminal_2_1_2", "gate_kit.chain_link"), chainLinkBuys)},
	}
}

func woodPrivacy() takeoff.Style {
	return takeoff.Style{Kind: takeoff.KindWood, HeightFt: new(6.0), PostSpacingFt: new(8.0), Rails: new(3),
		PicketWidthIn: new(5.5), PicketGapIn: new(0.0), RailWastePct: new(5.0)}
}

func boardOnBoard() takeoff.Style {
	s := woodPrivacy()
	s.PicketGapIn = nil
	s.Pattern, s.PicketOverlapIn = new(takeoff.PatternBoardOnBoard), new(1.25)
	return s
}

func panel() takeoff.Style {
	return takeoff.Style{Kind: takeoff.KindPanel, HeightFt: new(6.0), PanelFt: new(6.0), PostSizeIn: new(5.0),
		GatePostSizeIn: new(5.0)}
}

func woodBuys(picket, rail string) map[string]string {
	return map[string]string{"picket": picket, "gate_picket": picket, "rail": rail, "screw": "screw.exterior"}
}

func posts(post, gatePost, gateKit string) map[string]string {
	return map[string]string{"post_line": post, "post_end": post, "post_corner": post, "post_tee": post,
		"post_gate": gatePost, "gate_kit": gateKit, "concrete_bag": "concrete_bag"}
}

// chainLinkBuys is what chain link buys beside terminal posts. Fabric is bought by the roll.
var chainLinkBuys = map[string]string{
	"post_line": "post.line_1_5_8", "fabric_ft": "", "fabric_roll": "fabric.roll", "top_rail": "top_rail.1_3_8",
	"loop_cap": "loop_cap", "tension_bar": "tension_bar", "tension_band": "tension_band", "brace_band": "brace_band",
	"rail_end": "rail_end", "tie": "tie", "tension_wire_ft": "tension_wire", "post_cap": "post_cap.dome",
}

// with joins what is bought; what comes later holds.
func with(all ...map[string]string) map[string]string {
	joined := map[string]string{}
	for _, buys := range all {
		for item, material := range buys {
			joined[item] = material
		}
	}
	return joined
}
