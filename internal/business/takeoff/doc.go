// Package takeoff turns a drawn fence into what it takes to build it: typed posts, rails, pickets, panels,
// fabric, fittings and concrete.
//
// Owns: the layout document (nodes, segments, gates, styles), the rules of the trade with their numbers,
// and the explanation of every item. Does not own: money (pricing), what surrounds the fence on the
// drawing (house, trees, utilities), where documents are stored.
//
// Words: a segment is a drawn straight line between two nodes; a gate lies in a segment and cuts it into
// runs; a run has bays of equal length, post to post; a post is terminal when fence ends, turns, meets
// another fence or carries a gate there.
//
// Invariants: pure, the same layout always gives the same take-off; turning, moving or redrawing the layout
// from the other end changes no count; lengths of runs and gates add up to what was drawn; there is one
// post more than bays and gates along every open line. Bad input is a fault of kind Invalid that names
// the member; nothing panics and nothing grows past the limits of limits.go.
//
// The formulas and where they come from are in docs/engine.md.
package takeoff
