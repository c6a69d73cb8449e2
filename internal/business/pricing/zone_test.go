package pricing

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/platform/id"
)

var today = time.Date(2027, 3, 3, 12, 0, 0, 0, time.UTC)

func zone(name string, material float64, members ...ZoneMember) PricingZone {
	return PricingZone{ID: id.New(), Name: name, Factors: Zone{material, 1.1, 1}, Members: members, Version: 1}
}

func shared(z PricingZone) PricingZone {
	z.Shared = true
	return z
}

func prior(z PricingZone, priority int) PricingZone {
	z.Priority = priority
	return z
}

func valid(z PricingZone, from, until time.Time) PricingZone {
	z.ValidFrom, z.ValidUntil = &from, &until
	return z
}

func by(kind ZoneMemberKind, low string) ZoneMember { return ZoneMember{kind, low, low} }

func TestZoneOfAZIP(t *testing.T) {
	t.Parallel()
	span := ZoneMember{ByRange, "78700", "78710"}
	first, second := zone("first", 1.2, by(ByZIP, "78701")), zone("second", 1.3, by(ByZIP, "78701"))
	for _, test := range []struct {
		name  string
		zones []PricingZone
		zip   string
		want  string
	}{
		{"no zones", nil, "78701", "No zone holds here: nothing is scaled."},
		{"the ZIP", []PricingZone{zone("Austin core", 1.02, by(ByZIP, "78701"))}, "78701",
			"Austin core, because of ZIP 78701: material 1.02, labor 1.10."},
		{"another ZIP", []PricingZone{zone("Austin core", 1.02, by(ByZIP, "78701"))}, "78702", "No zone holds here: nothing is scaled."},
		{"ZIP before range", []PricingZone{zone("range", 1.2, span), zone("zip", 1.1, by(ByZIP, "78701"))}, "78701",
			"zip, because of ZIP 78701: material 1.10, labor 1.10."},
		{"range before three digits", []PricingZone{zone("three", 1.2, by(ByZIP3, "787")), zone("range", 1.1, span)}, "78710",
			"range, because of ZIPs 78700 to 78710: material 1.10, labor 1.10."},
		{"past the range", []PricingZone{zone("three", 1.2, by(ByZIP3, "787")), zone("range", 1.1, span)}, "78711",
			"three, because of ZIPs that begin with 787: material 1.20, labor 1.10."},
		{"three digits before state", []PricingZone{zone("state", 1.1, by(ByState, "TX")), zone("three", 1.2, by(ByZIP3, "787"))}, "78711",
			"three, because of ZIPs that begin with 787: material 1.20, labor 1.10."},
		{"state before everywhere", []PricingZone{zone("all", 1.1, by(ByDefault, "")), zone("state", 1.125, by(ByState, "TX"))}, "79901",
			"state, because of state TX: material 1.125, labor 1.10."},
		{"everywhere", []PricingZone{zone("all", 1.1, by(ByDefault, "")), zone("state", 1.2, by(ByState, "TX"))}, "10001",
			"all, because no closer zone holds: material 1.10, labor 1.10."},
		{"own everywhere before shared ZIP", []PricingZone{shared(zone("shared", 1.2, by(ByZIP, "78701"))), zone("own", 1.1, by(ByDefault, ""))}, "78701",
			"own, because no closer zone holds: material 1.10, labor 1.10."},
		{"higher priority", []PricingZone{first, prior(second, 1)}, "78701", "second, because of ZIP 78701: material 1.30, labor 1.10."},
		{"older id", []PricingZone{second, first}, "78701", "first, because of ZIP 78701: material 1.20, labor 1.10."},
		{"not yet valid", []PricingZone{valid(first, today.Add(time.Hour), today.Add(2*time.Hour))}, "78701", "No zone holds here: nothing is scaled."},
		{"until now", []PricingZone{valid(first, today.Add(-time.Hour), today)}, "78701", "No zone holds here: nothing is scaled."},
		{"from now", []PricingZone{valid(first, today, today.Add(1))}, "78701", "first, because of ZIP 78701: material 1.20, labor 1.10."},
		{"unknown ZIP", []PricingZone{zone("three", 1.2, by(ByZIP3, "787"))}, "", "No zone holds here: nothing is scaled."},
	} {
		if got := FindZone(test.zones, test.zip, today).Why; got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestStateOfAZIP(t *testing.T) {
	t.Parallel()
	for zip, want := range map[string]string{
		"78701": "TX", "10001": "NY", "02108": "MA", "05501": "MA", "05401": "VT", "06510": "CT", "20001": "DC", "20190": "VA", "22201": "VA",
		"60601": "IL", "73301": "TX", "73401": "OK", "79901": "TX", "88510": "TX", "89501": "NV", "90001": "CA", "96801": "HI", "99501": "AK",
		"00501": "NY", "00601": "PR", "00801": "VI", "09001": "", "34001": "", "00001": "", "": "", "9": "",
	} {
		if got := stateOf(zip); got != want {
			t.Errorf("state of %q is %q, want %q", zip, got, want)
		}
	}
}

// TestZoneDoesNotDependOnOrder also shows that the answer is the best of all zones, not of the first few.
func TestZoneDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	member := rapid.Custom(func(t *rapid.T) ZoneMember {
		switch rapid.SampledFrom([]ZoneMemberKind{ByZIP, ByRange, ByZIP3, ByState, ByDefault}).Draw(t, "kind") {
		case ByZIP:
			return by(ByZIP, rapid.SampledFrom([]string{"78701", "78702", "10001"}).Draw(t, "zip"))
		case ByRange:
			return ZoneMember{ByRange, rapid.SampledFrom([]string{"78700", "78701"}).Draw(t, "low"), rapid.SampledFrom([]string{"78702", "78799"}).Draw(t, "high")}
		case ByZIP3:
			return by(ByZIP3, rapid.SampledFrom([]string{"787", "100"}).Draw(t, "zip3"))
		case ByState:
			return by(ByState, rapid.SampledFrom([]string{"TX", "NY"}).Draw(t, "state"))
		}
		return by(ByDefault, "")
	})
	rapid.Check(t, func(t *rapid.T) {
		zones := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) PricingZone {
			z := zone("z", rapid.Float64Range(0.5, 2).Draw(t, "factor"), rapid.SliceOfN(member, 0, 4).Draw(t, "members")...)
			z.Priority, z.Shared = rapid.IntRange(0, 2).Draw(t, "priority"), rapid.Bool().Draw(t, "shared")
			return z
		}), 0, 8).Draw(t, "zones")
		zip := rapid.SampledFrom([]string{"78701", "78702", "78750", "10001", "99501"}).Draw(t, "zip")
		want := FindZone(zones, zip, today)
		shuffled := rapid.Permutation(zones).Draw(t, "order")
		for i := range shuffled {
			shuffled[i].Members = rapid.Permutation(shuffled[i].Members).Draw(t, "members' order")
		}
		if got := FindZone(shuffled, zip, today); got != want {
			t.Fatalf("in another order: %+v, want %+v", got, want)
		}
		for _, z := range zones {
			alone := FindZone([]PricingZone{z}, zip, today)
			if alone.ZoneID == id.Nil {
				continue
			}
			if want.ZoneID == id.Nil || want.Shared && !z.Shared ||
				want.Shared == z.Shared && want.Member.Kind.exactness() < alone.Member.Kind.exactness() {
				t.Fatalf("chose %+v although %+v is closer", want, alone)
			}
		}
	})
}

func TestMembersAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	got, err := ParseMembers("78701, 78703–78705;787 tx *")
	if err != nil {
		t.Fatal(err)
	}
	want := []ZoneMember{by(ByZIP, "78701"), {ByRange, "78703", "78705"}, by(ByZIP3, "787"), by(ByState, "TX"), by(ByDefault, "")}
	text := ""
	for i, m := range got {
		if m != want[i] {
			t.Errorf("member %d is %+v, want %+v", i, m, want[i])
		}
		text += m.String() + " "
	}
	again, err := ParseMembers(text)
	if err != nil || len(again) != len(want) {
		t.Errorf("%q reads as %v, %v", text, again, err)
	}
	for _, bad := range []string{"7870", "787011", "ZZ", "78705-78701", "7a701", "78701-", "٧٨٧٠١"} {
		if m, err := ParseMembers(bad); err == nil {
			t.Errorf("%q reads as %v", bad, m)
		}
	}
}
