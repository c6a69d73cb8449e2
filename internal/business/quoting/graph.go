package quoting

import "fenceplatform.com/fence/internal/business/takeoff"

// graph finds what hangs together in a drawing.
type graph struct {
	layout takeoff.Layout
	nodes  map[string]takeoff.Node
	root   map[string]string // union-find
	degree map[string]int
}

// part is fence that hangs together.
type part struct {
	firstSegment string
	segments     int
	gates        int
	freeEnds     []takeoff.Node // ends that are fastened to nothing
	closed       bool           // every corner has two runs or more
}

func newGraph(l takeoff.Layout) *graph {
	g := &graph{layout: l, nodes: map[string]takeoff.Node{}, root: map[string]string{}, degree: map[string]int{}}
	for _, n := range l.Nodes {
		g.nodes[n.ID], g.root[n.ID] = n, n.ID
	}
	for _, s := range l.Segments {
		if g.known(s) {
			g.degree[s.From]++
			g.degree[s.To]++
			g.root[g.find(s.From)] = g.find(s.To)
		}
	}
	return g
}

func (g *graph) known(s takeoff.Segment) bool {
	_, from := g.nodes[s.From]
	_, to := g.nodes[s.To]
	return from && to
}

func (g *graph) find(node string) string {
	for g.root[node] != node {
		g.root[node] = g.root[g.root[node]]
		node = g.root[node]
	}
	return node
}

// parts lists them in the order of drawing.
func (g *graph) parts() []*part {
	var all []*part
	byRoot, bySegment := map[string]*part{}, map[string]*part{}
	for _, s := range g.layout.Segments {
		if !g.known(s) {
			continue
		}
		root := g.find(s.From)
		p := byRoot[root]
		if p == nil {
			p = &part{firstSegment: s.ID, closed: true}
			byRoot[root] = p
			all = append(all, p)
		}
		p.segments++
		bySegment[s.ID] = p
	}
	for _, gate := range g.layout.Gates {
		if p := bySegment[gate.Segment]; p != nil {
			p.gates++
		}
	}
	for _, n := range g.layout.Nodes {
		p := byRoot[g.find(n.ID)]
		if p == nil || g.degree[n.ID] != 1 {
			continue
		}
		p.closed = false
		if n.Attach == "" || n.Attach == takeoff.AttachNone {
			p.freeEnds = append(p.freeEnds, n)
		}
	}
	return all
}
