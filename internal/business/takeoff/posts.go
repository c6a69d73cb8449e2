package takeoff

// posts lists the posts of one style by type, their caps and the gates' hardware.
func (s *site) posts(w *scribe, t *tally) {
	since := w.mark()
	line := t.posts[postIndex(PostLine)]
	w.Some(t.bays, "bay").Words(" − ").Some(t.whole, "run")
	if t.straight > 0 {
		w.Words(" + ").Some(t.straight, "post").Words(" on the way at nodes")
	}
	from := t.lined
	if t.straight > 0 {
		from = union(from, t.nodes[postIndex(PostLine)])
	}
	w.each(since, t, KeyPostLine, "posts.line", line, from)

	since = w.mark()
	ends := t.posts[postIndex(PostEnd)]
	w.Some(ends, "end").Words(" of fence")
	w.each(since, t, KeyPostEnd, "posts.end", ends, t.nodes[postIndex(PostEnd)])

	since = w.mark()
	corners := t.posts[postIndex(PostCorner)]
	w.Some(corners, "turn").Words(" of more than ").Count(cornerDegrees).Words("°")
	w.each(since, t, KeyPostCorner, "posts.corner", corners, t.nodes[postIndex(PostCorner)])

	since = w.mark()
	tees := t.posts[postIndex(PostTee)]
	w.Some(tees, "place").Words(" where three or more lines meet")
	w.each(since, t, KeyPostTee, "posts.tee", tees, t.nodes[postIndex(PostTee)])

	since = w.mark()
	gatePosts := t.posts[postIndex(PostGate)]
	from = t.gateIDs
	w.Some(gatePosts, "post").Words(" at the edges of ").Some(len(t.gates), "gate")
	if len(from) == 0 { // the gate is another style's, its post is this one's
		from = t.nodes[postIndex(PostGate)]
		w.Words(" of this style")
	}
	w.each(since, t, KeyPostGate, "posts.gate", gatePosts, from)

	s.caps(w, t)

	since = w.mark()
	w.Words("one for each of ")
	w.leaves(t.leaves)
	w.each(since, t, KeyGateKit, "gates.kits", t.leaves, t.gateIDs)
}

// caps covers hollow posts: every post of a panel fence, terminal posts of chain link (line posts have loop
// caps). Wooden posts are cut to shed water and have none.
func (s *site) caps(w *scribe, t *tally) {
	if t.spec.kind == KindWood {
		return
	}
	since := w.mark()
	all := 0
	for _, n := range t.posts[:postIndex(PostWall)] {
		all += n
	}
	if t.spec.kind == KindChainLink {
		all -= t.posts[postIndex(PostLine)]
		w.Words("one for each of ").Some(all, "terminal post")
	} else {
		w.Words("one for each of ").Some(all, "post")
	}
	w.each(since, t, KeyPostCap, "posts.caps", all, t.segments)
}

// place lists every post with its place, in the order in which somebody walks the layout.
func (s *site) place() []Post {
	total := len(s.spots) + len(s.edges)
	for i := range s.runs {
		total += max(0, s.runs[i].bays-1)
	}
	out := make([]Post, 0, total)
	run, edge := 0, 0
	for i := range s.lines {
		ln := &s.lines[i]
		id := s.layout.Segments[i].ID
		out = s.placeSpot(out, ln.from, id, 0)
		for run < len(s.runs) && int(s.runs[run].line) == i || edge < len(s.edges) && int(s.edges[edge].line) == i {
			if edge < len(s.edges) && int(s.edges[edge].line) == i &&
				(run == len(s.runs) || int(s.runs[run].line) != i || s.edges[edge].at <= s.runs[run].start+tiny) {
				out = append(out, s.post(PostGate, i, s.edges[edge].at))
				edge++
				continue
			}
			r := &s.runs[run]
			for k := 1; k < r.bays; k++ {
				out = append(out, s.post(PostLine, i, r.start+r.length*float64(k)/float64(r.bays)))
			}
			run++
		}
		out = s.placeSpot(out, ln.to, id, ln.length)
	}
	return out
}

func (s *site) placeSpot(out []Post, at int32, segment string, ft float64) []Post {
	sp := &s.spots[at]
	if sp.placed {
		return out
	}
	sp.placed = true
	n := &s.layout.Nodes[sp.node]
	return append(out, Post{Kind: sp.kind, X: n.X, Y: n.Y, Node: n.ID, Segment: segment, AtFt: tidy(ft)})
}

// post is a post within a line.
func (s *site) post(kind PostKind, line int, ft float64) Post {
	ln, seg := &s.lines[line], &s.layout.Segments[line]
	share := ft / ln.length
	start := &s.layout.Nodes[ln.start]
	return Post{Kind: kind, X: tidy(start.X + ln.dx*share), Y: tidy(start.Y + ln.dy*share), Segment: seg.ID, AtFt: tidy(ft)}
}
