package quoting

import (
	"strings"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/id"
)

// optionsOf makes a version's options of priced tiers, in the tiers' order. What people wrote is added later.
func optionsOf(tiers []pricing.TierPrice) []Option {
	options := make([]Option, len(tiers))
	for i, t := range tiers {
		o := Option{
			ID: id.New(), Tier: string(t.Tier.Key), Name: t.Tier.Name,
			Words:     TierWords{Summary: t.Tier.Summary, WarrantyYears: t.Tier.WarrantyYears, Differs: []Differs{}},
			PostCount: t.TakeOff.Posts.Total, DrawnFt: t.TakeOff.DrawnLengthFt,
			basis: basis{material: t.Price.MaterialCents, direct: t.Price.DirectCents},
		}
		for _, d := range t.Tier.Differences {
			o.Words.Differs = append(o.Words.Differs, Differs{Label: d.Topic, Value: d.Words})
		}
		for _, l := range t.Price.Lines {
			if l.CostCents == 0 && l.PriceCents == 0 {
				continue // no travel, nothing to remove
			}
			o.Lines = append(o.Lines, calculatedLine(l, t.Names))
		}
		options[i] = o
	}
	return options
}

func calculatedLine(l pricing.Line, names map[string]string) Line {
	out := Line{
		ID: id.New(), Section: sectionOf(l), Kind: LineKind(l.Kind), Key: l.Key, Description: names[l.Key],
		Quantity: l.Quantity, Unit: l.Unit, Formula: l.Formula, CostCents: l.CostCents, PriceCents: l.PriceCents,
	}
	if words, ok := legWords[l.Kind]; ok {
		out.Description = words
	}
	if out.Description == "" {
		words := strings.ReplaceAll(l.Key, "_", " ")
		out.Description = strings.ToUpper(words[:1]) + words[1:]
	}
	return out
}

var legWords = map[pricing.LineKind]string{
	pricing.LineLabor: "Labor", pricing.LineRemoval: "Take down and haul away the old fence", pricing.LineEquipment: "Equipment",
	pricing.LineTravel: "Travel", pricing.LineOverhead: "Overhead", pricing.LineBaseCharge: "Base charge",
}

func sectionOf(l pricing.Line) Section {
	switch l.Kind {
	case pricing.LineRemoval:
		return SectionRemoval
	case pricing.LineEquipment, pricing.LineTravel, pricing.LineOverhead, pricing.LineBaseCharge:
		return SectionCharges
	}
	switch l.Key {
	case takeoff.KeyGateKit, takeoff.KeyGatePicket, takeoff.KeyPostGate:
		return SectionGates
	}
	return SectionFence
}

// sections in the order of the page.
var sections = []Section{SectionFence, SectionGates, SectionRemoval, SectionCharges, SectionExtras}

// arranged puts lines in the order of the page; within a section they stay as they came.
func arranged(lines []Line) []Line {
	out := make([]Line, 0, len(lines))
	for _, s := range sections {
		for _, l := range lines {
			if l.Section == s {
				out = append(out, l)
			}
		}
	}
	return out
}

// settle arranges the lines of a version's options and adds everything up.
func (v *Version) settle() error {
	for i := range v.Options {
		o := &v.Options[i]
		o.Lines = arranged(o.Lines)
		t, err := v.Settings.charges().settle(o.basis, o.Lines)
		if err != nil {
			return err
		}
		o.Totals = t
	}
	return nil
}

// recommended is the option that lists and mails speak of: the recommended one, else the first.
func (v *Version) recommended() *Option {
	for i := range v.Options {
		if v.Options[i].Tier == v.Settings.Recommended {
			return &v.Options[i]
		}
	}
	return &v.Options[0]
}
