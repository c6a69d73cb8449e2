package drawing_test

import (
	"fmt"

	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/takeoff"
)

// samples are the drawings that a draftsman would check by eye.
func samples() map[string]drawing.Plan {
	loop := line(takeoff.KindPanel, [2]float64{62 + 4.5/12, 0}, [2]float64{48, 90}, [2]float64{20, 90}, [2]float64{14, -90}, [2]float64{42 + 4.5/12, 90})
	loop.Layout.Segments = append(loop.Layout.Segments, takeoff.Segment{ID: "close", From: "n5", To: "n0"})
	loop.Runs["close"] = drawing.RunNote{Measured: true}
	loop.Runs["s2"] = drawing.RunNote{}
	loop.Layout.Gates = []takeoff.Gate{
		{ID: "g1", Segment: "close", OffsetFt: 20, OpeningIn: 144, Kind: takeoff.GateDouble, Swing: takeoff.SwingOut},
		{ID: "g2", Segment: "s0", OffsetFt: 30, OpeningIn: 144, Kind: takeoff.GateSlide},
	}

	many := line(takeoff.KindWood, [2]float64{200, 90}, [2]float64{120, 90}, [2]float64{200, 90})
	for i := range 14 {
		segment, at := "s0", 4+float64(i)*24
		if i >= 8 {
			segment, at = "s2", 4+float64(i-8)*24
		}
		many.Layout.Gates = append(many.Layout.Gates, takeoff.Gate{ID: fmt.Sprintf("g%d", i), Segment: segment, OffsetFt: at, OpeningIn: 48, Kind: takeoff.GateWalk, Hinge: takeoff.HingeRight})
	}

	tee := line(takeoff.KindChainLink, [2]float64{50, 0}, [2]float64{40, 90}, [2]float64{40, 0}, [2]float64{50, 90})
	tee.Layout.Nodes = append(tee.Layout.Nodes, takeoff.Node{ID: "t", X: 40, Y: 10})
	tee.Layout.Segments = append(tee.Layout.Segments, takeoff.Segment{ID: "tee", From: "n2", To: "t"})
	tee.Layout.Nodes[0].Attach = takeoff.AttachWall
	tee.Layout.Nodes[4].Attach = takeoff.AttachExistingPost

	house := referenceYard()
	house.Layout.Segments[1].RemovalFt = 45
	house.Marks = []drawing.Mark{
		{Kind: drawing.MarkHouse, Label: "House", Points: []drawing.Point{{X: 0, Y: 0}, {X: 60, Y: 0}, {X: 60, Y: -24}, {X: 0, Y: -24}}},
		{Kind: drawing.MarkStreet, Label: "Oak St", Points: []drawing.Point{{X: -10, Y: -34}, {X: 70, Y: -34}}},
	}

	two := line(takeoff.KindWood, [2]float64{30, 0})
	for i := range 199 {
		turn := float64((i%2)*2-1) * 50
		id, from, to := fmt.Sprintf("z%d", i), fmt.Sprintf("n%d", i+1), fmt.Sprintf("n%d", i+2)
		last := two.Layout.Nodes[i+1]
		two.Layout.Nodes = append(two.Layout.Nodes, takeoff.Node{ID: to, X: last.X + 20, Y: last.Y + turn/5})
		two.Layout.Segments = append(two.Layout.Segments, takeoff.Segment{ID: id, From: from, To: to})
		two.Runs[id] = drawing.RunNote{Measured: i%3 > 0}
	}

	short := line(takeoff.KindWood, [2]float64{60, 0}, [2]float64{1.5, 90}, [2]float64{30, -90}, [2]float64{2, 90}, [2]float64{50, 45})
	return map[string]drawing.Plan{
		"one run": line(takeoff.KindWood, [2]float64{84.5, 20}), "reference yard": referenceYard(), "closed loop": loop,
		"fourteen gates": many, "tee": tee, "house": house, "two hundred runs": two, "short runs": short,
	}
}
