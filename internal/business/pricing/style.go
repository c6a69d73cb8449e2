package pricing

import (
	"maps"
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// Style is a fence that the company builds: the engine's document, and what is bought for it.
type Style struct {
	ID       id.ID             `json:"id"`
	Key      string            `json:"key"` // what a segment of a sketch names; never changes
	Name     string            `json:"name"`
	Kind     takeoff.StyleKind `json:"kind"`
	Document takeoff.Style     `json:"document"`
	// Materials says what is bought for each item of the take-off. id.Nil: nothing, it comes with another
	// item, as fabric by the foot comes with fabric by the roll.
	Materials map[string]id.ID `json:"materials"`
	UpdatedAt time.Time        `json:"updated_at"`
	Version   int              `json:"version"`
}

// The items that a take-off of each kind may have: a style says for every one what is bought.
var (
	postItems = []string{takeoff.KeyPostLine, takeoff.KeyPostEnd, takeoff.KeyPostCorner, takeoff.KeyPostTee,
		takeoff.KeyPostGate, takeoff.KeyGateKit, takeoff.KeyConcreteBag}
	itemsOfKind = map[takeoff.StyleKind][]string{
		takeoff.KindWood:  append([]string{takeoff.KeyPicket, takeoff.KeyRail, takeoff.KeyScrew, takeoff.KeyGatePicket}, postItems...),
		takeoff.KindPanel: append([]string{takeoff.KeyPanel, takeoff.KeyPostCap}, postItems...),
		takeoff.KindChainLink: append([]string{takeoff.KeyFabricFt, takeoff.KeyFabricRoll, takeoff.KeyTopRail, takeoff.KeyLoopCap,
			takeoff.KeyTensionBar, takeoff.KeyTensionBand, takeoff.KeyBraceBand, takeoff.KeyRailEnd, takeoff.KeyTie,
			takeoff.KeyTensionWire, takeoff.KeyPostCap}, postItems...),
	}
)

// Items lists the items for which a style of the kind says what is bought.
func Items(kind takeoff.StyleKind) []string { return slices.Clone(itemsOfKind[kind]) }

// CopyStyleInput makes a new style of one that exists.
type CopyStyleInput struct {
	ID   id.ID  `json:"id"` // of the style to copy
	Name string `json:"name"`
}

// Validate cleans the input and says everything that is wrong with it.
func (in *CopyStyleInput) Validate() error {
	var p fault.Problems
	in.Name = oneLine(in.Name)
	checkText(&p, "/name", in.Name, 1, 80)
	return p.Err()
}

// EditStyleInput changes a style that was read at Version. The kind stays what it is.
type EditStyleInput struct {
	ID        id.ID            `json:"id"`
	Version   int              `json:"version"`
	Name      string           `json:"name"`
	Document  takeoff.Style    `json:"document"`
	Materials map[string]id.ID `json:"materials"`
}

// Validate cleans the input and says everything that is wrong with it.
func (in *EditStyleInput) Validate() error {
	var p fault.Problems
	in.Name = oneLine(in.Name)
	checkText(&p, "/name", in.Name, 1, 80)
	checkDocument(&p, in.Document)
	wanted := itemsOfKind[in.Document.Kind]
	for _, item := range wanted {
		if _, said := in.Materials[item]; !said {
			p.Add("/materials/"+item, "Choose what is bought for this item.")
		}
	}
	for _, item := range slices.Sorted(maps.Keys(in.Materials)) {
		if len(wanted) > 0 && !slices.Contains(wanted, item) {
			p.Add("/materials/"+token(item), "A %s style has no such item.", in.Document.Kind)
		}
	}
	return p.Err()
}

// checkDocument has the engine read the style, by building the reference yard with it.
func checkDocument(p *fault.Problems, document takeoff.Style) {
	yard := ReferenceYard()
	yard.Style = document
	_, err := takeoff.Calculate(yard)
	if err == nil {
		return
	}
	for _, f := range fault.As(err).Fields {
		p.Add("/document"+strings.TrimPrefix(f.Pointer, "/style"), "%s", f.Message)
	}
}

// ReferenceYard is the yard that styles and tiers are compared on: three sides of 40, 60 and 40 ft with one
// walk gate.
func ReferenceYard() takeoff.Layout {
	return takeoff.Layout{
		Nodes:    []takeoff.Node{{ID: "A"}, {ID: "B", Y: 40}, {ID: "C", X: 60, Y: 40}, {ID: "D", X: 60}},
		Segments: []takeoff.Segment{{ID: "AB", From: "A", To: "B"}, {ID: "BC", From: "B", To: "C"}, {ID: "CD", From: "C", To: "D"}},
		Gates:    []takeoff.Gate{{ID: "g1", Segment: "AB", OffsetFt: 8, OpeningIn: 48, Kind: takeoff.GateWalk}},
		Style:    takeoff.Style{Kind: takeoff.KindWood},
	}
}
