package pricing

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
)

// PricingZone scales costs where it holds. An organization has zones of its own beside the shared ones.
type PricingZone struct {
	ID       id.ID        `json:"id"`
	Name     string       `json:"name"`
	Priority int          `json:"priority"` // the higher one wins among equals
	Factors  Zone         `json:"factors"`
	Members  []ZoneMember `json:"members"`
	Note     string       `json:"note"`
	Shared   bool         `json:"shared"`
	Sample   bool         `json:"sample"` // an example to try with, not a finding about the place
	// A shared zone holds from a day until before another.
	ValidFrom  *time.Time `json:"valid_from,omitzero"`
	ValidUntil *time.Time `json:"valid_until,omitzero"`
	Version    int        `json:"version"`
}

// ZoneMember is where a zone holds.
type ZoneMember struct {
	Kind ZoneMemberKind `json:"kind"`
	Low  string         `json:"low"`
	High string         `json:"high"` // of a range, else Low again
}

// ZoneMemberKind is a way to say where.
type ZoneMemberKind string

// The ways to say where a zone holds, the most exact first.
const (
	ByZIP     ZoneMemberKind = "zip5"
	ByRange   ZoneMemberKind = "range"
	ByZIP3    ZoneMemberKind = "zip3"
	ByState   ZoneMemberKind = "state"
	ByDefault ZoneMemberKind = "default"
)

// exactness of the ways, more is more exact.
func (k ZoneMemberKind) exactness() int {
	switch k {
	case ByZIP:
		return 5
	case ByRange:
		return 4
	case ByZIP3:
		return 3
	case ByState:
		return 2
	case ByDefault:
		return 1
	}
	return 0
}

// holds tells whether the member covers a ZIP that lies in state.
func (m *ZoneMember) holds(zip, state string) bool {
	switch m.Kind {
	case ByZIP:
		return zip == m.Low
	case ByRange:
		return zip != "" && m.Low <= zip && zip <= m.High
	case ByZIP3:
		return zip != "" && strings.HasPrefix(zip, m.Low)
	case ByState:
		return state != "" && state == m.Low
	case ByDefault:
		return true
	}
	return false
}

// ZoneMatch is the zone that a job is priced in, and why.
type ZoneMatch struct {
	ZoneID  id.ID      `json:"zone_id"` // id.Nil: no zone holds
	Name    string     `json:"name"`
	Shared  bool       `json:"shared"`
	Sample  bool       `json:"sample"`
	Version int        `json:"version"`
	Member  ZoneMember `json:"member"` // because of which it holds
	Factors Zone       `json:"factors"`
	Why     string     `json:"why"` // one sentence
}

// FindZone chooses the zone for a ZIP on a day: the company's own before shared ones, then the most exact
// member (ZIP, range, first three digits, state, everywhere), then the higher priority, then the older id.
// The order of zones changes nothing. Where none holds, nothing is scaled.
func FindZone(zones []PricingZone, zip string, on time.Time) ZoneMatch {
	state := stateOf(zip)
	var best *PricingZone
	var because *ZoneMember
	for i := range zones {
		z := &zones[i]
		if !z.valid(on) {
			continue
		}
		m := z.mostExact(zip, state)
		if m != nil && (best == nil || better(z, m, best, because)) {
			best, because = z, m
		}
	}
	if best == nil {
		return unzoned("No zone holds here: nothing is scaled.")
	}
	match := ZoneMatch{ZoneID: best.ID, Name: best.Name, Shared: best.Shared, Sample: best.Sample,
		Version: best.Version, Member: *because, Factors: best.Factors}
	match.Why = match.explain()
	return match
}

func unzoned(why string) ZoneMatch { return ZoneMatch{Factors: Unzoned, Why: why} }

func (z *PricingZone) valid(on time.Time) bool {
	return (z.ValidFrom == nil || !on.Before(*z.ValidFrom)) && (z.ValidUntil == nil || on.Before(*z.ValidUntil))
}

// mostExact finds the member that covers the ZIP best; among equals the first in order of digits.
func (z *PricingZone) mostExact(zip, state string) *ZoneMember {
	var best *ZoneMember
	for i := range z.Members {
		m := &z.Members[i]
		if !m.holds(zip, state) {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(m.Kind.exactness(), best.Kind.exactness()),
			cmp.Compare(best.Low, m.Low), cmp.Compare(best.High, m.High)) > 0 {
			best = m
		}
	}
	return best
}

func better(a *PricingZone, m *ZoneMember, b *PricingZone, n *ZoneMember) bool {
	if a.Shared != b.Shared {
		return !a.Shared
	}
	return cmp.Or(cmp.Compare(m.Kind.exactness(), n.Kind.exactness()),
		cmp.Compare(a.Priority, b.Priority), bytes.Compare(b.ID[:], a.ID[:])) > 0
}

// explain says it as the settings page and the quote do: "Austin core, because of ZIP 78701: material 1.02,
// labor 1.10."
func (m *ZoneMatch) explain() string {
	var because string
	switch m.Member.Kind {
	case ByZIP:
		because = "because of ZIP " + m.Member.Low
	case ByRange:
		because = "because of ZIPs " + m.Member.Low + " to " + m.Member.High
	case ByZIP3:
		because = "because of ZIPs that begin with " + m.Member.Low
	case ByState:
		because = "because of state " + m.Member.Low
	case ByDefault:
		because = "because no closer zone holds"
	}
	name := m.Name
	if m.Sample {
		name += " (Sample)"
	}
	s := fmt.Sprintf("%s, %s: material %s, labor %s", name, because, factor(m.Factors.MaterialFactor), factor(m.Factors.LaborFactor))
	if m.Factors.EquipmentFactor != 1 {
		s += ", equipment " + factor(m.Factors.EquipmentFactor)
	}
	return s + "."
}

// factor writes two decimals, and more only when there are more.
func factor(v float64) string {
	if math.Abs(v*100-math.Round(v*100)) < 1e-9 {
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
