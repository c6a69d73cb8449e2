package drawing

// Scene is a drawing made: shapes in paint order on a sheet of the given size, y downwards.
type Scene struct {
	Width, Height float64
	Layers        []Layer
	// Hidden are the ids of runs and gates whose label found no room.
	Hidden []string
}

// Layer is shapes that are drawn with one pen.
type Layer struct {
	Pen   Pen
	Lines []Line
	Dots  []Dot
	Texts []Text
}

// Line is a polyline, or an outline when it is closed.
type Line struct {
	Points []Point
	Closed bool
}

// Dot is a circle.
type Dot struct {
	At     Point
	Radius float64
}

// Text stands upright, centered on At.
type Text struct {
	At    Point
	Spans []Span
	Size  float64
}

// Span is a piece of a label in one face.
type Span struct {
	Text string
	Face Face
}

// Face is how a piece of a label is set.
type Face string

// The faces of labels. Measured is bold, estimated italic; the others are plain.
const (
	FaceMeasured  Face = "measured"
	FaceEstimated Face = "estimated"
	FaceName      Face = "name"
	FaceGate      Face = "gate-width"
	FaceMark      Face = "mark-name"
	FacePost      Face = "post-number"
)

// Pen is how a layer is drawn. Its name is the class on pages.
type Pen struct {
	Name   string
	Width  float64
	Dash   []float64
	Filled bool // closed lines and dots are filled with ink
	Blank  bool // closed lines and dots are filled with paper
	Soft   bool // drawn in a lighter ink
}

// The pens, in the order in which they are laid on the paper.
var pens = []Pen{
	{Name: "house", Width: 1.1, Soft: true},
	{Name: "street", Width: 1, Dash: []float64{10, 4}, Soft: true},
	{Name: "boundary", Width: 0.9, Dash: []float64{12, 3, 2, 3}, Soft: true},
	{Name: "existing", Width: 1.6, Dash: []float64{6, 4}},
	{Name: "removal", Width: 1, Dash: []float64{5, 3}, Soft: true},
	{Name: "removal-slash", Width: 1, Soft: true},
	{Name: "fence", Width: 2},
	{Name: "fence-thin", Width: 1.1},
	{Name: "swing", Width: 0.8, Dash: []float64{3, 2}},
	{Name: "gate", Width: 1.6},
	{Name: "dimension", Width: 0.7},
	{Name: "leader", Width: 0.6, Soft: true},
	{Name: "post-open", Width: 1.1, Blank: true},
	{Name: "post", Width: 1, Filled: true},
	{Name: "label"},
}

// palette collects shapes by pen while a scene is made.
type palette map[string]*Layer

func newPalette() palette {
	layers := make(palette, len(pens))
	for _, pen := range pens {
		layers[pen.Name] = &Layer{Pen: pen}
	}
	return layers
}

func (l *Layer) line(points ...Point) { l.Lines = append(l.Lines, Line{Points: points}) }
func (l *Layer) outline(points ...Point) {
	l.Lines = append(l.Lines, Line{Points: points, Closed: true})
}
func (l *Layer) dot(at Point, radius float64) {
	l.Dots = append(l.Dots, Dot{At: at, Radius: radius})
}

// ordered gives the layers that hold something, in paint order.
func (p palette) ordered() []Layer {
	var layers []Layer
	for _, pen := range pens {
		if l := p[pen.Name]; len(l.Lines)+len(l.Dots)+len(l.Texts) > 0 {
			layers = append(layers, *l)
		}
	}
	return layers
}

// box is an upright rectangle.
type box struct{ left, top, right, bottom float64 }

func boxAround(at Point, width, height float64) box {
	return box{at.X - width/2, at.Y - height/2, at.X + width/2, at.Y + height/2}
}

func (b box) grown(by float64) box {
	return box{b.left - by, b.top - by, b.right + by, b.bottom + by}
}

func (b box) overlaps(c box) bool {
	return b.left < c.right && c.left < b.right && b.top < c.bottom && c.top < b.bottom
}

func (b box) with(p Point) box {
	return box{min(b.left, p.X), min(b.top, p.Y), max(b.right, p.X), max(b.bottom, p.Y)}
}

// clip gives the part of a line inside the box as fractions of the line; ok is false when there is none.
func (b box) clip(p, q Point) (from, to float64, ok bool) {
	if max(p.X, q.X) < b.left || min(p.X, q.X) > b.right || max(p.Y, q.Y) < b.top || min(p.Y, q.Y) > b.bottom {
		return 0, 0, false
	}
	d := q.minus(p)
	from, to = 0, 1
	for _, edge := range [4][2]float64{
		{-d.X, p.X - b.left}, {d.X, b.right - p.X}, {-d.Y, p.Y - b.top}, {d.Y, b.bottom - p.Y},
	} {
		slope, room := edge[0], edge[1]
		switch {
		case slope == 0 && room < 0:
			return 0, 0, false
		case slope < 0:
			from = max(from, room/slope)
		case slope > 0:
			to = min(to, room/slope)
		}
	}
	return from, to, from < to
}

// extent is the smallest box around everything that is drawn.
func (p palette) extent() (b box, some bool) {
	add := func(at Point) {
		if !some {
			b, some = box{at.X, at.Y, at.X, at.Y}, true
		}
		b = b.with(at)
	}
	for _, l := range p {
		for _, line := range l.Lines {
			for _, at := range line.Points {
				add(at)
			}
		}
		for _, dot := range l.Dots {
			add(Point{dot.At.X - dot.Radius, dot.At.Y - dot.Radius})
			add(Point{dot.At.X + dot.Radius, dot.At.Y + dot.Radius})
		}
		for _, text := range l.Texts {
			around := boxAround(text.At, text.width(), text.Size)
			add(Point{around.left, around.top})
			add(Point{around.right, around.bottom})
		}
	}
	return b, some
}

// moved shifts everything.
func (p palette) moved(by Point) {
	for _, l := range p {
		for _, line := range l.Lines {
			for i := range line.Points {
				line.Points[i] = line.Points[i].plus(by)
			}
		}
		for i := range l.Dots {
			l.Dots[i].At = l.Dots[i].At.plus(by)
		}
		for i := range l.Texts {
			l.Texts[i].At = l.Texts[i].At.plus(by)
		}
	}
}

// width estimates the width of a label, rather too wide than too narrow: the browser's face is not known here.
func (t Text) width() float64 {
	em := 0.0
	for _, span := range t.Spans {
		for _, r := range span.Text {
			em += runeWidth(r)
		}
	}
	return em * t.Size
}

func runeWidth(r rune) float64 {
	switch {
	case r == '\'' || r == 'i' || r == 'l' || r == '.' || r == ',':
		return 0.28
	case r == ' ':
		return 0.26
	case r == '"' || r == 'f' || r == 't' || r == 'r' || r == 'I':
		return 0.42
	case r == 'W' || r == 'M' || r == 'm' || r == 'w' || r == '½':
		return 0.92
	case r >= 0x1100:
		return 1.05
	case r >= 'A' && r <= 'Z':
		return 0.7
	}
	return 0.6
}
