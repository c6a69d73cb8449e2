package pricing

import "slices"

// zipStates says which state the ZIPs from three digits on lie in, up to the next row. An empty state is no
// state of the union, or unused. It is how the postal service numbers its regions, which hardly changes.
var zipStates = []struct{ from, state string }{
	{"000", ""}, {"005", "NY"}, {"006", "PR"}, {"008", "VI"}, {"009", "PR"}, {"010", "MA"}, {"028", "RI"}, {"030", "NH"},
	{"039", "ME"}, {"050", "VT"}, {"055", "MA"}, {"056", "VT"}, {"060", "CT"}, {"070", "NJ"}, {"090", ""}, {"100", "NY"},
	{"150", "PA"}, {"197", "DE"}, {"200", "DC"}, {"201", "VA"}, {"202", "DC"}, {"206", "MD"}, {"220", "VA"}, {"247", "WV"},
	{"270", "NC"}, {"290", "SC"}, {"300", "GA"}, {"320", "FL"}, {"340", ""}, {"341", "FL"}, {"350", "AL"}, {"370", "TN"},
	{"386", "MS"}, {"398", "GA"}, {"400", "KY"}, {"430", "OH"}, {"460", "IN"}, {"480", "MI"}, {"500", "IA"}, {"530", "WI"},
	{"550", "MN"}, {"569", "DC"}, {"570", "SD"}, {"580", "ND"}, {"590", "MT"}, {"600", "IL"}, {"630", "MO"}, {"660", "KS"},
	{"680", "NE"}, {"700", "LA"}, {"716", "AR"}, {"730", "OK"}, {"733", "TX"}, {"734", "OK"}, {"750", "TX"}, {"800", "CO"},
	{"820", "WY"}, {"832", "ID"}, {"840", "UT"}, {"850", "AZ"}, {"870", "NM"}, {"885", "TX"}, {"889", "NV"}, {"900", "CA"},
	{"962", ""}, {"967", "HI"}, {"969", "GU"}, {"970", "OR"}, {"980", "WA"}, {"995", "AK"},
}

// stateOf is the state that a ZIP lies in, as good as its first three digits say; empty when they do not. The
// few ZIPs that are served across a state's line are zoned by themselves.
func stateOf(zip string) string {
	if len(zip) < 3 {
		return ""
	}
	i, exact := slices.BinarySearchFunc(zipStates, zip[:3], func(row struct{ from, state string }, z string) int {
		switch {
		case row.from < z:
			return -1
		case row.from > z:
			return 1
		}
		return 0
	})
	if exact {
		return zipStates[i].state
	}
	if i == 0 {
		return ""
	}
	return zipStates[i-1].state
}
