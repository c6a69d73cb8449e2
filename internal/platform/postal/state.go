package postal

import (
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
)

// state is a state, district, territory or military post. Where a state lies in two time zones, zone is the
// one most of its people live in; military posts lie anywhere and have none.
type state struct{ name, zone string }

var states = map[string]state{
	"AL": {"Alabama", "America/Chicago"}, "AK": {"Alaska", "America/Anchorage"}, "AZ": {"Arizona", "America/Phoenix"},
	"AR": {"Arkansas", "America/Chicago"}, "CA": {"California", "America/Los_Angeles"}, "CO": {"Colorado", "America/Denver"},
	"CT": {"Connecticut", "America/New_York"}, "DE": {"Delaware", "America/New_York"},
	"DC": {"District of Columbia", "America/New_York"}, "FL": {"Florida", "America/New_York"},
	"GA": {"Georgia", "America/New_York"}, "HI": {"Hawaii", "Pacific/Honolulu"}, "ID": {"Idaho", "America/Boise"},
	"IL": {"Illinois", "America/Chicago"}, "IN": {"Indiana", "America/Indiana/Indianapolis"}, "IA": {"Iowa", "America/Chicago"},
	"KS": {"Kansas", "America/Chicago"}, "KY": {"Kentucky", "America/New_York"}, "LA": {"Louisiana", "America/Chicago"},
	"ME": {"Maine", "America/New_York"}, "MD": {"Maryland", "America/New_York"}, "MA": {"Massachusetts", "America/New_York"},
	"MI": {"Michigan", "America/Detroit"}, "MN": {"Minnesota", "America/Chicago"}, "MS": {"Mississippi", "America/Chicago"},
	"MO": {"Missouri", "America/Chicago"}, "MT": {"Montana", "America/Denver"}, "NE": {"Nebraska", "America/Chicago"},
	"NV": {"Nevada", "America/Los_Angeles"}, "NH": {"New Hampshire", "America/New_York"}, "NJ": {"New Jersey", "America/New_York"},
	"NM": {"New Mexico", "America/Denver"}, "NY": {"New York", "America/New_York"}, "NC": {"North Carolina", "America/New_York"},
	"ND": {"North Dakota", "America/Chicago"}, "OH": {"Ohio", "America/New_York"}, "OK": {"Oklahoma", "America/Chicago"},
	"OR": {"Oregon", "America/Los_Angeles"}, "PA": {"Pennsylvania", "America/New_York"}, "RI": {"Rhode Island", "America/New_York"},
	"SC": {"South Carolina", "America/New_York"}, "SD": {"South Dakota", "America/Chicago"}, "TN": {"Tennessee", "America/Chicago"},
	"TX": {"Texas", "America/Chicago"}, "UT": {"Utah", "America/Denver"}, "VT": {"Vermont", "America/New_York"},
	"VA": {"Virginia", "America/New_York"}, "WA": {"Washington", "America/Los_Angeles"}, "WV": {"West Virginia", "America/New_York"},
	"WI": {"Wisconsin", "America/Chicago"}, "WY": {"Wyoming", "America/Denver"},
	"AS": {"American Samoa", "Pacific/Pago_Pago"}, "GU": {"Guam", "Pacific/Guam"}, "MP": {"Northern Mariana Islands", "Pacific/Saipan"},
	"PR": {"Puerto Rico", "America/Puerto_Rico"}, "VI": {"Virgin Islands", "America/St_Thomas"},
	"FM": {"Micronesia", "Pacific/Pohnpei"}, "MH": {"Marshall Islands", "Pacific/Majuro"}, "PW": {"Palau", "Pacific/Palau"},
	"AA": {"Armed Forces Americas", ""}, "AE": {"Armed Forces Europe", ""}, "AP": {"Armed Forces Pacific", ""},
}

// ParseState reads a state as typed, its two letters or its name, and returns the two letters.
func ParseState(typed string) (string, error) {
	typed = strings.Join(strings.Fields(typed), " ")
	code := strings.ToUpper(typed)
	if _, known := states[code]; known {
		return code, nil
	}
	for code, s := range states {
		if strings.EqualFold(s.name, typed) {
			return code, nil
		}
	}
	return "", fault.New(fault.Invalid, "state-unknown", "Enter the state as two letters, like TX.")
}

// StateZone is the time zone in which most people of the state live, or nothing for a state that has none.
func StateZone(code string) string { return states[code].zone }
