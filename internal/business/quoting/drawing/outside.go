package drawing

import "math"

// face finds for every run the side that lies outside of the yard. Runs in one line, open or closed,
// enclose an area between them: outside is away from it. Where three or more runs meet, outside is away
// from the middle of everything that hangs together.
func (d *draft) face() {
	for _, group := range d.groups() {
		if walk, ok := inWalkingOrder(group); ok {
			faceLine(walk)
			continue
		}
		middle := Point{}
		for _, r := range group {
			middle = middle.plus(midpoint(r.from, r.to))
		}
		middle = middle.times(1 / float64(len(group)))
		for _, r := range group {
			r.out = away(r, midpoint(r.from, r.to).minus(middle))
		}
	}
}

// away is the run's normal on the side of hint; without a clear side, the one that points up, or left.
func away(r *placedRun, hint Point) Point {
	n := r.direction().perpendicular()
	side := n.dot(hint)
	if math.Abs(side) < 1 {
		side = -n.Y
		if math.Abs(n.Y) < 0.1 {
			side = -n.X
		}
	}
	if side < 0 {
		return n.times(-1)
	}
	return n
}

// groups are the runs that hang together, in the order of drawing.
func (d *draft) groups() [][]*placedRun {
	leader := map[string]string{}
	var find func(string) string
	find = func(node string) string {
		up, ok := leader[node]
		if !ok || up == node {
			return node
		}
		leader[node] = find(up)
		return leader[node]
	}
	for _, r := range d.runs {
		leader[find(r.segment.From)] = find(r.segment.To)
	}
	var order []string
	members := map[string][]*placedRun{}
	for _, r := range d.runs {
		key := find(r.segment.From)
		if members[key] == nil {
			order = append(order, key)
		}
		members[key] = append(members[key], r)
	}
	groups := make([][]*placedRun, len(order))
	for i, key := range order {
		groups[i] = members[key]
	}
	return groups
}

// step is a run as it is walked, perhaps from its far end.
type step struct {
	run      *placedRun
	from, to Point
}

// inWalkingOrder orders the runs of one line; ok is false where more than two meet.
func inWalkingOrder(group []*placedRun) (walk []step, ok bool) {
	touching := map[string][]*placedRun{}
	for _, r := range group {
		touching[r.segment.From] = append(touching[r.segment.From], r)
		touching[r.segment.To] = append(touching[r.segment.To], r)
	}
	node := group[0].segment.From
	for _, r := range group {
		for _, end := range [2]string{r.segment.From, r.segment.To} {
			switch {
			case len(touching[end]) > 2:
				return nil, false
			case len(touching[end]) == 1 && len(touching[node]) != 1:
				node = end
			}
		}
	}
	walked := map[*placedRun]bool{}
	for len(walk) < len(group) {
		next := (*placedRun)(nil)
		for _, r := range touching[node] {
			if !walked[r] {
				next = r
				break
			}
		}
		if next == nil {
			return nil, false
		}
		walked[next] = true
		if next.segment.From == node {
			walk, node = append(walk, step{next, next.from, next.to}), next.segment.To
		} else {
			walk, node = append(walk, step{next, next.to, next.from}), next.segment.From
		}
	}
	return walk, true
}

// faceLine faces the runs of one line away from the area between it and the straight line of its ends.
func faceLine(walk []step) {
	area, around := 0.0, 0.0
	for _, s := range walk {
		area += s.from.cross(s.to)
		around += s.to.minus(s.from).length()
	}
	area += walk[len(walk)-1].to.cross(walk[0].from)
	flat := math.Abs(area) < 0.01*around*around
	for _, s := range walk {
		if flat {
			s.run.out = away(s.run, Point{})
			continue
		}
		n := s.to.minus(s.from).times(1 / s.run.length()).perpendicular()
		if area < 0 {
			n = n.times(-1)
		}
		s.run.out = n
	}
}
