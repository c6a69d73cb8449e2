package prices

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/takeoff"
)

// profile is one bay of a style, drawn to scale. A unit of the drawing is an inch; the ground is at 0, up is less.
type profile struct {
	Label string
	Box   string
	Type  string // size of the letters
	Parts []part
	Words []word
}

// part is a stroke or an area of the drawing.
type part struct{ Class, Path string }

// word is a dimension.
type word struct{ X, Y, Anchor, Text string }

// The sheet is as wide for every style that fits on it, so that styles beside each other are to one scale.
const (
	sheetWidthIn  = 172.0
	leftMarginIn  = 34.0
	rightMarginIn = 18.0
	letterIn      = 9.0
	mostPickets   = 200
)

// drawer draws one bay between two posts.
type drawer struct {
	profile
	style       *takeoff.Style
	height, bay float64
	post, hole  float64 // width of the post, of the hole
	depth       float64
	scale       float64 // of letters and ticks, past the usual sheet
}

func draw(name string, s *takeoff.Style) profile {
	d := drawer{style: s, height: 12 * measureOf(s, "height_ft")}
	switch s.Kind {
	case takeoff.KindChainLink:
		d.bay, d.post = 12*measureOf(s, "max_spacing_ft"), measureOf(s, "line_post_od_in")
		d.hole, d.depth = measureOf(s, "line_hole/diameter_in"), measureOf(s, "line_hole/depth_in")
	case takeoff.KindPanel:
		d.bay, d.post = 12*measureOf(s, "panel_ft"), measureOf(s, "post_size_in")
		d.hole, d.depth = measureOf(s, "hole/diameter_in"), measureOf(s, "hole/depth_in")
		d.bay += d.post // a panel stands between the posts
	default:
		d.bay, d.post = 12*measureOf(s, "post_spacing_ft"), measureOf(s, "post_size_in")
		d.hole, d.depth = measureOf(s, "hole/diameter_in"), measureOf(s, "hole/depth_in")
	}
	width := max(sheetWidthIn, leftMarginIn+d.bay+rightMarginIn)
	d.scale = max(1, width/sheetWidthIn)
	top := d.height + 20*d.scale
	d.Box = strings.Join([]string{num(-leftMarginIn * d.scale), num(-top), num(max(width, (leftMarginIn+rightMarginIn)*d.scale+d.bay)), num(top + d.depth + 4)}, " ")
	d.Type = num(letterIn * d.scale)
	d.Label = "One bay of " + name + ", to scale. " + described(s)
	d.ground()
	d.posts()
	switch s.Kind {
	case takeoff.KindChainLink:
		d.fabric()
	case takeoff.KindPanel:
		d.panel()
	default:
		d.rails()
		d.pickets()
	}
	d.dimensions()
	return d.profile
}

func num(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

func (d *drawer) add(class, format string, args ...float64) {
	texts := make([]any, len(args))
	for i, v := range args {
		texts[i] = num(v)
	}
	d.Parts = append(d.Parts, part{class, fmt.Sprintf(format, texts...)})
}

func (d *drawer) box(class string, x, y, w, h float64) {
	d.add(class, "M%s %sh%sv%sh%sz", x, y, w, h, -w)
}

func (d *drawer) ground() {
	for _, x := range []float64{0, d.bay} {
		d.box("hole", x-d.hole/2, 0, d.hole, d.depth)
	}
	d.add("ground", "M%s 0H%s", -d.hole/2-4, d.bay+d.hole/2+4)
}

func (d *drawer) posts() {
	for _, x := range []float64{0, d.bay} {
		rise := d.height
		if d.style.Kind != takeoff.KindWood {
			rise += 2
			d.box("post", x-d.post/2-0.75, -rise-1.5, d.post+1.5, 1.5)
		}
		d.box("post", x-d.post/2, -rise, d.post, rise+d.depth-2)
	}
}

// rails are 2×4s from post to post, the first and the last a hand's width from the ends of the pickets.
func (d *drawer) rails() {
	n := int(measureOf(d.style, "rails"))
	low, high := min(8, d.height/4), d.height-min(8, d.height/4)
	for i := range n {
		y := low
		if n > 1 {
			y += (high - low) * float64(i) / float64(n-1)
		}
		d.box("rail", -d.post/2, -y-1.75, d.bay+d.post, 3.5)
	}
}

// pickets cover what is right of a third of the bay: left of it the rails are to be seen.
func (d *drawer) pickets() {
	width := measureOf(d.style, "picket_width_in")
	gap, overlap := measureOf(d.style, "picket_gap_in"), measureOf(d.style, "picket_overlap_in")
	if gap < 0 {
		gap, overlap = 0, -gap
	}
	from, to := d.bay*0.34, d.bay+d.post/2
	pattern := patternOf(d.style)
	step := max(width+gap-overlap, 0.25)
	if pattern == takeoff.PatternBoardOnBoard {
		// Boards in front stand apart; those behind cover what is left open.
		for i, x := 0, from+step; x+width <= to+0.01 && i < mostPickets; i, x = i+1, x+2*step {
			d.picket("picket behind", x, width)
		}
		step *= 2
	}
	if pattern == takeoff.PatternShadowbox {
		for i, x := 0, from+(width+gap)/2; x+width <= to+0.01 && i < mostPickets; i, x = i+1, x+step {
			d.picket("picket behind", x, width)
		}
	}
	for i, x := 0, from; x+width <= to+0.01 && i < mostPickets; i, x = i+1, x+step {
		d.picket("picket", x, width)
	}
}

// picket is a board with its upper corners cut, 2 in above the ground.
func (d *drawer) picket(class string, x, width float64) {
	ear := min(1.5, width/3)
	d.add(class, "M%s -2V%sl%s %sh%sl%s %sV-2z", x, -d.height+ear, ear, -ear, width-2*ear, ear, ear)
}

func (d *drawer) panel() {
	left, right := d.post/2, d.bay-d.post/2
	d.box("picket", left, -d.height+5, right-left, d.height-12)
	for i, x := 0, left+6; x < right-0.5 && i < mostPickets; i, x = i+1, x+6 {
		d.add("seam", "M%s %sV-7", x, -d.height+5)
	}
	d.box("rail", left, -d.height, right-left, 5)
	d.box("rail", left, -7, right-left, 5)
}

// fabric is drawn with a mesh of 6 in: a real one of 2 in would be a gray area.
func (d *drawer) fabric() {
	left, right, low, high := d.post/2, d.bay-d.post/2, 1.0, d.height-1
	mesh := max(6, d.bay/40)
	var b strings.Builder
	for c := left - (high - low); c < right; c += mesh {
		x1, x2 := max(c, left), min(c+high-low, right)
		if x2 > x1 {
			fmt.Fprintf(&b, "M%s %sL%s %s", num(x1), num(-low-(x1-c)), num(x2), num(-low-(x2-c)))
			fmt.Fprintf(&b, "M%s %sL%s %s", num(x1), num(-high+(x1-c)), num(x2), num(-high+(x2-c)))
		}
	}
	d.Parts = append(d.Parts, part{"mesh", b.String()})
	d.box("rail", -d.post/2, -d.height-0.7, d.bay+d.post, 1.4)
}

// dimensions are ticks with their measure, as on a drawing.
func (d *drawer) dimensions() {
	k := d.scale
	x, y := -d.hole/2-8*k, -d.height-8*k
	d.add("dim", "M%s 0V%sM%s 0h%sM%s %sh%s", x, -d.height, x-3*k, 6*k, x-3*k, -d.height, 6*k)
	d.Words = append(d.Words, word{num(x - 4*k), num(-d.height/2 + 3*k), "end", measureWords(d.height/12, "ft")})
	from, to := 0.0, d.bay
	if d.style.Kind == takeoff.KindPanel {
		from, to = d.post/2, d.bay-d.post/2
	}
	d.add("dim", "M%s %sH%sM%s %sv%sM%s %sv%s", from, y, to, from, y-3*k, 6*k, to, y-3*k, 6*k)
	d.Words = append(d.Words, word{num(d.bay / 2), num(y - 3*k), "middle", measureWords(math.Round((to-from)/12*1000)/1000, "ft")},
		word{num(d.bay / 2), num(d.depth/2 + 3*k), "middle", num(d.hole) + " × " + num(d.depth) + " in"})
}

// described is a style in one sentence.
func described(s *takeoff.Style) string {
	height := measureWords(measureOf(s, "height_ft"), "ft") + " high"
	switch s.Kind {
	case takeoff.KindPanel:
		return "Panels of " + measureWords(measureOf(s, "panel_ft"), "ft") + ", " + height + ", on " + num(measureOf(s, "post_size_in")) + "-in posts."
	case takeoff.KindChainLink:
		return "Chain link, " + height + ", posts at most " + measureWords(measureOf(s, "max_spacing_ft"), "ft") + " apart."
	}
	words := "Wood, " + height + ", posts at most " + measureWords(measureOf(s, "post_spacing_ft"), "ft") + " apart, " +
		railWords(int(measureOf(s, "rails"))) + ", " + num(measureOf(s, "picket_width_in")) + "-in pickets "
	switch patternOf(s) {
	case takeoff.PatternBoardOnBoard:
		return words + "board on board."
	case takeoff.PatternShadowbox:
		return words + "as a shadowbox."
	}
	return words + "side by side."
}

func railWords(n int) string {
	if n == 1 {
		return "1 rail"
	}
	return strconv.Itoa(n) + " rails"
}
