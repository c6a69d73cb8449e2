package prices

import (
	"strings"

	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/ui/shell"
)

// itemNames are what people call the items of a take-off.
var itemNames = map[string]string{
	takeoff.KeyPicket: "Pickets", takeoff.KeyRail: "Rails", takeoff.KeyScrew: "Screws", takeoff.KeyGatePicket: "Pickets on gates",
	takeoff.KeyPanel: "Panels", takeoff.KeyPostLine: "Line posts", takeoff.KeyPostEnd: "End posts", takeoff.KeyPostCorner: "Corner posts",
	takeoff.KeyPostTee: "Tee posts", takeoff.KeyPostGate: "Gate posts", takeoff.KeyPostCap: "Post caps", takeoff.KeyGateKit: "Gate hardware",
	takeoff.KeyConcreteBag: "Bags of concrete", takeoff.KeyFabricFt: "Fabric by the foot", takeoff.KeyFabricRoll: "Fabric by the roll",
	takeoff.KeyTopRail: "Top rail", takeoff.KeyLoopCap: "Loop caps", takeoff.KeyTensionBar: "Tension bars",
	takeoff.KeyTensionBand: "Tension bands", takeoff.KeyBraceBand: "Brace bands", takeoff.KeyRailEnd: "Rail ends",
	takeoff.KeyTie: "Ties", takeoff.KeyTensionWire: "Tension wire",
}

func itemName(key string) string {
	if name, known := itemNames[key]; known {
		return name
	}
	return strings.ReplaceAll(key, "_", " ")
}

// Groups of materials, in the order in which a fence is built.
var groups = []string{"Posts", "Rails", "Pickets and panels", "Chain link", "Gates", "Concrete and screws", groupOther}

const groupOther = "Not in a style"

// groupOfItem is where what is bought for an item stands.
var groupOfItem = map[string]string{
	takeoff.KeyPostLine: "Posts", takeoff.KeyPostEnd: "Posts", takeoff.KeyPostCorner: "Posts", takeoff.KeyPostTee: "Posts",
	takeoff.KeyPostGate: "Posts", takeoff.KeyPostCap: "Posts",
	takeoff.KeyRail: "Rails", takeoff.KeyTopRail: "Rails",
	takeoff.KeyPicket: "Pickets and panels", takeoff.KeyGatePicket: "Pickets and panels", takeoff.KeyPanel: "Pickets and panels",
	takeoff.KeyGateKit: "Gates", takeoff.KeyConcreteBag: "Concrete and screws", takeoff.KeyScrew: "Concrete and screws",
	takeoff.KeyFabricFt: "Chain link", takeoff.KeyFabricRoll: "Chain link", takeoff.KeyLoopCap: "Chain link",
	takeoff.KeyTensionBar: "Chain link", takeoff.KeyTensionBand: "Chain link", takeoff.KeyBraceBand: "Chain link",
	takeoff.KeyRailEnd: "Chain link", takeoff.KeyTie: "Chain link", takeoff.KeyTensionWire: "Chain link",
}

// How the audited actions of this area read.
var (
	materialDeeds = map[string]shell.Deed{
		"material.added":  {Did: "put this material on the list", Icon: "boxes"},
		"material.edited": {Did: "changed this material", Icon: "pencil"},
	}
	styleDeeds = map[string]shell.Deed{
		"style.copied": {Did: "made this style by copying", Icon: "copy"},
		"style.edited": {Did: "changed this style", Icon: "pencil"},
	}
	tierDeeds = map[string]shell.Deed{"tier.edited": {Did: "changed this tier", Icon: "pencil"}}
	zoneDeeds = map[string]shell.Deed{
		"pricing_zone.created": {Did: "made this zone", Icon: "map"},
		"pricing_zone.edited":  {Did: "changed this zone", Icon: "pencil"},
	}
	rateDeeds  = map[string]shell.Deed{"price_settings.rates_edited": {Did: "changed the rates", Icon: "pencil"}}
	offerDeeds = map[string]shell.Deed{"price_settings.offer_edited": {Did: "changed the offer", Icon: "pencil"}}
)

// listed joins names as people say them: "A", "A and B", "A, B and C".
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
