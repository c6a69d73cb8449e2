package drawing

import (
	"math"
	"strconv"

	"fenceplatform.com/fence/internal/business/takeoff"
)

// numberedFrom is the bay, in units, from which post numbers have room.
const numberedFrom = 24

// posts draws every post by the symbol of its type, for those who set them.
func (d *draft) posts() {
	existing := map[string]bool{}
	for _, n := range d.plan.Layout.Nodes {
		existing[n.ID] = n.Attach == takeoff.AttachExistingPost
	}
	bySegment := map[string]*placedRun{}
	for _, r := range d.runs {
		bySegment[r.Segment] = r
	}
	places := make([]Point, 0, len(d.plan.Posts))
	for _, post := range d.plan.Posts {
		if at := (Point{post.X, post.Y}); at.finite() {
			places = append(places, d.place(at))
		}
	}
	bay := narrowest(places)
	size := min(3.4, max(1.4, bay/7))
	number := 0
	for _, post := range d.plan.Posts {
		at := Point{post.X, post.Y}
		if !at.finite() {
			continue
		}
		at = d.place(at)
		r := bySegment[post.Segment]
		d.post(post.Kind, existing[post.Node] && post.Node != "", at, size, r)
		if post.Kind == takeoff.PostWall {
			continue
		}
		number++
		if r != nil && bay >= numberedFrom {
			d.room.numbers = append(d.room.numbers, postRoom{number: strconv.Itoa(number), at: at, inwards: r.out.times(-1)})
		}
	}
}

func (d *draft) post(kind takeoff.PostKind, existing bool, at Point, size float64, r *placedRun) {
	u := Point{1, 0}
	if r != nil {
		u = r.direction()
		if at.minus(r.to).length() < at.minus(r.from).length() {
			u = u.times(-1)
		}
	}
	n := u.perpendicular()
	corner := func(along, across float64) Point { return at.plus(u.times(along * size)).plus(n.times(across * size)) }
	square := []Point{corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)}
	full, open := d.ink["post"], d.ink["post-open"]
	switch {
	case existing:
		open.dot(at, size)
	case kind == takeoff.PostLine:
		full.dot(at, size*0.8)
	case kind == takeoff.PostEnd: // half a square: the fence leaves on the full side
		open.outline(square...)
		full.outline(corner(0, -1), corner(1, -1), corner(1, 1), corner(0, 1))
	case kind == takeoff.PostGate:
		open.outline(square...)
		full.dot(at, size*0.35)
	case kind == takeoff.PostTee:
		full.outline(corner(-1.4, -1.4), corner(1.4, -1.4), corner(1.4, -0.4), corner(0.5, -0.4),
			corner(0.5, 1.4), corner(-0.5, 1.4), corner(-0.5, -0.4), corner(-1.4, -0.4))
	case kind == takeoff.PostWall: // hatched, as walls are
		for i := -2.0; i <= 2; i++ {
			full.line(corner(0, i), corner(-1.6, i+1.2))
		}
		full.line(corner(0, -2.4), corner(0, 2.4))
	default:
		full.outline(square...)
	}
}

// narrowest is the smallest distance between neighbours in the list, which follows the fence.
func narrowest(places []Point) float64 {
	least := math.Inf(1)
	for i := 1; i < len(places); i++ {
		if gap := places[i].minus(places[i-1]).length(); gap > 0.01 {
			least = min(least, gap)
		}
	}
	return least
}
