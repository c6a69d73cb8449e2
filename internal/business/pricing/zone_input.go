package pricing

import (
	"fmt"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// ZoneInput is what people say of a zone of their own.
type ZoneInput struct {
	Name     string       `json:"name"`
	Priority int          `json:"priority"`
	Factors  Zone         `json:"factors"`
	Members  []ZoneMember `json:"members"`
	Note     string       `json:"note"`
}

// Bounds of an organization's own zones: all of them are read for every price.
const (
	maxZones       = 200
	maxZoneMembers = 500
)

// Validate cleans the input and says everything that is wrong with it.
func (in *ZoneInput) Validate() error {
	var p fault.Problems
	in.Name, in.Note = oneLine(in.Name), oneLine(in.Note)
	checkText(&p, "/name", in.Name, 1, 80)
	checkText(&p, "/note", in.Note, 0, 500)
	checkWhole(&p, "/priority", int64(in.Priority), 0, 1000)
	checkNumber(&p, "/factors/material_factor", in.Factors.MaterialFactor, minFactor, maxFactor)
	checkNumber(&p, "/factors/labor_factor", in.Factors.LaborFactor, minFactor, maxFactor)
	checkNumber(&p, "/factors/equipment_factor", in.Factors.EquipmentFactor, minFactor, maxFactor)
	switch n := len(in.Members); {
	case n == 0:
		p.Add("/members", "Enter where this zone holds, for example 78701 or 787.")
	case n > maxZoneMembers:
		p.Add("/members", "A zone has at most %d entries. This one has %d. Use ranges or the first three digits.", maxZoneMembers, n)
	default:
		in.Members = cleanMembers(&p, in.Members)
	}
	return p.Err()
}

// cleanMembers checks each and drops repeats.
func cleanMembers(p *fault.Problems, members []ZoneMember) []ZoneMember {
	var kept []ZoneMember
	for i, m := range members {
		if m.Kind != ByRange {
			m.High = m.Low
		}
		if !m.wellFormed() {
			p.Add(fmt.Sprintf("/members/%d", i), "Enter a ZIP like 78701, a range like 78701-78705, three digits like 787, or a state like TX.")
			continue
		}
		if !slices.Contains(kept, m) {
			kept = append(kept, m)
		}
	}
	return kept
}

func (m ZoneMember) wellFormed() bool {
	switch m.Kind {
	case ByZIP:
		return zipForm.MatchString(m.Low)
	case ByRange:
		return zipForm.MatchString(m.Low) && zipForm.MatchString(m.High) && m.Low <= m.High
	case ByZIP3:
		return len(m.Low) == 3 && zipForm.MatchString(m.Low+"00")
	case ByState:
		return slices.ContainsFunc(zipStates, func(row struct{ from, state string }) bool { return row.state == m.Low && m.Low != "" })
	case ByDefault:
		return m.Low == ""
	}
	return false
}

// ParseMembers reads where a zone holds as people type it: "78701, 78703-78705 787 TX"; "*" is everywhere.
func ParseMembers(text string) ([]ZoneMember, error) {
	var p fault.Problems
	var members []ZoneMember
	text = strings.NewReplacer(",", " ", ";", " ", "–", "-").Replace(strings.ToUpper(text))
	for i, word := range strings.Fields(text) {
		m := ZoneMember{Low: word, High: word}
		low, high, isRange := strings.Cut(word, "-")
		switch {
		case word == "*":
			m = ZoneMember{Kind: ByDefault}
		case isRange:
			m = ZoneMember{Kind: ByRange, Low: low, High: high}
		case len(word) == 5:
			m.Kind = ByZIP
		case len(word) == 3:
			m.Kind = ByZIP3
		default:
			m.Kind = ByState
		}
		if !m.wellFormed() {
			p.Add("/members", "Entry %d is not a ZIP like 78701, a range like 78701-78705, three digits like 787, or a state like TX.", i+1)
			continue
		}
		members = append(members, m)
	}
	return members, p.Err()
}

// String writes the member as ParseMembers reads it.
func (m ZoneMember) String() string {
	switch m.Kind {
	case ByRange:
		return m.Low + "-" + m.High
	case ByDefault:
		return "*"
	}
	return m.Low
}

// EditZoneInput changes an own zone that was read at Version.
type EditZoneInput struct {
	ID      id.ID `json:"id"`
	Version int   `json:"version"`
	ZoneInput
}

// DeleteZoneInput deletes an own zone that was read at Version. Quotes keep the factors they were priced with.
type DeleteZoneInput struct {
	ID      id.ID `json:"id"`
	Version int   `json:"version"`
}
