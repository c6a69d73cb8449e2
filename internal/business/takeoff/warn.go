package takeoff

import "fmt"

// warnings says what a person should look at before building.
func (s *site) warnings(tallies []tally) []Warning {
	out := []Warning{}
	for i := range tallies {
		t := &tallies[i]
		out = s.warnSteps(out, t)
		out = s.warnRails(out, t)
		out = s.warnPulls(out, t)
	}
	return warnBags(out, tallies)
}

func (s *site) warnSteps(out []Warning, t *tally) []Warning {
	from, worst := s.segmentsWhere(t, func(r *run) (float64, bool) { return r.riseIn, r.grade == GradeStep })
	if len(from) == 0 {
		return out
	}
	return append(out, Warning{"panels-step", fmt.Sprintf(
		"Panels step by up to %.1f in a bay, past the %.1f in that they can be racked: order posts that much longer and mind the gaps below.",
		worst, t.spec.rackLimitIn), from})
}

func (s *site) warnRails(out []Warning, t *tally) []Warning {
	if t.spec.kind != KindWood {
		return out
	}
	from, worst := s.segmentsWhere(t, func(r *run) (float64, bool) {
		if r.bays == 0 {
			return 0, false
		}
		opening := r.slope/float64(r.bays) - t.spec.postIn/12
		return opening, opening > t.spec.railStockFt+tiny
	})
	if len(from) == 0 {
		return out
	}
	return append(out, Warning{"rails-too-short", fmt.Sprintf(
		"Rails of %.4g ft do not span bays of %.2f ft clear: a second stick is ordered for each.",
		t.spec.railStockFt, worst), from})
}

func (s *site) warnPulls(out []Warning, t *tally) []Warning {
	if t.spec.kind != KindChainLink {
		return out
	}
	from, worst := s.segmentsWhere(t, func(r *run) (float64, bool) { return r.slope, r.slope > longPullFt })
	if len(from) == 0 {
		return out
	}
	return append(out, Warning{"long-pull", fmt.Sprintf(
		"Fabric is pulled over %.0f ft: set a terminal post every %d ft.", worst, longPullFt), from})
}

// segmentsWhere lists the segments of the runs that meet a condition, and the worst of their measures.
func (s *site) segmentsWhere(t *tally, test func(*run) (float64, bool)) (from []string, worst float64) {
	for _, i := range t.runs {
		measure, meets := test(&s.runs[i])
		if !meets {
			continue
		}
		worst = max(worst, measure)
		id := s.layout.Segments[s.runs[i].line].ID
		if n := len(from); n == 0 || from[n-1] != id {
			from = append(from, id)
		}
	}
	return from, worst
}

func warnBags(out []Warning, tallies []tally) []Warning {
	for i := range tallies {
		if tallies[i].spec.mix.bagLb != tallies[0].spec.mix.bagLb {
			return append(out, Warning{"bags-differ", fmt.Sprintf(
				"Styles want bags of %d lb and of %d lb: they are counted together, at one price.",
				tallies[0].spec.mix.bagLb, tallies[i].spec.mix.bagLb), tallies[i].join(nil)})
		}
	}
	return out
}
