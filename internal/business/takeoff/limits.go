package takeoff

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/business/takeoff/document"
)

// The largest layout that is answered. A county's worth of fence fits; what does not is a slip of the pen.
const (
	maxParts    = document.MaxItems // nodes, segments, gates: each
	maxStyles   = 100
	maxIDLen    = 64 // bytes
	maxCoordFt  = 1_000_000
	maxHeightFt = 30_000 // of the ground
	maxTotalFt  = 1_000_000
	maxPosts    = 250_000
	// minOpeningIn is wider than mergeFt, so that a gate never has both edges at one post.
	minOpeningIn = 12
	maxOpeningIn = 1200
)

// checkLayout notes what is wrong with single members; what they mean together is looked at while the
// fence is laid out.
func checkLayout(l *Layout, c *document.Check) {
	checkCount(c, "/nodes", len(l.Nodes), 2)
	checkCount(c, "/segments", len(l.Segments), 1)
	checkCount(c, "/gates", len(l.Gates), 0)
	if len(l.Styles) > maxStyles {
		c.Add("/styles", "has more than %d entries", maxStyles)
	}
	if c.Any() {
		return
	}
	for i := range l.Nodes {
		checkNode(c, &l.Nodes[i], i)
	}
	for i := range l.Segments {
		s := &l.Segments[i]
		if !validID(s.ID) {
			c.Add(at("/segments", i, "/id"), idRule)
		}
		if !within(s.RemovalFt, 0, maxTotalFt) {
			c.Number(at("/segments", i, "/removal_ft"), s.RemovalFt, 0, maxTotalFt)
		}
	}
	for i := range l.Gates {
		checkGate(c, &l.Gates[i], i)
	}
	for _, key := range sortedKeys(l.Styles) {
		if !validID(key) {
			c.Add("/styles", "has a key that is empty, too long or has control characters")
		}
	}
}

func checkCount(c *document.Check, pointer string, n, least int) {
	if n < least {
		c.Add(pointer, "needs %d or more", least)
	}
	if n > maxParts {
		c.Add(pointer, "has more than %d entries", maxParts)
	}
}

func checkNode(c *document.Check, n *Node, i int) {
	if !validID(n.ID) {
		c.Add(at("/nodes", i, "/id"), idRule)
	}
	if !within(n.X, -maxCoordFt, maxCoordFt) {
		c.Number(at("/nodes", i, "/x"), n.X, -maxCoordFt, maxCoordFt)
	}
	if !within(n.Y, -maxCoordFt, maxCoordFt) {
		c.Number(at("/nodes", i, "/y"), n.Y, -maxCoordFt, maxCoordFt)
	}
	if !within(n.Z, -maxHeightFt, maxHeightFt) {
		c.Number(at("/nodes", i, "/z"), n.Z, -maxHeightFt, maxHeightFt)
	}
	switch n.Attach {
	case "", AttachNone, AttachWall, AttachExistingPost:
	default:
		c.Add(at("/nodes", i, "/attach"), "must be none, wall or existing_post")
	}
}

func checkGate(c *document.Check, g *Gate, i int) {
	if !validID(g.ID) {
		c.Add(at("/gates", i, "/id"), idRule)
	}
	if !within(g.OffsetFt, 0, maxTotalFt) {
		c.Number(at("/gates", i, "/offset_ft"), g.OffsetFt, 0, maxTotalFt)
	}
	if !within(g.OpeningIn, minOpeningIn, maxOpeningIn) {
		c.Number(at("/gates", i, "/opening_in"), g.OpeningIn, minOpeningIn, maxOpeningIn)
	}
	switch g.Kind {
	case GateWalk, GateDouble, GateSlide, GateCantilever:
	default:
		c.Add(at("/gates", i, "/kind"), "must be walk, double, slide or cantilever")
	}
	switch g.Hinge {
	case "", HingeLeft, HingeRight:
	default:
		c.Add(at("/gates", i, "/hinge"), "must be left or right")
	}
	switch g.Swing {
	case "", SwingIn, SwingOut:
	default:
		c.Add(at("/gates", i, "/swing"), "must be in or out")
	}
}

const idRule = "must be given, 64 bytes at most, without control characters"

func validID(id string) bool {
	return id != "" && len(id) <= maxIDLen && utf8.ValidString(id) &&
		!strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 })
}

// within is false for NaN.
func within(v, lo, hi float64) bool { return v >= lo && v <= hi }

func at(list string, i int, member string) string { return list + "/" + strconv.Itoa(i) + member }

// pointerToken escapes a key for use in a JSON pointer.
var pointerToken = strings.NewReplacer("~", "~0", "/", "~1").Replace
